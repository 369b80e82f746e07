import * as Plot from '@observablehq/plot';
import type { FilterBank } from '../../../analysis/training/filters.js';
import { count, figure, percent, several } from '../../../core/format.js';
import { rowAt } from '../../../core/vectors.js';
import { exampleSize } from '../../../data/dataset.js';
import type { PictureLook } from '../../../data/look.js';
import { draw, finish, inBothRooms, round } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import { shortened } from '../../kit/names.js';
import { lead, swatch } from '../../kit/parts.js';
import { lookOf, weightPicture } from '../../kit/picture.js';
import { mosaicOf } from '../../kit/strip.js';
import type { ReportInput } from './input.js';

/** More filters than this are not drawn: nobody looks at them, and the page grows. */
const mostDrawn = 64;
/** What colours of weights stand for. */
const ramp = html`<p class="scale"><span>−max</span><span class="ramp" aria-hidden="true"></span><span>+max</span></p>`;
/** Columns of a table, and of a window, that are named; and letters of a name. */
const [MOST_NAMED, MOST_GROUPS, LONGEST] = [40, 6, 16];

type FilterInput = Pick<ReportInput, 'shape' | 'sequence' | 'columns'>;

/** What the colours of weights mean, and the scale of them where it is not the colours themselves. */
export function weightKey({ shape, sequence }: FilterInput) {
  const isColor = lookOf(shape, sequence).kind === 'picture' && shape[2] === 3;
  return {
    words: isColor ? 'Mid-gray is a weight of 0' : 'Blue is negative, red positive, blank is 0',
    scale: !isColor && ramp,
  };
}

/** Filters of windows with the steps of one column side by side: [steps, columns] becomes [columns, steps]. */
function byColumn(values: Float32Array, size: number, steps: number): Float32Array {
  const columns = size / steps;
  return values.map((_, at) => {
    const [row, i] = [Math.floor(at / size) * size, at % size];
    return values[row + (i % steps) * columns + Math.floor(i / steps)] ?? Number.NaN;
  });
}

/** The axis below a heat map: names of the columns of a table, or of those of a window in the middle of their steps. */
function columnAxis(size: number, columns: readonly string[] | undefined, steps: number | undefined): Plot.Markish {
  const plain = { tickSize: 0, label: null };
  if (columns?.length === size && size <= MOST_NAMED) {
    return Plot.axisX(
      columns.map((_, i) => i + 0.5),
      { ...plain, tickRotate: -50, text: (at: number) => shortened(columns[Math.floor(at)] ?? '', LONGEST) },
    );
  }
  if (steps === undefined) return Plot.axisX({ ticks: 6, tickSize: 3, label: null });
  const groups = size / steps > MOST_GROUPS ? 0 : size / steps;
  return Plot.axisX(
    Array.from({ length: groups }, (_, i) => (i + 0.5) * steps),
    { ...plain, text: (_: number, i: number) => columns?.[i] ?? `column ${i + 1}` },
  );
}

/** A heat map of weights, one row per filter over the columns of a table: one small picture under Plot's axes. */
function heatMap(
  { values, count: all }: FilterBank,
  { shape, sequence, columns }: FilterInput,
  label: string,
  width: number,
): Html {
  const rows = Math.min(all, mostDrawn);
  const size = exampleSize({ shape });
  const steps = sequence ? shape[0] : undefined;
  const sorted = steps === undefined ? values : byColumn(values, size, steps);
  const isNamed = columns?.length === size && size <= MOST_NAMED;
  const longest = isNamed ? Math.max(...columns.map((column) => Math.min(column.length, LONGEST))) : 0;
  const below = isNamed ? 14 + longest * 5.4 : 30;
  const cell = Math.max(6, Math.min(24, 480 / rows));
  const numbered = Array.from({ length: rows }, (_, i) => i + 0.5).filter((_, i) => i % Math.ceil(rows / 16) === 0);
  const drawing = draw({
    ...{ width, height: 10 + rows * cell + below, margins: [10, 8, below, 44] },
    x: { domain: [0, size], axis: null },
    y: { domain: [rows, 0], axis: null },
    marks: [
      Plot.axisY(numbered, { text: (at: number) => String(Math.floor(at) + 1), tickSize: 0, label: null }),
      columnAxis(size, columns, steps),
    ],
  });
  const { left, right } = drawing.frame;
  // Every filter by itself, so that each is scaled by its own largest weight.
  const markup = html`<g>${Array.from({ length: rows }, (_, i) => {
    const uri = weightPicture(rowAt(sorted, size, i), { kind: 'picture', width: size, height: 1, channels: 1 });
    return html`<image class="heat" x="${left}" y="${round(10 + i * cell)}" width="${right - left}" height="${round(cell - 1)}" preserveAspectRatio="none" href="${uri}"></image>`;
  })}<rect class="frame" x="${left}" y="10" width="${right - left}" height="${round(rows * cell - 1)}"></rect></g>`;
  return finish(drawing, { label, markup });
}

