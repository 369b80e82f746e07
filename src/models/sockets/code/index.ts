import type { Code } from '../../specification.js';
import type { CodeBuilder, CodePass, CodeSurroundings } from './code.js';
import { gaussianCode } from './gaussian.js';
import { plainCode } from './plain.js';
import { quantizedCode } from './quantized.js';
import { topKCode } from './top-k.js';
import { vectorQuantizedCode } from './vector-quantized.js';

/** Every code, a line each; a missing one does not compile. */
const builders: { readonly [Type in Code['type']]: CodeBuilder<Extract<Code, { type: Type }>> } = {
  plain: plainCode,
  'top-k': topKCode,
  gaussian: gaussianCode,
  quantized: quantizedCode,
  'vector-quantized': vectorQuantizedCode,
};

/** Builds the bottleneck. */
export function buildCode<C extends Code>(code: C, surroundings: CodeSurroundings): CodePass {
  return (builders[code.type] as CodeBuilder<C>)(code, surroundings);
}
