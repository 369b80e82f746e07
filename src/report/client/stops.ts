// Charts with stops along x: each says its lines when the pointer or the arrow keys come to it.
import { svgElement } from './elements.js';
import { connectPointing, nearestOf } from './tip.js';

/** Its x in units of the drawing, and the lines to show. */
type Stop = readonly [x: number, lines: string];

export function connectStops(chart: SVGSVGElement): void {
  const stops = JSON.parse(chart.dataset.stops ?? '[]') as readonly Stop[];
  const { height } = chart.viewBox.baseVal;
  const marker = svgElement('line', { class: 'cursor', y1: 8, y2: height - 34, visibility: 'hidden' });
  chart.prepend(marker);
  let at = stops.length - 1;
  const go = (i: number, y = height / 3): void => {
    const [x, lines] = stops[i] ?? [0, ''];
    at = i;
    show({ x1: x, x2: x }, lines, x, y);
  };
  const { show } = connectPointing(chart, {
    marker,
    follow(x, y) {
      const [i] = nearestOf(stops.length, (n) => Math.abs((stops[n]?.[0] ?? 0) - x));
      go(i, y);
    },
    key(name) {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[name];
      if (step) go(Math.max(0, Math.min(stops.length - 1, at + step)));
      return step !== undefined;
    },
  });
}
