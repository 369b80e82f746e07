import { badInput } from '../../errors.js';
import type { ConvolutionalBody } from '../specification.js';
import type { BodyBuilder } from './body.js';

const missing = (): never => {
  throw badInput('body', 'expected dense, got convolutional');
};

export const convolutionalBody: BodyBuilder<ConvolutionalBody> = {
  encode: missing,
  codeLayer: missing,
  decode: missing,
  fit: missing,
};
