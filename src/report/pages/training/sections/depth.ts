import type { Depth } from '../../../../analysis/training/depth.js';
import { count, figure, several } from '../../../../core/format.js';
import { barChart } from '../../../kit/bars.js';
import { inBothWidths } from '../../../kit/chart.js';
import { type Html, html } from '../../../kit/html.js';
import type { Section } from '../../../kit/page.js';
import { lookOf, picture } from '../../../kit/picture.js';
import type { ReportInput } from '../input.js';
import { rangeOf } from '../profile.js';
import { exampleValues } from './section.js';
import { naming, zoomStyle } from './specimens.js';

function strip(input: ReportInput, depth: readonly Depth[]): Html | undefined {
  const look = lookOf(input.shape, input.sequence);
  const size = exampleValues(input);
  const shown = Math.min(10, input.samples.length, Math.floor(depth[0]!.outputs.length / size));
  if (look.kind === 'profile' || shown === 0) return undefined;
  const specimens = input.samples.slice(0, shown);
  const range = rangeOf(specimens.map((specimen) => specimen.input));
  const image = (values: Float32Array, alt: string) =>
    html`<td><img src="${picture(values, look, range)}" width="${look.width}" height="${look.height}" alt="${alt}"></td>`;
  return html`<div class="strips"><div class="scroll" tabindex="0" role="group" aria-label="Test examples rebuilt by the first layers alone"><table class="strip depth" style="${zoomStyle(look, 84, 56)}">
<thead><tr><td></td>${specimens.map((s) => html`<th scope="col">${s.label !== undefined && html`<span title="${s.label}">${s.label}</span>`}<small>#${s.index}</small></th>`)}</tr></thead>
<tbody><tr><th scope="row"><span class="swatch" style="--swatch:var(--input)"></span>input</th>${specimens.map((s) => image(s.input, naming(s)))}</tr>${depth.map(
    ({ units, outputs }, i) =>
      html`<tr><th scope="row"><span class="swatch" style="--swatch:var(--network)"></span>${several(i + 1, 'layer')}<small> ${count(units)}</small></th>${specimens.map(
        (s, k) =>
          image(outputs.subarray(k * size, (k + 1) * size), `${naming(s)}, rebuilt by ${several(i + 1, 'layer')}`),
      )}</tr>`,
  )}</tbody></table></div></div>`;
}

/** What the first layers alone rebuild. */
export function depth(input: ReportInput): Section | undefined {
  const { depth: layers } = input;
  if (!layers || layers.length < 2) return undefined;
  const staged = input.history.some(({ stage }) => stage !== undefined);
  const last = layers.at(-1)!;
  const bars = layers.map(({ squaredError, units }, i) => ({
    x1: i + 0.75,
    x2: i + 1.25,
    y: squaredError,
    says: `${several(i + 1, 'layer')}, ${several(units, 'unit')}\nsquared error ${figure(squaredError)}`,
  }));
  return {
    id: 'depth',
    short: 'Depth',
    title: 'What each depth still knows',
    body: html`<p class="lead">Examples encoded by the first layers alone and rebuilt by their counterparts in the decoder, over ${several(last.examples, 'test example')}: ${layers
      .map(({ units, squaredError }, i) => `${several(i + 1, 'layer')} (${count(units)}) ${figure(squaredError)}`)
      .join(', ')} squared error an example. ${
      staged
        ? 'Each layer was first trained to do this; training the whole has moved them since.'
        : 'Only the whole network was trained to do this: the layers in between answer to each other, not to their counterparts, and may do badly.'
    }</p>
${strip(input, layers)}<figure>${inBothWidths((width) =>
      barChart(
        {
          label: `Squared error by the number of layers used, ${figure(last.squaredError)} with all`,
          bars,
          color: 'network',
          unit: 'layers used',
          ends: [0.4, layers.length + 0.6],
          ticks: () => layers.map((_, i) => i + 1),
          heights: [220, 180],
        },
        width,
      ),
    )}<figcaption>Squared error of an example by the number of layers used.</figcaption></figure>`,
  };
}
