// The map of codes of a training: dots that say which example they are, and a legend that shows one class alone.

import { exampleName } from '../kit/names.js';
import type { MapData } from '../pages/training/map-data.js';
import { arrows, element, oneAlone, svgElement } from './elements.js';
import { connectPointing, nearestOf } from './tip.js';

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
  const marker = svgElement('circle', { class: 'ring', r: 7, visibility: 'hidden' });
  chart.append(marker);
  let at = -1;
  const go = (i: number): void => {
    at = i;
    const [x, y] = placeOf(i);
    const label = data.labels?.[i];
    const name = label === undefined ? undefined : (data.names[label] ?? 'unknown');
    const example = `test ${exampleName(i)}`;
    show({ cx: x, cy: y }, name ? `${name}\n${example}` : example, x, y, thumbnail(data, i));
  };
  /** The visible dot at the least distance, by how far it lies to the right of a place and below it. */
  const nearest = ([fromX, fromY]: readonly [number, number], distance: (x: number, y: number, i: number) => number) =>
    nearestOf(total, (i) => {
      const [x, y] = placeOf(i);
      return isVisible(i) ? distance(x - fromX, y - fromY, i) : Number.POSITIVE_INFINITY;
    });
  const { show, leave } = connectPointing(chart, {
    marker,
    follow(x, y, scale) {
      const [i, distance] = nearest([x, y], (dx, dy) => Math.hypot(dx, dy));
      if (distance < NEAR * scale) go(i);
      else leave();
    },
    key(name) {
      const way = arrows[name];
      if (!way) return false;
      const from = at >= 0 && isVisible(at) ? placeOf(at) : ([(left + right) / 2, (top + bottom) / 2] as const);
      // The nearest dot within 45° of the arrow.
      const [i, distance] = nearest(from, (x, y, n) => {
        const ahead = x * way[0] + y * way[1];
        const aside = Math.abs(x * way[1]) + Math.abs(y * way[0]);
        return n !== at && ahead > 0 && aside <= ahead ? Math.hypot(ahead, aside) : Number.POSITIVE_INFINITY;
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
