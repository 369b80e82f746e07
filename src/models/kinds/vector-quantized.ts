import { defineKind } from '../kind.js';

/**
 * Each part of the code is the nearest of K learned vectors; the gradient passes straight through, the entries follow by
 * running means, entries that die are restarted (van den Oord, Vinyals & Kavukcuoglu 2017).
 */
export const vectorQuantizedKind = defineKind({
  name: 'vector-quantized',
  summary: 'the code is a few entries of a learned codebook',
  formula: 'L(x, ψ(e)) + β ‖z − sg(e)‖², e = the nearest entry of z',
  paper: 'van den Oord, Vinyals & Kavukcuoglu 2017',
  defaults: { bottleneck: 'vector-quantized', encoder: [256] },
});
