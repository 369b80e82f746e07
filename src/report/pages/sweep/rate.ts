import { count, figure, listed, percent } from '../../../core/format.js';
import { findingWords } from '../../../tasks/finding-words.js';
import type { SweptCell } from '../../../tasks/sweep-figures.js';
import { type Html, html } from '../../kit/html.js';
import { type Level, lineChart } from '../../kit/lines.js';
import { colorKey, colorOf, folded, known, tableOf } from '../../kit/parts.js';
import type { SweepReportInput } from './input.js';

/** The kinds of a sweep, in order. */
export function kindsOf({ cells }: Pick<SweepReportInput, 'cells'>): string[] {
  return [...new Set(cells.map(({ kind }) => kind))];
}

/** A measure of PCA and of every kind against the width of the code. */
interface Curve {
  readonly measure: string;
  readonly of: (cell: SweptCell) => number | null | undefined;
  readonly pca: readonly number[];
  readonly levels: readonly Level[];
  readonly hasKnees: boolean;
}

function curve(input: SweepReportInput, { measure, of, pca, levels, hasKnees }: Curve): Html {
  const kinds = kindsOf(input);
  const widths = input.pca.errors.map(({ width }) => width);
  return lineChart({
    label: `${measure} against code width, for ${listed([...kinds, 'PCA'])}`,
    ...{ x: widths, unit: 'code width', doublings: true, levels },
    named: kinds.length === 1 && kinds.every(({ length }) => length < 10),
    lines: [
      { name: 'PCA', color: 'pca', values: pca },
      ...kinds.map((kind) => {
        const cells = input.cells.filter((cell) => cell.kind === kind);
        const knee = input.findings.find((finding) => finding.kind === kind)?.knee.code;
        const values = widths.map((width) => {
          const cell = cells.find(({ code }) => code === width);
          return (cell && of(cell)) ?? Number.NaN;
        });
        const isRinged = hasKnees && knee !== undefined;
        return { name: kind, color: colorOf(kinds, kind), values, ...(isRinged && { ringed: [knee] }) };
      }),
    ],
  });
}

/** Every width in numbers: PCA, and each kind with what a doubling took off. */
function table(input: SweepReportInput): Html {
  const kinds = kindsOf(input);
  const { errors } = input.pca;
  const hasBce = errors.some(({ bce }) => bce !== null);
  const fine = (value: number) => figure(value, 4);
  const cellOf = (kind: string, width: number) =>
    input.cells.find((cell) => cell.kind === kind && cell.code === width)?.figures;
  const gainOf = (kind: string, width: number) =>
    input.findings.find((finding) => finding.kind === kind)?.gains.find(({ to }) => to === width)?.perDoubling;
  const numbers = tableOf({
    label: 'Errors by code width',
    head: [
      ...['code width', 'PCA, squared error'],
      ...kinds.flatMap((kind) => [`${kind}, squared error`, 'off per doubling']),
      ...(hasBce ? ['PCA, bce', ...kinds.map((kind) => `${kind}, bce`)] : []),
    ],
    rows: errors.map(({ width, squaredError, bce }) => [
      ...([count(width), fine(squaredError)] as const),
      ...kinds.flatMap((kind) => [
        known(cellOf(kind, width)?.testSquaredError, fine),
        known(gainOf(kind, width), percent),
      ]),
      ...(hasBce ? [known(bce, fine), ...kinds.map((kind) => known(cellOf(kind, width)?.testBce, fine))] : []),
    ]),
  });
  return folded('Every width in numbers', numbers);
}

/** The error against the width of the code. */
export function rateDistortion(input: SweepReportInput): Html {
  const { pca, findings, cells } = input;
  const kinds = kindsOf(input);
  const words = findings.map((finding) => {
    const { enough, pca: beside } = findingWords(finding, cells, pca);
    return html`<p class="lead">${findings.length > 1 && html`<b>${finding.kind}</b>: `}${enough} ${beside}</p>`;
  });
  const squared = curve(input, {
    ...{ measure: 'Squared error', of: ({ figures }) => figures?.testSquaredError, hasKnees: true },
    pca: pca.errors.map(({ squaredError }) => squaredError),
    levels: [{ name: 'mean', value: pca.meanSquaredError, color: 'floor' }],
  });
  const entropy = () =>
    curve(input, {
      ...{ measure: 'Binary cross-entropy', of: ({ figures }) => figures?.testBce, hasKnees: false },
      pca: pca.errors.map(({ bce }) => bce ?? Number.NaN),
      levels: pca.bceFloor === null ? [] : [{ name: 'floor', value: pca.bceFloor, color: 'floor' }],
    });
  return html`${words}${colorKey([
    ...kinds.map((name) => ({ name, color: colorOf(kinds, name) })),
    { name: 'PCA', color: 'pca' },
    { name: 'the mean, a perfect rebuild', color: 'floor' },
  ])}<figure>${squared}<figcaption>Squared error of a test example against the width of the code. Ringed: the knee, the smallest width that explains at least 95 % of what the kind’s best explains. Explained is what is taken away of the error of the mean of the training data alone, which takes no code (dashed).</figcaption></figure>${
    pca.errors.some(({ bce }) => bce !== null) &&
    html`<figure>${entropy()}<figcaption>Binary cross-entropy per value, in nats, of the same outputs; PCA’s are clipped to 0 … 1. Dashed: a perfect rebuild.</figcaption></figure>`
  }${table(input)}`;
}
