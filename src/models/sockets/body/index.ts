import type { Body } from '../../specification.js';
import type { BodyBuilder } from './body.js';
import { convolutionalBody } from './convolutional.js';
import { denseBody } from './dense.js';
import { recurrentBody } from './recurrent.js';

/** Every body, a line each; a missing one does not compile. */
const builders: { readonly [Type in Body['type']]: BodyBuilder<Extract<Body, { type: Type }>> } = {
  dense: denseBody,
  convolutional: convolutionalBody,
  recurrent: recurrentBody,
};

/** How a body is built. */
export function builderOf<B extends Body>(body: B): BodyBuilder<B> {
  return builders[body.type] as BodyBuilder<B>;
}
