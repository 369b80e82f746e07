import { count, figure, several } from '../../../core/format.js';
import { rowAt, squaredDistance } from '../../../core/vectors.js';
import { exampleSize } from '../../../data/dataset.js';
import { lookOf, type PictureLook } from '../../../data/look.js';
import { findingWords, widthRemark } from '../../../tasks/finding-words.js';
import type { KindFindings } from '../../../tasks/rate-distortion.js';
import type { ShownKind } from '../../../tasks/sweep-figures.js';
import { rangeOf, spanOf } from '../../kit/examples.js';
import { type Html, html } from '../../kit/html.js';
import { colorOf, lead } from '../../kit/parts.js';
import { profileFigure } from '../../kit/profile.js';
import { naming, pictureStrip } from '../../kit/strip.js';
import type { SweepReportInput } from './input.js';
import { kindsOf } from './rate.js';

/** Profiles take more room than pictures. */
const PROFILES = 3;

interface Shown {
  readonly input: SweepReportInput;
  readonly kind: ShownKind;
  readonly finding: KindFindings;
  readonly color: string;
}

function remarkOf({ input, kind, finding }: Shown, code: number): string {
  const cell = input.cells.find((other) => other.kind === kind.kind && other.code === code);
  return widthRemark(finding, code, cell?.figures?.contrast);
}

/** The same examples, row by row through wider codes. */
function strip(shown: Shown, look: PictureLook): Html {
  const { input, kind, color } = shown;
  const { examples } = input;
  const size = exampleSize(input);
  const inputs = examples.map((example) => example.input);
  const groups = kind.widths.map(({ code, network, pca }) => {
    const numbers = several(code, 'number');
    const remark = remarkOf(shown, code);
    const rowOf = (name: string, swatchColor: string, values: Float32Array) => ({
      ...{ name, color: swatchColor, alt: `, rebuilt from ${numbers} by ${name}` },
      pictures: examples.map((_, i) => rowAt(values, size, i)),
    });
    return {
      band: html`<b>${numbers}</b>${remark && ` ${remark}`}`,
      rows: [rowOf(kind.kind, color, network), rowOf('PCA', 'pca', pca)],
    };
  });
  return html`<div class="strips">${pictureStrip({
    label: `Test examples through codes of ${kind.kind} and of PCA`,
    groups: [{ rows: [{ name: 'input', color: 'input', pictures: inputs }] }, ...groups],
    ...{ look, examples, range: rangeOf(inputs) },
  })}</div>`;
}

/** The same examples as profiles, a row of them for each width. */
function profiles(shown: Shown): Html {
  const { input, kind, color } = shown;
  const inputs = input.examples.map((example) => example.input);
  const range = spanOf([...inputs, ...kind.widths.flatMap(({ network, pca }) => [network, pca])]);
  return html`${kind.widths.map(({ code, network, pca }) => {
    const remark = remarkOf(shown, code);
    const figures = input.examples.slice(0, PROFILES).map((example, i) => {
      const [ours, linear] = [rowAt(network, exampleSize(input), i), rowAt(pca, exampleSize(input), i)];
      const error = (values: Float32Array) => figure(squaredDistance(values, 0, example.input, 0, values.length));
      return profileFigure({
        ...{
          input,
          range,
          name: `Values of ${naming(example)} through ${several(code, 'number')}: input, ${kind.kind} and PCA`,
        },
        series: [
          { name: 'input', color: 'input', values: example.input, style: 'behind' },
          { name: kind.kind, color, values: ours, style: 'line' },
          { name: 'PCA', color: 'pca', values: linear, style: 'other' },
        ],
        caption: html`<b>${example.label ?? `#${example.index}`}</b> <span class="error"><span style="color:var(--${color})">${error(ours)}</span> / <span class="pca">${error(linear)}</span></span>`,
      });
    });
    return html`<h4>${several(code, 'number')}${remark && html` <small>${remark}</small>`}</h4>
<div class="profiles">${figures}</div>`;
  })}`;
}

/** The same test examples at the smallest, a middle and the largest width of each kind. */
export function ends(input: SweepReportInput): Html | undefined {
  if (input.shown.length === 0 || input.examples.length === 0) return undefined;
  const look = lookOf(input.shape, input.sequence);
  const kinds = kindsOf(input);
  const first = count(Math.min(PROFILES, input.examples.length));
  return html`${input.shown.flatMap((kind) => {
    const finding = input.findings.find((other) => other.kind === kind.kind);
    if (!finding) return [];
    const shown: Shown = { input, kind, finding, color: colorOf(kinds, kind.kind) };
    const { enough, tooSmall, tooLarge } = findingWords(finding, input.cells, input.pca);
    return html`<h3>${kind.kind}</h3>${lead(tooSmall, enough, tooLarge)}
${
  look.kind === 'picture'
    ? strip(shown, look)
    : html`<p class="key">Below each: squared error, ${kind.kind} / PCA. Point at a value for its ${input.sequence ? 'step' : 'name'}. The first ${first} test examples.</p>${profiles(shown)}`
}`;
  })}`;
}
