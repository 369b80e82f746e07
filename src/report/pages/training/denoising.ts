import { roundPercent, several } from '../../../core/format.js';
import { lookOf, type PictureLook } from '../../../data/look.js';
import type { Corruption } from '../../../models/specification.js';
import type { Denoising } from '../../../tasks/training-figures.js';
import { rangeOf, spanOf } from '../../kit/examples.js';
import { type Html, html } from '../../kit/html.js';
import { colorKey, lead } from '../../kit/parts.js';
import { profileFigure } from '../../kit/profile.js';
import { figureRow, naming, pictureStrip } from '../../kit/strip.js';
import type { ReportInput } from './input.js';

const rows = [
  { key: 'clean', name: 'clean', color: 'input', alt: ', clean', style: 'behind' },
  { key: 'corrupted', name: 'corrupted', color: 'floor', alt: ', corrupted', style: 'other' },
  { key: 'output', name: 'network', color: 'network', alt: ', cleaned by the network', style: 'line' },
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

function profiles(input: ReportInput, { examples }: Denoising): Html {
  const range = spanOf(examples.flatMap((example) => rows.map(({ key }) => example[key])));
  const figures = examples.map((example) =>
    profileFigure({
      ...{ input, range, name: `Values of ${naming(example)}: clean, corrupted and cleaned` },
      series: rows.map(({ key, ...row }) => ({ ...row, values: example[key] })),
      caption: html`<b>${example.label ?? `#${example.index}`}</b> <span class="error">${decibels(example.before)} → ${decibels(example.after)}</span>`,
    }),
  );
  return html`${colorKey(rows, 'below: dB, corrupted → network')}
<div class="profiles">${figures}</div>`;
}

function pictures({ examples }: Denoising, look: PictureLook): Html {
  const shown = rows.map(({ key, ...row }) => ({ ...row, pictures: examples.map((example) => example[key]) }));
  const ratioRow = (name: string, color: string, key: 'before' | 'after') =>
    figureRow(
      [name, 'dB', color],
      examples,
      (example) => decibels(example[key]),
      (example) => example[key] > example.before,
    );
  const ratios = [ratioRow('corrupted', 'floor', 'before'), ratioRow('network', 'network', 'after')];
  return html`<div class="strips">${pictureStrip({
    label: 'Corrupted test examples and what the network makes of them',
    range: rangeOf(examples.map(({ clean }) => clean)),
    groups: [{ rows: [...shown, ...ratios] }],
    ...{ look, examples, hasFigures: true },
  })}</div>
<p class="key">Below each column: peak signal-to-noise ratio in dB, larger is nearer to the clean example; bold where the network improved on its input.</p>`;
}

/** Test examples corrupted as in training, and what the network makes of them. */
export function denoising(input: ReportInput): Html | undefined {
  const { denoising: figures } = input;
  if (!figures || figures.examples.length === 0) return undefined;
  const { before, after, count, corruption } = figures;
  const look = lookOf(input.shape, input.sequence);
  return html`${lead(
    `Test examples, which the network has not seen in training, corrupted as in training: ${corruptionWords(corruption)}.`,
    `Over ${several(count, 'test example')} the peak signal-to-noise ratio ${after >= before ? 'rises' : 'falls'} from ${decibels(before)} dB to ${decibels(after)} dB.`,
  )}
${look.kind === 'picture' ? pictures(figures, look) : profiles(input, figures)}`;
}