/** Filters side by side: pictures, or the rows of a heat map. */
export function bankFigure(
  bank: FilterBank,
  input: FilterInput,
  title: string,
  color: string,
  name: (i: number) => string,
): Html {
  const look = lookOf(input.shape, input.sequence);
  const [shown, all] = [Math.min(bank.count, mostDrawn), bank.of ?? bank.count];
  const which = `the ${bank.use ? `${count(shown)} most used` : `first ${count(shown)}`} of ${count(all)}`;
  const more = all > shown ? which : `${count(all)}${bank.use ? ', the most used first' : ''}`;
  const pictures = (picture: PictureLook) =>
    Array.from({ length: shown }, (_, i) => weightPicture(rowAt(bank.values, exampleSize(input), i), picture));
  return html`<figure><h3>${swatch(color)}${title}<small>, ${more}</small></h3>${
    look.kind === 'picture'
      ? mosaicOf(look, pictures(look), name)
      : inBothRooms(({ pick, width }) => heatMap(bank, input, `${title} as a heat map`, pick(470, width)))
  }</figure>`;
}

function filterName({ use }: FilterBank, what: string, i: number): string {
  return use?.[i] === undefined ? `${what} ${i + 1}` : `${what} ${i + 1} by use, mean magnitude ${figure(use[i], 2)}`;
}

/** The first layer's filters, and PCA's components beside them. */
export function filters(input: ReportInput): Html | undefined {
  const { filters: bank, atoms, pca } = input;
  const { components, explained } = pca;
  if (!bank?.count && !components?.count) return undefined;
  const unit = lookOf(input.shape, input.sequence).kind === 'picture' ? 'tile' : 'row';
  const { words, scale } = weightKey(input);
  const componentName = (i: number): string => {
    const share = explained[i];
    return `Component ${i + 1}${share === undefined ? '' : `, ${percent(share)} of the variance`}`;
  };
  return html`${lead(
    bank?.count
      ? `Each ${unit} holds ${input.sequence ? 'over time, column after column, ' : ''}the weights of one unit of the first layer (${several(bank.of ?? bank.count, 'unit')}): the pattern it answers to.`
      : 'The first layer is not one filter per unit over the whole example, so there are no filters to draw; here is what PCA uses.',
    !!bank?.count &&
      atoms &&
      'Beside them, what each code value adds to the output when it is on: the pattern it stands for.',
    !!components?.count &&
      `PCA’s components${bank?.count ? ', beside them,' : ''} are ordered by the variance they explain${explained[0] === undefined ? '' : `, the first ${percent(explained[0])}`}.`,
    `${words}; each ${unit} is scaled by its own largest weight, so strength cannot be compared between ${unit}s.`,
  )}
<div class="pair">${bank?.count ? bankFigure(bank, input, 'First layer', 'network', (i) => filterName(bank, 'Filter', i)) : ''}${
    atoms?.count ? bankFigure(atoms, input, 'Decoder', 'network', (i) => filterName(atoms, 'Code value', i)) : ''
  }${components?.count ? bankFigure(components, input, 'PCA', 'pca', componentName) : ''}</div>${scale}`;
}
