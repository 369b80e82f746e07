import { roundPercent, several } from '../../../../core/format.js';
import { lookOf, type PictureLook } from '../../../../data/look.js';
import type { Corruption } from '../../../../models/specification.js';
import type { Cleaned, Denoising } from '../../../../tasks/training-figures.js';
import { rangeOf, spanOf } from '../../../kit/examples.js';
import { type Html, html } from '../../../kit/html.js';
import type { Section } from '../../../kit/page.js';
import { colorKey } from '../../../kit/parts.js';
import { profileFigure } from '../../../kit/profile.js';
import { figureRow, naming, pictureStrip } from '../../../kit/strip.js';
import type { ReportInput } from '../input.js';

const rows = [
  { key: 'clean', name: 'clean', color: 'input', alt: 'clean', style: 'behind' },
  { key: 'corrupted', name: 'corrupted', color: 'floor', alt: 'corrupted', style: 'other' },
  { key: 'output', name: 'network', color: 'network', alt: 'cleaned by the network', style: 'line' },
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
  const cells = examples.map(
    (example) =>
      html`<td${key === 'after' && example.after > example.before && html` class="less"`}>${decibels(example[key])}</td>`,
  );
  return figureRow(name, 'dB', color, cells);
}

function profiles(input: ReportInput, { examples }: Denoising): Html {
  const range = spanOf(examples.flatMap(({ clean, output, corrupted }) => [clean, output, corrupted]));
  const figures = examples.map((example) =>
    profileFigure({
      input,
      name: `Values of ${naming(example)}: clean, corrupted and cleaned`,
      series: rows.map(({ key, style, name, color }) => ({ name, color, values: example[key], style })),
      range,
      caption: html`<b>${example.label ?? `#${example.index}`}</b> <span class="error">${decibels(example.before)} → ${decibels(example.after)}</span>`,
    }),
  );
  return html`${colorKey(rows, 'below: dB, corrupted → network')}
<div class="profiles">${figures}</div>`;
}

function pictures({ examples }: Denoising, look: PictureLook): Html {
  const shown = rows.map(({ key, name, color, alt }) => ({
    ...{ name, color },
    pictures: examples.map((example) => ({ values: example[key], alt: `${naming(example)}, ${alt}` })),
  }));
  const ratios = [
    ratioRow(examples, 'before', 'corrupted', 'floor'),
    ratioRow(examples, 'after', 'network', 'network'),
  ];
  return html`<div class="strips">${pictureStrip({
    label: 'Corrupted test examples and what the network makes of them',
    range: rangeOf(examples.map(({ clean }) => clean)),
    groups: [{ rows: [...shown, ...ratios] }],
    ...{ look, examples, hasFigures: true },
  })}</div>
<p class="key">Below each column: peak signal-to-noise ratio in dB, larger is nearer to the clean example; bold where the network improved on its input.</p>`;
}

/** Test examples corrupted as in training, and what the network makes of them. */
export function denoising(input: ReportInput): Section | undefined {
  const { denoising: found } = input;
  if (!found || found.examples.length === 0) return undefined;
  const { before, after, count, corruption } = found;
  const gain = after - before;
  const look = lookOf(input.shape, input.sequence);
  return {
    id: 'denoising',
    short: 'Denoising',
    title: 'What goes in corrupted',
    body: html`<p class="lead">Test examples, which the network has not seen in training, corrupted as in training: ${corruptionWords(corruption)}. Over ${several(count, 'test example')} the peak signal-to-noise ratio ${gain >= 0 ? 'rises' : 'falls'} from ${decibels(before)} dB to ${decibels(after)} dB.</p>
${look.kind === 'picture' ? pictures(found, look) : profiles(input, found)}`,
  };
}
