import { count, figure, several } from '../../../core/format.js';
import { exampleSize } from '../../../data/dataset.js';
import { lookOf, type PictureLook } from '../../../data/look.js';
import { findingWords, widthRemark } from '../../../tasks/finding-words.js';
import type { ShownKind } from '../../../tasks/sweep-figures.js';
import { rangeOf, spanOf } from '../../kit/examples.js';
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { colorOf } from '../../kit/parts.js';
import { profileFigure } from '../../kit/profile.js';
import { naming, pictureStrip, type StripRow } from '../../kit/strip.js';
import type { SweepReportInput } from './input.js';
import { kindsOf } from './rate.js';

/** Profiles take more room than pictures. */
const PROFILES = 3;

interface Shown {
  readonly input: SweepReportInput;
  readonly kind: ShownKind;
  readonly color: string;
}

function remarkOf({ input, kind }: Shown, code: number): string {
  const found = input.findings.find((one) => one.kind === kind.kind)!;
  const cell = input.cells.find((one) => one.kind === kind.kind && one.code === code);
  return widthRemark(found, code, cell?.figures?.contrast);
}

/** The same examples, row by row through wider codes. */
function strip(shown: Shown, look: PictureLook): Html {
  const { input, kind, color } = shown;
  const { examples } = input;
  const size = look.width * look.height * look.channels;
  const rowOf = (name: string, swatchColor: string, values: Float32Array, by: string): StripRow => ({
    ...{ name, color: swatchColor },
    pictures: examples.map((example, i) => ({
      values: values.subarray(i * size, (i + 1) * size),
      alt: `${naming(example)}, ${by}`,
    })),
  });
  const groups = kind.widths.map(({ code, network, pca }) => {
    const numbers = several(code, 'number');
    const remark = remarkOf(shown, code);
    return {
      band: html`<b>${numbers}</b>${remark && ` ${remark}`}`,
      rows: [
        rowOf(kind.kind, color, network, `rebuilt from ${numbers} by ${kind.kind}`),
        rowOf('PCA', 'pca', pca, `rebuilt from ${numbers} by PCA`),
      ],
    };
  });
  const inputs = examples.map((example) => ({ values: example.input, alt: naming(example) }));
  return html`<div class="strips">${pictureStrip({
    label: `Test examples through codes of ${kind.kind} and of PCA`,
    range: rangeOf(examples.map((example) => example.input)),
    groups: [{ rows: [{ name: 'input', color: 'input', pictures: inputs }] }, ...groups],
    ...{ look, examples },
  })}</div>`;
}

/** The same examples as profiles, a row of them for each width. */
function profiles(shown: Shown): Html {
  const { input, kind, color } = shown;
  const examples = input.examples.slice(0, PROFILES);
  const size = exampleSize(input);
  const all = [
    ...input.examples.map((example) => example.input),
    ...kind.widths.flatMap(({ network, pca }) => [network, pca]),
  ];
  const range = spanOf(all);
  return html`${kind.widths.map(({ code, network, pca }) => {
    const remark = remarkOf(shown, code);
    return html`<h4>${several(code, 'number')}${remark && html` <small>${remark}</small>`}</h4>
<div class="profiles">${examples.map((example, i) => {
      const at = (values: Float32Array) => values.subarray(i * size, (i + 1) * size);
      const series = [
        { name: 'input', color: 'input', values: example.input, style: 'behind' },
        { name: kind.kind, color, values: at(network), style: 'line' },
        { name: 'PCA', color: 'pca', values: at(pca), style: 'other' },
      ] as const;
      const error = (values: Float32Array) =>
        figure(values.reduce((sum, value, k) => sum + (value - example.input[k]!) ** 2, 0));
      return profileFigure({
        input,
        name: `Values of ${naming(example)} through ${several(code, 'number')}: input, ${kind.kind} and PCA`,
        series,
        range,
        caption: html`<b>${example.label ?? `#${example.index}`}</b> <span class="error"><span style="color:var(--${color})">${error(at(network))}</span> / <span class="pca">${error(at(pca))}</span></span>`,
      });
    })}</div>`;
  })}`;
}

/** The same test examples at the smallest, a middle and the largest width of each kind. */
export function ends(input: SweepReportInput): Section | undefined {
  if (input.shown.length === 0 || input.examples.length === 0) return undefined;
  const look = lookOf(input.shape, input.sequence);
  const kinds = kindsOf(input);
  return {
    id: 'ends',
    short: 'Too small, too large',
    title: 'Too small, enough, too large',
    body: html`${input.shown.map((kind) => {
      const shown: Shown = { input, kind, color: colorOf(kinds, kind.kind) };
      const found = input.findings.find((one) => one.kind === kind.kind)!;
      const { enough, tooSmall, tooLarge } = findingWords(found, input.cells, input.pca);
      return html`<h3>${kind.kind}</h3><p class="lead">${[tooSmall, enough, tooLarge].filter((text) => text !== undefined).join(' ')}</p>
${
  look.kind === 'picture'
    ? strip(shown, look)
    : html`<p class="key">Below each: squared error, ${kind.kind} / PCA. Point at a value for its ${input.sequence ? 'step' : 'name'}. The first ${count(Math.min(PROFILES, input.examples.length))} test examples.</p>${profiles(shown)}`
}`;
    })}`,
  };
}
