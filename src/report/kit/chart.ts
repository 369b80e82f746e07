import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { type Html, html, trusted } from './html.js';

/** A place on a chart that answers to the pointer and the arrow keys: its x in pixels, and the lines to show there. */
export type Stop = readonly [x: number, lines: string];

/** A drawing under construction: Plot's SVG, and its scales. */
export interface Drawing {
  readonly svg: Element;
  /** What {@link addMarkup} put on top. */
  readonly added: Html[];
  /** Pixels of a value of x. */
  readonly x: (value: number) => number;
  /** Pixels of a value of y. */
  readonly y: (value: number) => number;
}

/** Widths that every chart is drawn for: the page shows the one that fits, so that letters keep their size on a phone. */
export const chartWidths = { wide: 960, narrow: 340 } as const;

/** Draws with Observable Plot in a document of its own; the look (colours, letters) is left to the page's style sheet. */
export function draw(options: Plot.PlotOptions): Drawing {
  const { document } = parseHTML('<!doctype html><html><head></head><body></body></html>');
  const plot = Plot.plot({ document, className: 'plot', ...options });
  plot.querySelector('style')?.remove();
  plot.removeAttribute('font-family');
  plot.removeAttribute('font-size');
  const pixels = (name: 'x' | 'y') => {
    const apply = plot.scale(name)?.apply;
    return (value: number): number => Number(apply?.(value) ?? 0);
  };
  return { svg: plot, added: [], x: pixels('x'), y: pixels('y') };
}

/** Adds SVG to the end of a drawing. */
export function addMarkup(drawing: Drawing, markup: Html): void {
  drawing.added.push(markup);
}

/**
 * A drawing as markup: named for those who cannot see it and, with stops, answering to pointer and arrow keys.
 *
 * @param name what the drawing shows, in words
 * @param data attributes for the page's script
 */
export function finish(
  drawing: Drawing,
  name: string,
  stops: readonly Stop[] = [],
  data: Readonly<Record<string, string>> = {},
): Html {
  const { svg, added } = drawing;
  const places = JSON.stringify(stops.map(([x, lines]) => [round(x), lines]));
  const attributes = {
    ...Object.fromEntries([...svg.attributes].map((attribute) => [attribute.name, attribute.value])),
    role: 'img',
    'aria-label': name,
    ...(stops.length > 0 && { tabindex: '0', 'data-stops': places }),
    ...data,
  };
  // Written here, not by linkedom, which leaves ampersands in attributes as they are.
  return html`<svg${Object.entries(attributes).map(([key, value]) => html` ${key}="${value}"`)}>${trusted(svg.innerHTML)}${added}</svg>`;
}

/** Both widths of a chart; the style sheet shows one. */
export function inBothWidths(chart: (width: number) => Html): Html {
  return html`<div class="chart wide">${chart(chartWidths.wide)}</div><div class="chart narrow">${chart(chartWidths.narrow)}</div>`;
}

/** Pixels with one decimal: enough for a screen, and short. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Moves positions apart until neighbours are `gap` pixels from each other, keeping their order and their centre. */
export function spread(positions: readonly number[], gap: number): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a]! - positions[b]!);
  const moved = [...positions];
  for (let pass = 0; pass < 20; pass++) {
    for (let i = 1; i < order.length; i++) {
      const [above, below] = [order[i - 1]!, order[i]!];
      const lack = gap - (moved[below]! - moved[above]!);
      if (lack > 0) {
        moved[above] = moved[above]! - lack / 2;
        moved[below] = moved[below]! + lack / 2;
      }
    }
  }
  return moved;
}

const mantissas = [1, 5, 2, 3, 7, 1.5, 4, 2.5, 6, 8, 9];

/** Round values for a logarithmic axis: the roundest first, none closer to another than `apart` pixels. */
export function logTicks(low: number, high: number, pixels: (value: number) => number, apart: number): number[] {
  if (!(low > 0 && Number.isFinite(high))) return [];
  const ticks: number[] = [];
  for (const mantissa of mantissas) {
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      const value = Number(`${mantissa}e${power}`);
      const free = ticks.every((tick) => Math.abs(pixels(tick) - pixels(value)) >= apart);
      if (value >= low && value <= high && free) ticks.push(value);
    }
  }
  return ticks.sort((a, b) => a - b);
}

/** At most `most` of the items, evenly spaced, the first and the last among them. */
export function thin<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]!);
}
