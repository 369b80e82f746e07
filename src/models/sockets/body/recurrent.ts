import { itemAt } from '../../../core/collections.js';
import { badInput } from '../../../core/errors.js';
import * as op from '../../../graph/ops/index.js';
import { formatShape, sideOf, sidesOf } from '../../../graph/shape.js';
import type { Tensor } from '../../../graph/tensor.js';
import { dense } from '../../../nn/dense.js';
import { gru, lstm } from '../../../nn/recurrent.js';
import { decoderUnits, type RecurrentBody } from '../../specification.js';
import type { BodyBuilder } from './body.js';

const cells = { lstm, gru };

/**
 * Sequence to sequence (Srivastava, Mansimov & Salakhutdinov 2015): cells read the window, the last state of the last one
 * is the code or what a dense layer makes it of; the decoder's cells get it at every step, and a dense layer, the same
 * at each step, makes the values.
 */
export const recurrentBody: BodyBuilder<RecurrentBody> = {
  encode(body, { input, code }, scope, x) {
    const [time, features] = sidesOf(input.shape, 2);
    const units = body.codeLayer ? body.encoder : [...body.encoder, code.width];
    const window = op.Reshape(x, [sideOf(x.shape, 0), time, features]);
    let sequence = window;
    let last = window;
    for (const [i, count] of units.entries()) {
      ({ sequence, last } = scope.within(`encoder/${i}`, (layer) =>
        cells[body.cell](layer, sequence, { units: count }),
      ));
    }
    return { features: last, hidden: {} };
  },
  decode(body, { input, code }, scope, z) {
    const [time, features] = sidesOf(input.shape, 2);
    const mirrored = decoderUnits(body);
    const units = mirrored.length > 0 ? mirrored : [code.width];
    let sequence: Tensor = z;
    for (const [i, count] of units.entries()) {
      const repeat = i === 0 ? { repeat: time } : {};
      ({ sequence } = scope.within(`decoder/${i}`, (layer) =>
        cells[body.cell](layer, sequence, { units: count, ...repeat }),
      ));
    }
    const batch = sideOf(z.shape, 0);
    const width = itemAt(units, -1);
    // One product over all steps of all windows, where their number is known.
    const rows = typeof batch === 'number' ? op.Reshape(sequence, [batch * time, width]) : sequence;
    const values = scope.within('decoder/output', (layer) => dense(layer, rows, { units: features }));
    return { logits: op.Reshape(values, [batch, time * features]), hidden: {} };
  },
  fit(body, { shape }) {
    if (shape.length !== 2) {
      throw badInput(
        'body',
        `expected windows of shape [time, columns], got ${formatShape(shape)}`,
        'use `window: 64`',
      );
    }
    if (body.codeLayer && body.encoder.length === 0) {
      throw badInput('encoder', 'expected at least one cell before the code layer, got none', 'use `encoder: [64]`');
    }
    return {};
  },
};
