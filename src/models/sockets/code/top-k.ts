import * as op from '../../../graph/ops/index.js';
import type { TopKCode } from '../../specification.js';
import type { CodeBuilder } from './code.js';

/**
 * z = σ(W h + b) with all but the k largest values of each example set to 0; the gradient flows through those that are
 * kept (Makhzani & Frey 2013, "k-Sparse Autoencoders", section 2.1).
 */
export const topKCode: CodeBuilder<TopKCode> = ({ activation, active }, { layer }) => {
  const dense = layer('code', activation);
  const code = op.Mul(dense, op.topKMask(dense, active));
  return { code, passed: code, terms: {}, updates: [], outputs: {} };
};
