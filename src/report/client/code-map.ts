// The map of codes of a training: dots that say which example they are, and a legend that shows one class alone.

import { exampleName } from '../kit/names.js';
import type { MapData } from '../pages/training/map-data.js';
import { arrows, element, oneAlone, setAttributes, svgElement } from './elements.js';
import { connectPointing, frameOf, hideTip, nearestOf, showTip } from './tip.js';

/** Units of the drawing from the pointer to a dot that is meant, and pixels of a thumbnail's longer side. */
const [NEAR, THUMBNAIL] = [28, 96];

/** The example behind a dot, where it travels with the page. */
function thumbnail({ pictures, profiles }: MapData, i: number): Element | undefined {
  if (pictures && i < pictures.count) {
    const { width, height, columns, rows, uri } = pictures;
    const zoom = Math.max(1, Math.round(THUMBNAIL / Math.max(width, height)));
    const pixels = (...values: readonly number[]) => values.map((value) => `${value * zoom}px`).join(' ');
    const box = element('div', { class: 'thumbnail' });
    Object.assign(box.style, {
      width: pixels(width),
      height: pixels(height),
      backgroundImage: `url(${uri})`,
      backgroundSize: pixels(width * columns, height * rows),
      backgroundPosition: pixels(-width * (i % columns), -height * Math.floor(i / columns)),
    });
    return box;
  }
  if (!profiles || i >= profiles.values.length / profiles.size) return undefined;
  const values = profiles.values.slice(i * profiles.size, (i + 1) * profiles.size);
  const step = 146 / Math.max(1, values.length - 1);
  const points = values.map((value, x) => `${2 + x * step},${46 - (value * 44) / 255}`).join(' ');
  return svgElement('svg', { width: 150, height: 48, viewBox: '0 0 150 48' }, svgElement('polyline', { points }));
}

function connectChart(chart: SVGSVGElement, data: MapData, isVisible: (i: number) => boolean): void {
  const [left = 0, right = 0, bottom = 0, top = 0] = (chart.dataset.map ?? '').split(' ').map(Number);
  const total = data.points.length / 2;
  const placeOf = (i: number): readonly [x: number, y: number] => [
    left + ((data.points[2 * i] ?? 0) / 1e4) * (right - left),
    bottom + ((data.points[2 * i + 1] ?? 0) / 1e4) * (top - bottom),
  ];
  const ring = svgElement('circle', { class: 'ring', r: 7, visibility: 'hidden' });
  chart.append(ring);
  let at = -1;
  const leave = (): void => {
    ring.setAttribute('visibility', 'hidden');
    hideTip();
  };
  const go = (i: number): void => {
    at = i;
    const { box, scale } = frameOf(chart);
    const [x, y] = placeOf(i);
    setAttributes(ring, { cx: x, cy: y, visibility: 'visible' });
    const label = data.labels?.[i];
    const name = label === undefined ? undefined : (data.names[label] ?? 'unknown');
    const example = `test ${exampleName(i)}`;
    showTip(name ? `${name}\n${example}` : example, box.left + x / scale, box.top + y / scale, thumbnail(data, i));
  };
  connectPointing(chart, {
    follow({ clientX, clientY }) {
      const { box, scale } = frameOf(chart);
      const [px, py] = [(clientX - box.left) * scale, (clientY - box.top) * scale];
      const [i, distance] = nearestOf(total, (n) => {
        const [x, y] = placeOf(n);
        return isVisible(n) ? Math.hypot(x - px, y - py) : Number.POSITIVE_INFINITY;
      });
      if (distance < NEAR * scale) go(i);
      else leave();
    },
    leave,
    key(name) {
      const way = arrows[name];
      if (!way) return false;
      const [fromX, fromY] = at >= 0 && isVisible(at) ? placeOf(at) : [(left + right) / 2, (top + bottom) / 2];
      // The nearest dot within 45° of the arrow.
      const [i, distance] = nearestOf(total, (n) => {
        const [x, y] = placeOf(n);
        const ahead = (x - fromX) * way[0] + (y - fromY) * way[1];
        const aside = Math.abs((x - fromX) * way[1]) + Math.abs((y - fromY) * way[0]);
        const isAhead = n !== at && isVisible(n) && ahead > 0 && aside <= ahead;
        return isAhead ? Math.hypot(ahead, aside) : Number.POSITIVE_INFINITY;
      });
      if (distance < Number.POSITIVE_INFINITY) go(i);
      return true;
    },
  });
}

/** Brings the map of codes to life, where the page has one. */
export function connectCodeMap(): void {
  const text = document.querySelector('#map-data')?.textContent;
  if (!text) return;
  const data = JSON.parse(text) as MapData;
  const charts = [...document.querySelectorAll<SVGSVGElement>('[data-map]')];
  let alone: number | undefined;
  oneAlone('.legend button', (chosen) => {
    alone = chosen;
    for (const chart of charts) {
      chart.classList.toggle('alone', alone !== undefined);
      for (const mark of chart.querySelectorAll<SVGElement>('[data-class]')) {
        mark.classList.toggle('chosen', Number(mark.dataset.class) === alone);
      }
    }
  });
  for (const chart of charts) connectChart(chart, data, (i) => alone === undefined || data.labels?.[i] === alone);
}
