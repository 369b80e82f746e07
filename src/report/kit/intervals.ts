import type { Metric } from '../../analysis/latent/metrics.js';
import type { Estimate } from '../../analysis/statistics/estimate.js';
import { inBothRooms, round } from './chart.js';
import { type Html, html, type Part } from './html.js';
import { shortened } from './names.js';
import { folded } from './parts.js';

/** A row of a chart of intervals. */
export interface IntervalRow {
  readonly name: string;
  /** The name of its colour in the style sheet. */
  readonly color: string;
  /** The yardstick is a diamond. */
  readonly isYardstick: boolean;
  /** Rows of one group stand together under its name. */
  readonly group?: string;
}

/** A figure of one row. */
export interface IntervalCell {
  /** Nothing where the row has none. */
  readonly estimate: Estimate | undefined;
  /** Whether its interval does not meet the yardstick's. */
  readonly isApart: boolean;
  /** Whether its value is written in bold. */
  readonly isLeading?: boolean;
}

/** One figure of every row on an axis of its own. */
export interface IntervalPanel extends Pick<Metric, 'unit' | 'better' | 'format'> {
  readonly title: string;
  /** One a row. */
  readonly cells: readonly IntervalCell[];
  readonly reference?: { readonly name: string; readonly value: number };
}

/** Figures as dots with their intervals as lines. */
export interface IntervalChart {
  readonly rows: readonly IntervalRow[];
  readonly panels: readonly IntervalPanel[];
  /** Without titles, where they stand above. */
  readonly bare?: boolean;
}

/** Width of a letter, about. */
const LETTER = 6.9;
const ROW = 22;
const GROUP = 24;
const [TOP, BARE_TOP, BOTTOM] = [44, 6, 24];
/** Room for the values at the right of a panel. */
const VALUE = 58;

/** Round values from `low` to `high`, about so many. */
export function roundTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((m) => m * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step - 1e-9); tick * step <= high + step * 1e-9; tick++) {
    ticks.push(Number((tick * step).toPrecision(12)));
  }
  return ticks;
}

/** The part of the axis that holds all intervals, and 0 where it is not far. */
function domainOf(cells: readonly IntervalCell[]): readonly [number, number] | undefined {
  const all = cells
    .flatMap(({ estimate: e }) => (e && Number.isFinite(e.value) ? [e.value, ...e.interval] : []))
    .filter(Number.isFinite);
  if (all.length === 0) return undefined;
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const size = Math.max(Math.abs(low), Math.abs(high));
  const span = high - low;
  if (low >= 0 && (low < 0.4 * high || span === 0)) return [0, (high || 1) * 1.06];
  const pad = Math.max(span * 0.12, size * 0.01);
  return [low - pad, high + pad];
}

/** Rows with the height of their middle, and where groups begin. */
function layout({ rows, bare }: IntervalChart) {
  const top = bare ? BARE_TOP : TOP;
  let y = top;
  const heads: { name: string; y: number }[] = [];
  const placed = rows.map((row, i) => {
    if (row.group !== undefined && row.group !== rows[i - 1]?.group) {
      heads.push({ name: row.group, y: y + GROUP / 2 + 3 });
      y += GROUP;
    }
    y += ROW;
    return { ...row, y: y - ROW / 2 };
  });
  return { placed, heads, top: top - 4, height: y + BOTTOM, bottom: y };
}

type Layout = ReturnType<typeof layout>;

function names({ placed, heads }: Layout, room: number): Html {
  const most = Math.floor((room - 20) / LETTER);
  return html`${heads.map(({ name, y }) => html`<text class="group" x="0" y="${y}" dy="0.35em">${name}</text>`)}${placed.map(
    (row) =>
      html`${mark(6, row, true)}<text class="row" x="16" y="${row.y}" dy="0.35em">${shortened(row.name, most)}${row.name.length > most && html`<title>${row.name}</title>`}</text>`,
  )}`;
}

/** A dot, or a diamond; hollow where it says nothing new. */
function mark(x: number, { y, color, isYardstick }: Layout['placed'][number], isFilled: boolean): Html {
  const style = isFilled ? `fill:var(--${color})` : `fill:var(--page);stroke:var(--${color})`;
  return isYardstick
    ? html`<path d="M${round(x)} ${round(y - 5)}l5 5l-5 5l-5 -5z" style="${style}"></path>`
    : html`<circle cx="${round(x)}" cy="${round(y)}" r="${isFilled ? 4.5 : 3.8}" style="${style}"></circle>`;
}

/** Ticks as text, without the zeros that only all together would need. */
const tickText = (tick: number, format: (value: number) => string): string =>
  format(tick)
    .replace(/(\.\d*?)0+(?=\D|$)/, '$1')
    .replace(/\.(?=\D|$)/, '');

