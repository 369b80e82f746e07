// Charts with stops along x: each says its lines when the pointer or the arrow keys come to it.
import { setAttributes, svgElement } from './elements.js';
import { connectPointing, frameOf, hideTip, nearestOf, showTip } from './tip.js';

/** Its x in units of the drawing, and the lines to show. */
type Stop = readonly [x: number, lines: string];

export function connectStops(chart: SVGSVGElement): void {
  const stops = JSON.parse(chart.dataset.stops ?? '[]') as readonly Stop[];
  const y2 = chart.viewBox.baseVal.height - 34;
  const cursor = svgElement('line', { class: 'cursor', y1: 8, y2, visibility: 'hidden' });
  chart.prepend(cursor);
  let at = stops.length - 1;
  const go = (i: number, y?: number): void => {
    const stop = stops[i];
    if (!stop) return;
    at = i;
    const [x, lines] = stop;
    const { box, scale } = frameOf(chart);
    setAttributes(cursor, { x1: x, x2: x, visibility: 'visible' });
    showTip(lines, box.left + x / scale, y ?? box.top + box.height / 3);
  };
  connectPointing(chart, {
    follow({ clientX, clientY }) {
      const { box, scale } = frameOf(chart);
      const x = (clientX - box.left) * scale;
      const [i] = nearestOf(stops.length, (n) => Math.abs((stops[n]?.[0] ?? 0) - x));
      go(i, clientY);
    },
    leave() {
      cursor.setAttribute('visibility', 'hidden');
      hideTip();
    },
    key(name) {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[name];
      if (step) go(Math.max(0, Math.min(stops.length - 1, at + step)));
      return step !== undefined;
    },
  });
}
