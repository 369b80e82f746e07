import type { PlainCode } from '../../specification.js';
import type { CodeBuilder } from './code.js';

/** z = σ(W h + b). */
export const plainCode: CodeBuilder<PlainCode> = ({ activation }, { layer }) => {
  const code = layer('code', activation);
  return { code, passed: code, terms: {}, updates: [], outputs: {} };
};