function panelMarkup(
  panel: IntervalPanel,
  { placed, bottom, top }: Layout,
  left: number,
  width: number,
  bare = false,
): Html {
  const { title, unit, better, format, cells, reference } = panel;
  const heading =
    !bare &&
    html`<text class="title" x="${left}" y="13">${title}${better && html` <tspan class="way">${better === 'low' ? '↓' : '↑'}</tspan>`}</text><text class="unit" x="${left}" y="29">${unit}</text>`;
  const domain = domainOf(cells);
  if (!domain) return html`${heading}`;
  const [low, high] = domain;
  const x = (value: number): number => left + 6 + ((value - low) / (high - low)) * (width - VALUE - 14);
  const upright = (at: number, kind: Part = ''): Html =>
    html`<line${kind} x1="${round(x(at))}" x2="${round(x(at))}" y1="${top}" y2="${bottom + 2}"></line>`;
  const isCount = cells.every(({ estimate: e }) => !e || [e.value, ...e.interval].every(Number.isInteger));
  const ticks = roundTicks(low, high, 4).filter((tick) => !isCount || Number.isInteger(tick));
  const texts = ticks.map((tick) => tickText(tick, format));
  // Where texts would run into one another, every other one is left out.
  const [first = 0, second = Number.POSITIVE_INFINITY] = ticks;
  const every = Math.max(...texts.map(({ length }) => length)) * 6.2 + 9 > x(second) - x(first) ? 2 : 1;
  return html`${heading}<g class="grid">${ticks.map((tick) => upright(tick))}</g>${
    reference && reference.value >= low && reference.value <= high && upright(reference.value, html` class="reference"`)
  }${ticks.map((tick, i) => i % every === 0 && html`<text class="tick" x="${round(x(tick))}" y="${bottom + 16}">${texts[i]}</text>`)}${placed.map(
    (row, i) => {
      const { estimate, isApart, isLeading } = cells[i] ?? {};
      const said = (kind: string, text: string): Html =>
        html`<text class="said${kind}" x="${left + width - 8}" y="${row.y}" dy="0.35em">${text}</text>`;
      if (!estimate || !Number.isFinite(estimate.value)) return said('', '–');
      const { value, interval } = estimate;
      const [from, to] = [interval[0], interval[1]].map((end) => round(x(Number.isFinite(end) ? end : value)));
      return html`<line class="interval" x1="${from}" x2="${to}" y1="${row.y}" y2="${row.y}" style="stroke:var(--${row.color})"></line>${mark(x(value), row, row.isYardstick || isApart === true)}${said(isLeading ? ' leading' : '', format(value))}`;
    },
  )}`;
}

/** What a chart says to those who cannot see it. */
function said({ rows, panels }: IntervalChart): string {
  return panels
    .map(({ title, better, cells, format }) => {
      const figures = rows.map(({ name, group }, i) => {
        const value = cells[i]?.estimate?.value ?? Number.NaN;
        return `${name}${group === undefined ? '' : ` at ${group}`} ${Number.isFinite(value) ? format(value) : 'unknown'}`;
      });
      const way = better ? `, ${better === 'low' ? 'less' : 'more'} is better` : '';
      return `${title}${way}: ${figures.join(', ')}`;
    })
    .join('. ');
}

function drawing(chart: IntervalChart, width: number, least: number, most: number): Html {
  const { rows, panels, bare } = chart;
  const placed = layout(chart);
  // Room for the names of rows, as long as they are, within limits.
  const longest = Math.max(...rows.map(({ name }) => name.length));
  const left = Math.min(most, Math.max(least, Math.round(longest * LETTER) + 28));
  const each = Math.min((width - left) / panels.length, 270);
  const used = Math.round(left + each * panels.length);
  const guides = placed.placed.map(
    ({ y }) => html`<line x1="0" x2="${used}" y1="${y + ROW / 2}" y2="${y + ROW / 2}"></line>`,
  );
  return html`<svg class="plot intervals" viewBox="0 0 ${used} ${placed.height}" style="max-width:${used}px" role="img" aria-label="${said(chart)}"><g class="guides">${guides}</g>${names(placed, left)}${panels.map(
    (panel, i) => panelMarkup(panel, placed, left + i * each, each, bare),
  )}</svg>`;
}

/** Side by side under one column of names. */
export const wideIntervals = (chart: IntervalChart): Html => drawing(chart, 1040, 130, 270);

/** One under the other, for a phone: each with the names. */
export const narrowIntervals = (chart: IntervalChart): Html =>
  html`${chart.panels.map((panel) => drawing({ ...chart, panels: [panel] }, 340, 90, 150))}`;

/** What a phone shows of intervals, where that differs. */
interface OnPhones {
  /** Shorter names of the rows. */
  readonly names?: readonly string[];
  /** Shows the first panel alone; the heading of the others, which open. */
  readonly rest?: string;
}

/** Intervals in both rooms. */
export function intervalFigure(chart: IntervalChart, { names, rest }: OnPhones): Html {
  const rows = chart.rows.map((row, i) => ({ ...row, name: names?.[i] ?? row.name }));
  const shown = rest === undefined ? chart.panels.length : 1;
  const [first, others] = [chart.panels.slice(0, shown), chart.panels.slice(shown)];
  const more = others.length > 0 && folded(rest, narrowIntervals({ rows, panels: others }));
  return html`<figure>${inBothRooms(({ isWide }) => (isWide ? wideIntervals(chart) : html`${narrowIntervals({ rows, panels: first })}${more}`))}</figure>`;
}

/** What dots, diamonds and hollow dots stand for. */
export function intervalKey(isComparison: boolean): Html {
  return html`<p class="key marks"><span><svg viewBox="0 0 40 14" aria-hidden="true"><line class="interval" x1="2" x2="38" y1="7" y2="7" style="stroke:var(--ink)"></line><circle cx="20" cy="7" r="4.5" style="fill:var(--ink)"></circle></svg>value and 95\u202f% interval</span><span><svg viewBox="0 0 14 14" aria-hidden="true"><path d="M7 2l5 5l-5 5l-5 -5z" style="fill:var(--pca)"></path></svg>PCA of the same width</span><span><svg viewBox="0 0 14 14" aria-hidden="true"><circle cx="7" cy="7" r="3.8" style="fill:var(--page);stroke:var(--ink);stroke-width:2"></circle></svg>hollow: its interval meets PCA’s</span><span><span><b>↓</b> less is better, <b>↑</b> more is</span></span>${isComparison && html`<span><span><b>bold</b>: best at its width, and whoever’s interval meets the best’s</span></span>`}</p>`;
}
