import * as Plot from '@observablehq/plot';
import type { FilterBank } from '../../../../analysis/training/filters.js';
import { count, figure, percent, several } from '../../../../core/format.js';
import { draw, finish, inBothRooms, round } from '../../../kit/chart.js';
import { type Html, html } from '../../../kit/html.js';
import { shortened } from '../../../kit/names.js';
import type { Section } from '../../../kit/page.js';
import { swatch } from '../../../kit/parts.js';
import { lookOf, weightPicture } from '../../../kit/picture.js';
import { mosaicOf } from '../../../kit/strip.js';
import type { ReportInput } from '../input.js';

/** More filters than this are not drawn: nobody looks at them, and the page grows. */
const mostDrawn = 64;
/** Columns of a table, and of a window, that are named; and letters of a name. */
const [MOST_NAMED, MOST_GROUPS, LONGEST] = [40, 6, 16];

/** The weights of one filter. */
function weightsOf(bank: FilterBank, i: number): Float32Array {
  const size = bank.values.length / bank.count;
  return bank.values.subarray(i * size, (i + 1) * size);
}

/** Filters of windows with the steps of one column side by side: [steps, columns] becomes [columns, steps]. */
function byColumn(bank: FilterBank, steps: number): FilterBank {
  const size = bank.values.length / bank.count;
  const columns = size / steps;
  const values = bank.values.map((_, at) => {
    const [row, i] = [Math.floor(at / size) * size, at % size];
    return bank.values[row + (i % steps) * columns + Math.floor(i / steps)] ?? Number.NaN;
  });
  return { ...bank, values };
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
  bank: FilterBank,
  columns: readonly string[] | undefined,
  label: string,
  width: number,
  steps?: number,
): Html {
  const rows = Math.min(bank.count, mostDrawn);
  const size = bank.values.length / bank.count;
  const isNamed = columns?.length === size && size <= MOST_NAMED;
  const longest = isNamed ? Math.max(...columns.map((column) => Math.min(column.length, LONGEST))) : 0;
  const [left, right, bottom] = [44, 8, isNamed ? 14 + longest * 5.4 : 30];
  const cell = Math.max(6, Math.min(24, 480 / rows));
  const drawing = draw({
    ...{ width, height: 10 + rows * cell + bottom, margins: [10, right, bottom, left] },
    x: { domain: [0, size], axis: null },
    y: { domain: [rows, 0], axis: null },
    marks: [
      Plot.axisY(
        Array.from({ length: rows }, (_, i) => i + 0.5).filter((_, i) => rows <= 16 || i % Math.ceil(rows / 16) === 0),
        { text: (at: number) => String(Math.floor(at) + 1), tickSize: 0, label: null },
      ),
      columnAxis(size, columns, steps),
    ],
  });
  const wide = width - left - right;
  // Every filter by itself, so that each is scaled by its own largest weight.
  const markup = html`<g>${Array.from({ length: rows }, (_, i) => {
    const uri = weightPicture(weightsOf(bank, i), { kind: 'picture', width: size, height: 1, channels: 1 });
    return html`<image class="heat" x="${left}" y="${round(10 + i * cell)}" width="${wide}" height="${round(cell - 1)}" preserveAspectRatio="none" href="${uri}"></image>`;
  })}<rect class="frame" x="${left}" y="10" width="${wide}" height="${round(rows * cell - 1)}"></rect></g>`;
  return finish(drawing, { label, markup });
}

/** Filters side by side: pictures, or the rows of a heat map. */
export function bankFigure(
  bank: FilterBank,
  input: Pick<ReportInput, 'shape' | 'sequence' | 'columns'>,
  title: string,
  color: string,
  name: (i: number) => string,
): Html {
  const look = lookOf(input.shape, input.sequence);
  const steps = input.sequence ? input.shape[0] : undefined;
  const [shown, all] = [Math.min(bank.count, mostDrawn), bank.of ?? bank.count];
  const which = bank.use
    ? `the ${count(shown)} most used of ${count(all)}`
    : `the first ${count(shown)} of ${count(all)}`;
  const more = all > shown ? `, ${which}` : `, ${count(all)}${bank.use ? ', the most used first' : ''}`;
  return html`<figure><h3>${swatch(color)}${title}<small>${more}</small></h3>${
    look.kind === 'picture'
      ? mosaicOf(
          look,
          Array.from({ length: shown }, (_, i) => weightPicture(weightsOf(bank, i), look)),
          name,
        )
      : inBothRooms(({ pick, width }) =>
          heatMap(
            steps === undefined ? bank : byColumn(bank, steps),
            input.columns,
            `${title} as a heat map`,
            pick(470, width),
            steps,
          ),
        )
  }</figure>`;
}

function filterName({ use }: FilterBank, what: string, i: number): string {
  return use?.[i] === undefined ? `${what} ${i + 1}` : `${what} ${i + 1} by use, mean magnitude ${figure(use[i], 2)}`;
}

/** The first layer's filters, and PCA's components beside them. */
export function filters(input: ReportInput): Section | undefined {
  const { filters: bank, atoms, pca } = input;
  const { components } = pca;
  if (!bank?.count && !components?.count) return undefined;
  const unit = lookOf(input.shape, input.sequence).kind === 'picture' ? 'tile' : 'row';
  const color = lookOf(input.shape, input.sequence).kind === 'picture' && input.shape[2] === 3;
  const key = color ? 'Mid-gray is a weight of 0' : 'Blue is negative, red positive, blank is 0';
  return {
    id: 'filters',
    short: 'Filters',
    title: bank?.count ? 'What the network looks for' : 'What PCA looks for',
    body: html`<p class="lead">${
      bank?.count
        ? `Each ${unit} holds ${input.sequence ? 'over time, column after column, ' : ''}the weights of one unit of the first layer (${several(bank.of ?? bank.count, 'unit')}): the pattern it answers to.${atoms ? ` Beside them, what each code value adds to the output when it is on: the pattern it stands for.` : ''}`
        : 'The first layer is not one filter per unit over the whole example, so there are no filters to draw; here is what PCA uses.'
    }${components?.count ? ` PCA’s components${bank?.count ? ', beside them,' : ''} are ordered by the variance they explain${pca.explained[0] === undefined ? '' : `, the first ${percent(pca.explained[0])}`}.` : ''} ${key}; each ${unit} is scaled by its own largest weight, so strength cannot be compared between ${unit}s.</p>
<div class="pair">${bank?.count ? bankFigure(bank, input, 'First layer', 'network', (i) => filterName(bank, 'Filter', i)) : ''}${
      atoms?.count ? bankFigure(atoms, input, 'Decoder', 'network', (i) => filterName(atoms, 'Code value', i)) : ''
    }${
      components?.count
        ? bankFigure(components, input, 'PCA', 'pca', (i) => {
            const share = pca.explained[i];
            return `Component ${i + 1}${share === undefined ? '' : `, ${percent(share)} of the variance`}`;
          })
        : ''
    }</div>${!color && html`<p class="scale"><span>−max</span><span class="ramp" aria-hidden="true"></span><span>+max</span></p>`}`,
  };
}
