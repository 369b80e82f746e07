import { badInput } from '../../errors.js';
import type { RecurrentBody } from '../specification.js';
import type { BodyBuilder } from './body.js';

const missing = (): never => {
  throw badInput('body', 'expected dense, got recurrent');
};

export const recurrentBody: BodyBuilder<RecurrentBody> = {
  encode: missing,
  codeLayer: missing,
  decode: missing,
  fit: missing,
};
