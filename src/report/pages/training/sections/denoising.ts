import { roundPercent, several } from '../../../../core/format.js';
import type { Corruption } from '../../../../models/specification.js';
import type { Cleaned, Denoising } from '../../../../tasks/training-figures.js';
import { type Html, html } from '../../../kit/html.js';
import type { Section } from '../../../kit/page.js';
import { lookOf, picture } from '../../../kit/picture.js';
import type { ReportInput } from '../input.js';
import { profileFigure, rangeOf, spanOf } from '../profile.js';
import { naming, zoomStyle } from './specimens.js';

const rows = [
  { key: 'clean', name: 'clean', color: 'input', alt: 'clean' },
  { key: 'corrupted', name: 'corrupted', color: 'floor', alt: 'corrupted' },
  { key: 'output', name: 'network', color: 'network', alt: 'cleaned by the network' },
] as const;

function corruptionWords(corruption: Corruption): string {
  switch (corruption.type) {
    case 'none':
      return 'nothing';
    case 'gaussian':
      return `normal noise of deviation ${String(corruption.deviation)}${corruption.clipped ? ', clipped to 0 … 1' : ''}`;
    case 'masking':
      return `${roundPercent(corruption.probability)} of the values set to 0`;
    case 'salt-and-pepper':
      return `${roundPercent(corruption.probability)} of the values set to 0 or 1`;
  }
}

const decibels = (value: number) => (Number.isFinite(value) ? value.toFixed(1) : '–');

function ratioRow(examples: readonly Cleaned[], key: 'before' | 'after', name: string, color: string): Html {
  return html`<tr class="errors"><th scope="row"><span class="swatch" style="--swatch:var(--${color})"></span><span class="what">dB,</span> ${name}</th>${examples.map(
    (example) =>
      html`<td${key === 'after' && example.after > example.before && html` class="less"`}>${decibels(example[key])}</td>`,
  )}</tr>`;
}

function gallery(input: ReportInput, { examples }: Denoising): Html {
  const look = lookOf(input.shape, input.sequence);
  if (look.kind === 'profile') {
    const range = spanOf(examples.flatMap(({ clean, output }) => [clean, output]));
    return html`<p class="key" aria-hidden="true">${rows.map((row) => html`<span><span class="swatch" style="--swatch:var(--${row.color})"></span>${row.name}</span>`)}<span>below: dB, corrupted → network</span></p>
<div class="profiles">${examples.map((example) =>
      profileFigure({
        input,
        name: `Values of ${naming(example)}: clean, corrupted and cleaned`,
        series: rows.map(({ key, name, color }) => ({
          name,
          color,
          values: example[key],
          style: key === 'clean' ? 'behind' : key === 'output' ? 'line' : 'other',
        })),
        range: spanOf([Float32Array.from(range), ...examples.map(({ corrupted }) => corrupted)]),
        caption: html`<b>${example.label ?? `#${example.index}`}</b> <span class="error">${decibels(example.before)} → ${decibels(example.after)}</span>`,
      }),
    )}</div>`;
  }
  const range = rangeOf(examples.map(({ clean }) => clean));
  return html`<div class="strips"><div class="scroll" tabindex="0" role="group" aria-label="Corrupted test examples and what the network makes of them"><table class="strip" style="${zoomStyle(look, 84, 56)}">
<thead><tr><td></td>${examples.map((example) => html`<th scope="col">${example.label !== undefined && html`<span title="${example.label}">${example.label}</span>`}<small>#${example.index}</small></th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr><th scope="row"><span class="swatch" style="--swatch:var(--${row.color})"></span>${row.name}</th>${examples.map(
        (example) =>
          html`<td><img src="${picture(example[row.key], look, range)}" width="${look.width}" height="${look.height}" alt="${naming(example)}, ${row.alt}"></td>`,
      )}</tr>`,
  )}${ratioRow(examples, 'before', 'corrupted', 'floor')}${ratioRow(examples, 'after', 'network', 'network')}</tbody></table></div></div>
<p class="key">Below each column: peak signal-to-noise ratio in dB, larger is nearer to the clean example; bold where the network improved on its input.</p>`;
}

/** Test examples corrupted as in training, and what the network makes of them. */
export function denoising(input: ReportInput): Section | undefined {
  const { denoising: found } = input;
  if (!found || found.examples.length === 0) return undefined;
  const { before, after, count, corruption } = found;
  const gain = after - before;
  return {
    id: 'denoising',
    short: 'Denoising',
    title: 'What goes in corrupted',
    body: html`<p class="lead">Test examples, which the network has not seen in training, corrupted as in training: ${corruptionWords(corruption)}. Over ${several(count, 'test example')} the peak signal-to-noise ratio ${gain >= 0 ? 'rises' : 'falls'} from ${decibels(before)} dB to ${decibels(after)} dB.</p>
${gallery(input, found)}`,
  };
}
