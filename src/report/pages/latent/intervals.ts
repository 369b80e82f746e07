import type { Estimate } from '../../../analysis/statistics/estimate.js';
import { round } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';

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

/** One figure of every row on an axis of its own. */
export interface IntervalPanel {
  readonly title: string;
  readonly unit: string;
  readonly better?: 'low' | 'high';
  readonly format: (value: number) => string;
  /** One a row; nothing where it has none. */
  readonly estimates: readonly (Estimate | undefined)[];
  /** Rows whose interval does not meet the yardstick's. */
  readonly apart: readonly boolean[];
  /** Rows whose value is written in bold. */
  readonly leading: readonly boolean[];
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
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough)!;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step - 1e-9); tick * step <= high + step * 1e-9; tick++) {
    ticks.push(Number((tick * step).toPrecision(12)));
  }
  return ticks;
}

/** The part of the axis that holds all intervals, and 0 where it is not far. */
function domainOf(estimates: IntervalPanel['estimates']): readonly [number, number] | undefined {
  const known = estimates.filter((one) => one && Number.isFinite(one.value)) as Estimate[];
  const all = known.flatMap(({ value, interval }) => [value, ...interval]).filter(Number.isFinite);
  if (all.length === 0) return undefined;
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const size = Math.max(Math.abs(low), Math.abs(high));
  const span = high - low;
  if (low >= 0 && (low < 0.4 * high || span === 0)) return [0, (high || 1) * 1.06];
  const pad = Math.max(span * 0.12, size * 0.01);
  return [low - pad, high + pad];
}

/** Where the middle of each row lies, and where groups begin. */
function layout({ rows, bare }: IntervalChart) {
  const top = bare ? BARE_TOP : TOP;
  let y = top;
  const heads: { name: string; y: number }[] = [];
  const middles = rows.map(({ group }, i) => {
    if (group !== undefined && group !== rows[i - 1]?.group) {
      heads.push({ name: group, y: y + GROUP / 2 + 3 });
      y += GROUP;
    }
    y += ROW;
    return y - ROW / 2;
  });
  return { middles, heads, top: top - 4, height: y + BOTTOM, bottom: y };
}

const shorten = (name: string, most: number): string => (name.length > most ? `${name.slice(0, most - 1)}…` : name);

function names(chart: IntervalChart, room: number): Html {
  const { rows } = chart;
  const { middles, heads } = layout(chart);
  const most = Math.floor((room - 20) / LETTER);
  return html`${heads.map(({ name, y }) => html`<text class="group" x="0" y="${y}" dy="0.35em">${name}</text>`)}${rows.map(
    ({ name, color, isYardstick }, i) =>
      html`${mark(6, middles[i]!, color, isYardstick, true)}<text class="row" x="16" y="${middles[i]!}" dy="0.35em">${shorten(name, most)}${name.length > most && html`<title>${name}</title>`}</text>`,
  )}`;
}

/** A dot, or a diamond; hollow where it says nothing new. */
function mark(x: number, y: number, color: string, isYardstick: boolean, isFilled: boolean): Html {
  const style = isFilled ? `fill:var(--${color})` : `fill:var(--page);stroke:var(--${color})`;
  return isYardstick
    ? html`<path d="M${round(x)} ${round(y - 5)}l5 5l-5 5l-5 -5z" style="${style}"></path>`
    : html`<circle cx="${round(x)}" cy="${round(y)}" r="${isFilled ? 4.5 : 3.8}" style="${style}"></circle>`;
}

