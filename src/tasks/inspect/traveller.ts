import { explorerGraph } from '../../analysis/latent/code-space.js';
import type { Scaling } from '../../data/scaling.js';
import type { Model, Weights } from '../../models/autoencoder.js';
import { encodeProgram } from '../../onnx/encode.js';

/** The largest decoder that travels with a page. */
const MOST_BYTES = 8 * 2 ** 20;
/** Bits of the mantissa of 23 that stay: what is left out would change an output by some 1e-3 of its range. */
const KEPT_BITS = 11;

/** Weights rounded to fewer bits: as long as before, but they compress to two thirds. */
function rounded(weights: Weights): Weights {
  const dropped = 23 - KEPT_BITS;
  const mask = -1 << dropped;
  return new Map(
    [...weights].map(([name, values]) => {
      const copy = values.slice();
      const bits = new Int32Array(copy.buffer);
      // Half a step up, then down: to the nearest. A carry into the exponent is the next power of two, as it should be.
      for (let i = 0; i < bits.length; i++) bits[i] = (bits[i]! + (1 << (dropped - 1))) & mask;
      return [name, copy];
    }),
  );
}

/**
 * The decoder, with the encoder behind it, as an ONNX file for pages ({@link explorerGraph}); its weights are rounded to 12
 * significant bits. Undefined where it is larger than 8 MiB.
 *
 * @param units the scaling of the outputs
 */
export function travellingDecoder(model: Model, units: Scaling): Uint8Array | undefined {
  const graph = explorerGraph({ ...model, weights: rounded(model.weights) }, units);
  const { bytes } = encodeProgram(graph);
  return bytes.length <= MOST_BYTES ? bytes : undefined;
}
