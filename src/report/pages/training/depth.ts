import type { Depth } from '../../../analysis/training/depth.js';
import { count, figure, several } from '../../../core/format.js';
import { rowAt } from '../../../core/vectors.js';
import { exampleSize } from '../../../data/dataset.js';
import { lookOf } from '../../../data/look.js';
import { barChart } from '../../kit/bars.js';
import { rangeOf } from '../../kit/examples.js';
import { type Html, html } from '../../kit/html.js';
import { lead } from '../../kit/parts.js';
import { pictureStrip } from '../../kit/strip.js';
import type { ReportInput } from './input.js';

const layersOf = (i: number): string => several(i + 1, 'layer');

function strip(input: ReportInput, depth: readonly Depth[]): Html | undefined {
  const look = lookOf(input.shape, input.sequence);
  const size = exampleSize(input);
  const kept = Math.min(...depth.map(({ outputs }) => Math.floor(outputs.length / size)));
  const examples = input.samples.slice(0, Math.min(10, kept));
  if (look.kind === 'profile' || examples.length === 0) return undefined;
  const inputs = examples.map((example) => example.input);
  const rows = depth.map(({ units, outputs }, i) => ({
    ...{
      name: html`${layersOf(i)}<small> ${count(units)}</small>`,
      color: 'network',
      alt: `, rebuilt by ${layersOf(i)}`,
    },
    pictures: examples.map((_, k) => rowAt(outputs, size, k)),
  }));
  return html`<div class="strips">${pictureStrip({
    label: 'Test examples rebuilt by the first layers alone',
    groups: [{ rows: [{ name: 'input', color: 'input', pictures: inputs }, ...rows] }],
    ...{ look, examples, range: rangeOf(inputs) },
  })}</div>`;
}

/** What the first layers alone rebuild. */
export function depth(input: ReportInput): Html | undefined {
  const { depth: layers } = input;
  const last = layers?.at(-1);
  if (!layers || !last || layers.length < 2) return undefined;
  const staged = input.history.some(({ stage }) => stage !== undefined);
  const errors = layers.map(({ units, squaredError }, i) => `${layersOf(i)} (${count(units)}) ${figure(squaredError)}`);
  const bars = layers.map(({ squaredError, units }, i) => ({
    ...{ x1: i + 0.75, x2: i + 1.25, y: squaredError },
    says: `${layersOf(i)}, ${several(units, 'unit')}\nsquared error ${figure(squaredError)}`,
  }));
  return html`${lead(
    `Examples encoded by the first layers alone and rebuilt by their counterparts in the decoder, over ${several(last.examples, 'test example')}: ${errors.join(', ')} squared error an example.`,
    staged
      ? 'Each layer was first trained to do this; training the whole has moved them since.'
      : 'Only the whole network was trained to do this: the layers in between answer to each other, not to their counterparts, and may do badly.',
  )}
${strip(input, layers)}<figure>${barChart({
    label: `Squared error by the number of layers used, ${figure(last.squaredError)} with all`,
    ...{ bars, unit: 'layers used', ends: [0.4, layers.length + 0.6], isCounted: true, heights: [220, 180] },
  })}<figcaption>Squared error of an example by the number of layers used.</figcaption></figure>`;
}
