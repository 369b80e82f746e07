import * as Plot from '@observablehq/plot';
import { badInput } from '../../../core/errors.js';
import { count, percent, several } from '../../../core/format.js';
import type { CodeMap } from '../../../tasks/training-figures.js';
import { boundsOf } from '../../kit/bounds.js';
import { type Drawing, draw, finish, inBothRooms, type Room, round } from '../../kit/chart.js';
import { type Html, html, scriptJson } from '../../kit/html.js';
import { shortened } from '../../kit/names.js';
import { classButtons, classColor, lead, repeatedColors } from '../../kit/parts.js';
import { lookOf, pictureSheet } from '../../kit/picture.js';
import type { ReportInput } from './input.js';
import type { MapData } from './map-data.js';

/** Points are drawn in turns of so many, class by class within a turn, so that no class lies over all others. */
const turn = 100;
/** Thumbnails are looked at for a moment: small, and in few levels. */
const SHEET = { range: [0, 255], longest: 40, levels: 31 } as const;
/** Letters of a name on the map. */
const LONGEST = 18;
/** More classes than this get no name on the map itself. */
const mostNames = 24;

type Range = readonly [low: number, high: number];

/** The part of the plane to show: one unit as long on both axes, unless one axis then would be too thin to see. */
function extentOf(points: Float32Array) {
  const { left, right, bottom, top } = boundsOf(points);
  const padded = (low: number, high: number): Range => {
    const pad = (high - low) * 0.04 || 1;
    return [low - pad, high + pad];
  };
  const [x, y] = [padded(left, right), padded(bottom, top)];
  const ratio = (y[1] - y[0]) / (x[1] - x[0]);
  const aspect = Math.min(1.05, Math.max(0.6, ratio));
  if (ratio < 0.25 || ratio > 4) return { x, y, aspect: 0.75, equal: false };
  const widen = ([low, high]: Range, by: number): Range => {
    const extra = ((high - low) * (by - 1)) / 2;
    return [low - extra, high + extra];
  };
  const [wide, high] = [ratio > aspect ? widen(x, ratio / aspect) : x, ratio < aspect ? widen(y, aspect / ratio) : y];
  return { x: wide, y: high, aspect, equal: true };
}

type Extent = ReturnType<typeof extentOf>;

/** The points of a map with their class, −1 where it is unknown. */
const dotsOf = ({ points, labels }: CodeMap) =>
  Array.from({ length: points.length / 2 }, (_, i) => {
    const [x = 0, y = 0] = points.subarray(2 * i, 2 * i + 2);
    return { x, y, label: labels?.values[i] ?? -1 };
  });

const middleOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Where classes have their name: the medians of their points, in pixels. */
function centres(map: CodeMap, { x, y }: Drawing) {
  const all = dotsOf(map);
  return (map.labels?.names ?? []).flatMap((name, label) => {
    const members = all.filter((dot) => dot.label === label);
    if (members.length === 0) return [];
    return [{ name, label, x: x(middleOf(members.map((dot) => dot.x))), y: y(middleOf(members.map((dot) => dot.y))) }];
  });
}

/** Moves names that would lie on one another apart, each pair along the axis where less is missing. */
function apart<T extends { readonly name: string; x: number; y: number }>(names: readonly T[], size: number): T[] {
  const moved = names.map((name) => ({ ...name }));
  const half = ({ name }: T): number => shortened(name, LONGEST).length * size * 0.3;
  for (let pass = 0; pass < 60; pass++) {
    for (const [i, a] of moved.entries()) {
      for (const b of moved.slice(i + 1)) {
        const [dx, dy] = [b.x - a.x, b.y - a.y];
        const lackX = half(a) + half(b) + 6 - Math.abs(dx);
        const lackY = size * 1.15 - Math.abs(dy);
        if (lackX <= 0 || lackY <= 0) continue;
        const axis = lackX < lackY ? 'x' : 'y';
        const push = axis === 'x' ? (lackX / 2) * (dx < 0 ? -1 : 1) : (lackY / 2) * (dy < 0 ? -1 : 1);
        a[axis] -= push;
        b[axis] += push;
      }
    }
  }
  return moved;
}

function dots(map: CodeMap, { x, y }: Drawing, radius: number): Html {
  const all = dotsOf(map);
  const groups: Html[] = [];
  for (let start = 0; start < all.length; start += turn) {
    const paths = new Map<number, string>();
    for (const dot of all.slice(start, start + turn)) {
      paths.set(dot.label, `${paths.get(dot.label) ?? ''}M${round(x(dot.x))} ${round(y(dot.y))}h0`);
    }
    for (const [label, path] of paths) {
      const stroke = map.labels ? classColor(label) : 'var(--network)';
      groups.push(html`<path data-class="${label}" d="${path}" style="stroke:${stroke}"></path>`);
    }
  }
  return html`<g class="dots" stroke-width="${radius * 2}">${groups}</g>`;
}

