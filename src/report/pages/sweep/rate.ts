import { count, figure, listed, percent } from '../../../core/format.js';
import { findingWords } from '../../../tasks/finding-words.js';
import type { SweptCell } from '../../../tasks/sweep-figures.js';
import { type Html, html } from '../../kit/html.js';
import { type Level, lineChart } from '../../kit/lines.js';
import type { Section } from '../../kit/page.js';
import { colorKey, colorOf } from '../../kit/parts.js';
import type { SweepReportInput } from './input.js';

/** The kinds of a sweep, in order. */
export function kindsOf({ cells }: Pick<SweepReportInput, 'cells'>): string[] {
  return [...new Set(cells.map(({ kind }) => kind))];
}

type Figure = (cell: SweptCell) => number | null | undefined;

function curve(
  input: SweepReportInput,
  about: { label: string; of: Figure; pca: readonly number[]; levels: readonly Level[]; knees: boolean },
): Html {
  const kinds = kindsOf(input);
  const widths = input.pca.errors.map(({ width }) => width);
  return lineChart({
    label: about.label,
    x: widths,
    unit: 'code width',
    doublings: true,
    named: kinds.length === 1 && kinds[0]!.length < 10,
    levels: about.levels,
    lines: [
      { name: 'PCA', color: 'pca', values: about.pca },
      ...kinds.map((kind) => {
        const knee = input.findings.find((found) => found.kind === kind)?.knee.code;
        return {
          name: kind,
          color: colorOf(kinds, kind),
          values: widths.map((width) => {
            const cell = input.cells.find((one) => one.kind === kind && one.code === width);
            return (cell && about.of(cell)) ?? Number.NaN;
          }),
          ...(about.knees && knee !== undefined && { ringed: knee }),
        };
      }),
    ],
  });
}

/** Every width in numbers: PCA, and each kind with what a doubling took off. */
function table(input: SweepReportInput): Html {
  const kinds = kindsOf(input);
  const { errors } = input.pca;
  const hasBce = errors.some(({ bce }) => bce !== null);
  const cellOf = (kind: string, width: number) =>
    input.cells.find((cell) => cell.kind === kind && cell.code === width)?.figures;
  const gainOf = (kind: string, width: number) =>
    input.findings.find((found) => found.kind === kind)?.gains.find(({ to }) => to === width)?.perDoubling;
  const row = ({ width, squaredError, bce }: (typeof errors)[number]) =>
    html`<tr><th scope="row">${count(width)}</th><td>${figure(squaredError, 4)}</td>${kinds.map((kind) => {
      const found = cellOf(kind, width);
      const gain = gainOf(kind, width);
      return html`<td>${found ? figure(found.testSquaredError, 4) : '–'}</td><td>${gain === undefined ? '–' : percent(gain)}</td>`;
    })}${
      hasBce &&
      html`<td>${bce === null ? '–' : figure(bce, 4)}</td>${kinds.map((kind) => {
        const value = cellOf(kind, width)?.testBce;
        return html`<td>${value == null ? '–' : figure(value, 4)}</td>`;
      })}`
    }</tr>`;
  const heading = (text: string) => html`<th scope="col">${text}</th>`;
  return html`<details><summary>Every width in numbers</summary><div class="scroll" tabindex="0" role="group" aria-label="Errors by code width"><table class="figures">
<thead><tr>${heading('code width')}${heading('PCA, squared error')}${kinds.map((kind) => [heading(`${kind}, squared error`), heading('off per doubling')])}${hasBce && [heading('PCA, bce'), kinds.map((kind) => heading(`${kind}, bce`))]}</tr></thead>
<tbody>${errors.map(row)}</tbody></table></div></details>`;
}

/** The error against the width of the code. */
export function rateDistortion(input: SweepReportInput): Section {
  const { pca, findings, cells } = input;
  const kinds = kindsOf(input);
  const hasBce = pca.errors.some(({ bce }) => bce !== null);
  const key = colorKey([
    ...kinds.map((name) => ({ name, color: colorOf(kinds, name) })),
    { name: 'PCA', color: 'pca' },
    { name: 'the mean, a perfect rebuild', color: 'floor' },
  ]);
  const words = findings.map((found) => {
    const { enough, pca: beside } = findingWords(found, cells, pca);
    return html`<p class="lead">${findings.length > 1 && html`<b>${found.kind}</b>: `}${enough} ${beside}</p>`;
  });
  const levels: Level[] = [{ name: 'mean', value: pca.meanSquaredError, color: 'floor' }];
  const floor: Level[] = pca.bceFloor === null ? [] : [{ name: 'floor', value: pca.bceFloor, color: 'floor' }];
  return {
    id: 'rate',
    short: 'Error by width',
    title: 'How many numbers it takes',
    body: html`${words}${key}<figure>${curve(input, {
      label: `Squared error against code width, for ${listed([...kinds, 'PCA'])}`,
      of: (cell) => cell.figures?.testSquaredError,
      pca: pca.errors.map(({ squaredError }) => squaredError),
      levels,
      knees: true,
    })}<figcaption>Squared error of a test example against the width of the code. Ringed: the knee, the smallest width that explains at least 95 % of what the kind’s best explains. Explained is what is taken away of the error of the mean of the training data alone, which takes no code (dashed).</figcaption></figure>${
      hasBce &&
      html`<figure>${curve(input, {
        label: `Binary cross-entropy against code width, for ${listed([...kinds, 'PCA'])}`,
        of: (cell) => cell.figures?.testBce,
        pca: pca.errors.map(({ bce }) => bce ?? Number.NaN),
        levels: floor,
        knees: false,
      })}<figcaption>Binary cross-entropy per value, in nats, of the same outputs; PCA’s are clipped to 0 … 1. Dashed: a perfect rebuild.</figcaption></figure>`
    }${table(input)}`,
  };
}