function panelMarkup(chart: IntervalChart, panel: IntervalPanel, left: number, width: number): Html {
  const { rows, bare } = chart;
  const { middles, bottom, top } = layout(chart);
  const right = left + width - VALUE;
  const domain = domainOf(panel.estimates);
  const title = bare
    ? undefined
    : html`<text class="title" x="${left}" y="13">${panel.title}${panel.better && html` <tspan class="way">${panel.better === 'low' ? '↓' : '↑'}</tspan>`}</text><text class="unit" x="${left}" y="29">${panel.unit}</text>`;
  if (!domain) return html`${title}`;
  const [low, high] = domain;
  const x = (value: number): number => left + 6 + ((value - low) / (high - low)) * (right - left - 14);
  const { reference } = panel;
  const isNear = reference !== undefined && reference.value >= low && reference.value <= high;
  const isCount = panel.estimates.every((one) => !one || [one.value, ...one.interval].every(Number.isInteger));
  const ticks = roundTicks(low, high, 4).filter((tick) => !isCount || Number.isInteger(tick));
  // Without the zeros that only all together would need.
  const texts = ticks.map((tick) =>
    panel
      .format(tick)
      .replace(/(\.\d*?)0+(?=\D|$)/, '$1')
      .replace(/\.(?=\D|$)/, ''),
  );
  // Where texts would run into one another, every other one is left out.
  const room = ticks.length > 1 ? x(ticks[1]!) - x(ticks[0]!) : Number.POSITIVE_INFINITY;
  const every = Math.max(...texts.map(({ length }) => length)) * 6.2 + 9 > room ? 2 : 1;
  return html`${title}<g class="grid">${ticks.map((tick) => html`<line x1="${round(x(tick))}" x2="${round(x(tick))}" y1="${top}" y2="${bottom + 2}"></line>`)}</g>${
    isNear &&
    html`<line class="reference" x1="${round(x(reference.value))}" x2="${round(x(reference.value))}" y1="${top}" y2="${bottom + 2}"></line>`
  }${ticks.map((tick, i) => {
    return i % every === 0 && html`<text class="tick" x="${round(x(tick))}" y="${bottom + 16}">${texts[i]!}</text>`;
  })}${rows.map(({ color, isYardstick }, i) => {
    const estimate = panel.estimates[i];
    if (!estimate || !Number.isFinite(estimate.value))
      return html`<text class="said" x="${left + width - 8}" y="${middles[i]!}" dy="0.35em">–</text>`;
    const y = middles[i]!;
    const [from, to] = estimate.interval.map((end) => (Number.isFinite(end) ? end : estimate.value));
    return html`<line class="interval" x1="${round(x(from!))}" x2="${round(x(to!))}" y1="${y}" y2="${y}" style="stroke:var(--${color})"></line>${mark(
      x(estimate.value),
      y,
      color,
      isYardstick,
      isYardstick || panel.apart[i]!,
    )}<text class="said${panel.leading[i] ? ' leading' : ''}" x="${left + width - 8}" y="${y}" dy="0.35em">${panel.format(estimate.value)}</text>`;
  })}`;
}

function guides(chart: IntervalChart, width: number): Html {
  const { middles } = layout(chart);
  return html`<g class="guides">${middles.map((y) => html`<line x1="0" x2="${width}" y1="${y + ROW / 2}" y2="${y + ROW / 2}"></line>`)}</g>`;
}

/** What a chart says to those who cannot see it. */
function said({ rows, panels }: IntervalChart): string {
  return panels
    .map(({ title, better, estimates, format }) => {
      const figures = rows.map((row, i) => {
        const value = estimates[i]?.value;
        const where = row.group === undefined ? row.name : `${row.name} at ${row.group}`;
        return `${where} ${value === undefined || !Number.isFinite(value) ? 'unknown' : format(value)}`;
      });
      const way = better ? `, ${better === 'low' ? 'less' : 'more'} is better` : '';
      return `${title}${way}: ${figures.join(', ')}`;
    })
    .join('. ');
}

function svg(chart: IntervalChart, width: number, left: number): Html {
  const { panels } = chart;
  const each = Math.min((width - left) / panels.length, 270);
  const used = Math.round(left + each * panels.length);
  return html`<svg class="plot intervals" viewBox="0 0 ${used} ${layout(chart).height}" style="max-width:${used}px" role="img" aria-label="${said(chart)}">${guides(chart, used)}${names(chart, left)}${panels.map(
    (panel, i) => panelMarkup(chart, panel, left + i * each, each),
  )}</svg>`;
}

/** Room for the names of rows, as long as they are, within limits. */
function nameRoom({ rows }: IntervalChart, least: number, most: number): number {
  const longest = Math.max(...rows.map(({ name }) => name.length));
  return Math.min(most, Math.max(least, Math.round(longest * LETTER) + 28));
}

/** Side by side under one column of names. */
export function wideIntervals(chart: IntervalChart): Html {
  return svg(chart, 1040, nameRoom(chart, 130, 270));
}

/** One under the other, for a phone: each with the names. */
export function narrowIntervals(chart: IntervalChart): Html {
  return html`${chart.panels.map((panel) => svg({ ...chart, panels: [panel] }, 340, nameRoom(chart, 90, 150)))}`;
}

/** What dots, diamonds and hollow dots stand for. */
export function intervalKey(isComparison: boolean): Html {
  return html`<p class="key marks"><span><svg viewBox="0 0 40 14" aria-hidden="true"><line class="interval" x1="2" x2="38" y1="7" y2="7" style="stroke:var(--ink)"></line><circle cx="20" cy="7" r="4.5" style="fill:var(--ink)"></circle></svg>value and 95\u202f% interval</span><span><svg viewBox="0 0 14 14" aria-hidden="true"><path d="M7 2l5 5l-5 5l-5 -5z" style="fill:var(--pca)"></path></svg>PCA of the same width</span><span><svg viewBox="0 0 14 14" aria-hidden="true"><circle cx="7" cy="7" r="3.8" style="fill:var(--page);stroke:var(--ink);stroke-width:2"></circle></svg>hollow: its interval meets PCA’s</span><span><span><b>↓</b> less is better, <b>↑</b> more is</span></span>${isComparison && html`<span><span><b>bold</b>: best at its width, and whoever’s interval meets the best’s</span></span>`}</p>`;
}