function plane(map: CodeMap, extent: Extent, { width, pick }: Room): Html {
  const [top, right, below, before] = pick([12, 12, 44, 44] as const, [8, 8, 40, 38] as const);
  const axis = map.method === 'code' ? 'code value' : 'principal component';
  const total = map.points.length / 2;
  const ticks = pick(8, 5);
  const grid = { ticks, stroke: 'var(--line)', strokeOpacity: 1 };
  const ends = { ticks, tickSize: 0, labelArrow: 'none', labelAnchor: 'center' } as const;
  const drawing = draw({
    ...{ width, height: Math.round((width - before - right) * extent.aspect) + top + below },
    margins: [top, right, below, before],
    x: { domain: [...extent.x] },
    y: { domain: [...extent.y] },
    marks: [
      ...[Plot.gridX(grid), Plot.gridY(grid)],
      ...[Plot.axisX({ ...ends, label: `${axis} 1` }), Plot.axisY({ ...ends, label: `${axis} 2` })],
    ],
  });
  const radius = (total > 6000 ? 1.5 : total > 1500 ? 2.3 : total > 400 ? 3 : 4) * pick(1, 0.75);
  const names = apart(centres(map, drawing), pick(15, 13));
  const { left, right: end, bottom, top: start } = drawing.frame;
  return finish(drawing, {
    label: `Map of the codes of ${several(total, 'test example')}`,
    markup: html`${dots(map, drawing, radius)}${
      names.length <= mostNames &&
      html`<g class="labels">${names.map(
        ({ name, label, x, y }) =>
          html`<text data-class="${label}" x="${round(x)}" y="${round(y)}" dy="0.35em" text-anchor="middle">${shortened(name, LONGEST)}</text>`,
      )}</g>`
    }`,
    // The page's script turns quantized positions back into pixels of this drawing.
    data: { tabindex: '0', 'data-map': [left, end, bottom, start].join(' ') },
  });
}

/** What the page's script needs to answer to the pointer: positions in ten-thousandths of the frame, labels, thumbnails. */
function hoverData({ points, labels, thumbnails }: CodeMap, extent: Extent, { shape, sequence }: ReportInput): MapData {
  const look = lookOf(shape, sequence);
  const quantize = (value: number, [low, high]: Range) => Math.round(((value - low) / (high - low)) * 1e4);
  const hasExamples = thumbnails !== undefined && thumbnails.count > 0;
  return {
    points: Array.from(points, (value, i) => quantize(value, i % 2 === 0 ? extent.x : extent.y)),
    labels: labels ? Array.from(labels.values.subarray(0, points.length / 2)) : null,
    names: labels?.names ?? [],
    ...(hasExamples &&
      (look.kind === 'picture'
        ? { pictures: pictureSheet(thumbnails.values, look, { count: thumbnails.count, ...SHEET }) }
        : {
            profiles: { size: look.width, values: [...thumbnails.values.subarray(0, thumbnails.count * look.width)] },
          })),
  };
}

function words(map: CodeMap): Html {
  const total = map.points.length / 2;
  const dot = `Each dot is one of ${several(total, 'test example')}, placed by`;
  const { share = Number.NaN, chance = Number.NaN, asked = 0, labelled = 0 } = map.agreement ?? {};
  return lead(
    map.method === 'code'
      ? `${dot} the two numbers of its code: this is the whole code, nothing is left out.`
      : `${dot} the first two principal components of the codes. They show ${percent(map.explained)} of the codes’ variance; what seems mixed here may be apart in the rest.`,
    Number.isFinite(share) &&
      Number.isFinite(chance) &&
      `The nearest ${labelled < total ? 'labelled ' : ''}dot carries the same label for ${percent(share)} of ${asked < labelled ? `the first ${count(asked)}` : 'them'}, where chance would give ${percent(chance)}.`,
    repeatedColors(map.labels, 'labels'),
  );
}

/** Test codes as dots on a plane. */
export function codeMap(input: ReportInput): Html | undefined {
  const { map } = input;
  if (!map || map.points.length < 2) return undefined;
  const { points, labels, thumbnails } = map;
  if (points.length % 2 !== 0) {
    throw badInput('report', `expected pairs of map coordinates, got ${points.length} numbers`);
  }
  const bad = points.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw badInput('report', `expected finite map coordinates, got ${points[bad]} at point ${Math.floor(bad / 2)}`);
  }
  const extent = extentOf(points);
  const hint = `Point at a dot to see ${thumbnails?.count ? 'its example' : 'which it is'}; arrow keys move from dot to dot.`;
  const name = (text: string) => html`<span class="name">${text}</span>`;
  const legend =
    labels &&
    html`<div class="legend"><p id="legend-help">Choose one to see it alone</p><ul aria-describedby="legend-help">${classButtons(labels, points.length / 2, name)}</ul></div>`;
  return html`${words(map)}<figure class="map"><div class="plane">${inBothRooms((room) => plane(map, extent, room), 740)}</div>${legend}
<figcaption>${hint}${!extent.equal && ' The two axes have different scales.'}</figcaption></figure><script type="application/json" id="map-data">${scriptJson(hoverData(map, extent, input))}</script>`;
}
