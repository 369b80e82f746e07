import * as Plot from '@observablehq/plot';
import { badInput } from '../../../../core/errors.js';
import { count, percent, several } from '../../../../core/format.js';
import type { CodeMap } from '../../../../tasks/training-figures.js';
import { type Drawing, draw, finish, inBothRooms, type Room, round } from '../../../kit/chart.js';
import { type Html, html, scriptJson } from '../../../kit/html.js';
import { shortened } from '../../../kit/names.js';
import type { Section } from '../../../kit/page.js';
import { lookOf, pictureSheet } from '../../../kit/picture.js';
import type { ReportInput } from '../input.js';
import type { MapData } from '../map-data.js';

/** Number of colours before they repeat; the page style has as many. */
export const paletteSize = 10;
/** Points are drawn in turns of so many, class by class within a turn, so that no class lies over all others. */
const turn = 100;
/** Thumbnails are looked at for a moment: small, and in few levels. */
const SHEET = { range: [0, 255], longest: 40, levels: 31 } as const;
/** Letters of a name on the map. */
const LONGEST = 18;
/** More classes than this get no name on the map itself. */
const mostNames = 24;

/** Per point: its class, or −1. */
function classOf(map: CodeMap, point: number): number {
  return map.labels?.values[point] ?? -1;
}

function colorOf(label: number, labelled: boolean): string {
  if (!labelled) return 'var(--network)';
  return label < 0 ? 'var(--faint)' : `var(--c${label % paletteSize})`;
}

interface Extent {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  /** Height over width of the frame. */
  readonly aspect: number;
  /** Whether a unit is as long on both axes. */
  readonly equal: boolean;
}

/** The part of the plane to show: one unit as long on both axes, unless one axis then would be too thin to see. */
function extentOf(points: Float32Array): Extent {
  const ends = [0, 1].map((axis) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = axis; i < points.length; i += 2) {
      low = Math.min(low, points[i]!);
      high = Math.max(high, points[i]!);
    }
    const pad = (high - low) * 0.04 || 1;
    return [low - pad, high + pad] as const;
  });
  const [x, y] = ends as [readonly [number, number], readonly [number, number]];
  const ratio = (y[1] - y[0]) / (x[1] - x[0]);
  const aspect = Math.min(1.05, Math.max(0.6, ratio));
  if (ratio < 0.25 || ratio > 4) return { x, y, aspect: 0.75, equal: false };
  const widen = ([low, high]: readonly [number, number], by: number): readonly [number, number] => {
    const extra = ((high - low) * (by - 1)) / 2;
    return [low - extra, high + extra];
  };
  return {
    x: ratio > aspect ? widen(x, ratio / aspect) : x,
    y: ratio < aspect ? widen(y, aspect / ratio) : y,
    aspect,
    equal: true,
  };
}

/** Where classes have their name: the medians of their points. */
function centres(map: CodeMap): { name: string; label: number; x: number; y: number }[] {
  return (map.labels?.names ?? []).flatMap((name, label) => {
    const members: number[] = [];
    for (let i = 0; i < map.points.length / 2; i++) if (classOf(map, i) === label) members.push(i);
    if (members.length === 0) return [];
    const median = (axis: number) =>
      members.map((i) => map.points[2 * i + axis]!).sort((a, b) => a - b)[Math.floor(members.length / 2)]!;
    return [{ name, label, x: median(0), y: median(1) }];
  });
}

/** Moves names that would lie on one another apart, each pair along the axis where less is missing. */
export function apart<T extends { readonly name: string; readonly x: number; readonly y: number }>(
  names: readonly T[],
  size: number,
): T[] {
  const moved = names.map((name) => ({ ...name }));
  for (let pass = 0; pass < 60; pass++) {
    for (const [i, a] of moved.entries()) {
      for (const b of moved.slice(i + 1)) {
        const [dx, dy] = [b.x - a.x, b.y - a.y];
        const lackX =
          (shortened(a.name, LONGEST).length + shortened(b.name, LONGEST).length) * size * 0.3 + 6 - Math.abs(dx);
        const lackY = size * 1.15 - Math.abs(dy);
        if (lackX <= 0 || lackY <= 0) continue;
        const [key, push] =
          lackX < lackY
            ? (['x', (lackX / 2) * (dx < 0 ? -1 : 1)] as const)
            : (['y', (lackY / 2) * (dy < 0 ? -1 : 1)] as const);
        Object.assign(a, { [key]: a[key] - push });
        Object.assign(b, { [key]: b[key] + push });
      }
    }
  }
  return moved;
}

function dots(map: CodeMap, drawing: Drawing, radius: number): Html {
  const total = map.points.length / 2;
  const groups: Html[] = [];
  for (let start = 0; start < total; start += turn) {
    const paths = new Map<number, string>();
    for (let i = start; i < Math.min(total, start + turn); i++) {
      const place = `M${round(drawing.x(map.points[2 * i]!))} ${round(drawing.y(map.points[2 * i + 1]!))}h0`;
      paths.set(classOf(map, i), (paths.get(classOf(map, i)) ?? '') + place);
    }
    for (const [label, path] of paths) {
      groups.push(
        html`<path data-class="${label}" d="${path}" style="stroke:${colorOf(label, map.labels !== undefined)}"></path>`,
      );
    }
  }
  return html`<g class="dots" stroke-width="${radius * 2}">${groups}</g>`;
}

function plane(map: CodeMap, extent: Extent, room: Room): Html {
  const { width, pick } = room;
  const [left, right, top, bottom] = pick([44, 12, 12, 44] as const, [38, 8, 8, 40] as const);
  const height = Math.round((width - left - right) * extent.aspect) + top + bottom;
  const axis = map.method === 'code' ? 'code value' : 'principal component';
  const total = map.points.length / 2;
  const ticks = pick(8, 5);
  const grid = { ticks, stroke: 'var(--line)', strokeOpacity: 1 };
  const ends = { ticks, tickSize: 0, labelArrow: 'none', labelAnchor: 'center' } as const;
  const drawing = draw({
    ...{ width, height, margins: [top, right, bottom, left] },
    x: { domain: [...extent.x] },
    y: { domain: [...extent.y] },
    marks: [
      ...[Plot.gridX(grid), Plot.gridY(grid)],
      ...[Plot.axisX({ ...ends, label: `${axis} 1` }), Plot.axisY({ ...ends, label: `${axis} 2` })],
    ],
  });
  const radius = (total > 6000 ? 1.5 : total > 1500 ? 2.3 : total > 400 ? 3 : 4) * pick(1, 0.75);
  const names = apart(
    centres(map).map((centre) => ({ ...centre, x: drawing.x(centre.x), y: drawing.y(centre.y) })),
    pick(15, 13),
  );
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
    data: { tabindex: '0', 'data-map': [left, width - right, height - bottom, top].join(' ') },
  });
}

function legend(map: CodeMap): Html | undefined {
  const { labels } = map;
  if (!labels) return undefined;
  const total = map.points.length / 2;
  const sizes = new Map<number, number>();
  for (let i = 0; i < total; i++) sizes.set(classOf(map, i), (sizes.get(classOf(map, i)) ?? 0) + 1);
  const item = (name: string, label: number) =>
    sizes.has(label) &&
    html`<li><button type="button" data-class="${label}" aria-pressed="false"><span class="swatch" style="--swatch:${colorOf(label, true)}"></span><span class="name">${name}</span> <small>${count(sizes.get(label) ?? 0)}</small></button></li>`;
  return html`<div class="legend"><p id="legend-help">Choose one to see it alone</p><ul aria-describedby="legend-help">${labels.names.map(item)}${item('unknown', -1)}</ul></div>`;
}

/** What the page's script needs to answer to the pointer: positions in ten-thousandths of the frame, labels, thumbnails. */
function hoverData(map: CodeMap, extent: Extent, input: ReportInput): Html {
  const quantize = (value: number, [low, high]: readonly [number, number]) =>
    Math.round(((value - low) / (high - low)) * 1e4);
  const points = Array.from(map.points, (value, i) => quantize(value, i % 2 === 0 ? extent.x : extent.y));
  const look = lookOf(input.shape, input.sequence);
  const thumbnails = map.thumbnails && map.thumbnails.count > 0 ? map.thumbnails : undefined;
  const pictures =
    thumbnails && look.kind === 'picture'
      ? pictureSheet(thumbnails.values, look, { count: thumbnails.count, ...SHEET })
      : undefined;
  const profiles =
    thumbnails && look.kind === 'profile'
      ? { size: look.width, values: Array.from(thumbnails.values.subarray(0, thumbnails.count * look.width)) }
      : undefined;
  const data: MapData = {
    points,
    labels: map.labels ? Array.from(map.labels.values.subarray(0, points.length / 2)) : null,
    names: map.labels?.names ?? [],
    pictures,
    profiles,
  };
  return scriptJson(data);
}

function words(map: CodeMap): Html {
  const total = map.points.length / 2;
  const sentences = [
    map.method === 'code'
      ? `Each dot is one of ${several(total, 'test example')}, placed by the two numbers of its code: this is the whole code, nothing is left out.`
      : `Each dot is one of ${several(total, 'test example')}, placed by the first two principal components of the codes. They show ${percent(map.explained)} of the codes’ variance; what seems mixed here may be apart in the rest.`,
  ];
  const { share = Number.NaN, chance = Number.NaN, asked = 0, labelled = 0 } = map.agreement ?? {};
  if (Number.isFinite(share) && Number.isFinite(chance)) {
    sentences.push(
      `The nearest ${labelled < total ? 'labelled ' : ''}dot carries the same label for ${percent(share)} of ${asked < labelled ? `the first ${count(asked)}` : 'them'}, where chance would give ${percent(chance)}.`,
    );
  }
  if ((map.labels?.names.length ?? 0) > paletteSize) sentences.push(`Colours repeat after ${paletteSize} labels.`);
  return html`<p class="lead">${sentences.join(' ')}</p>`;
}

/** Test codes as dots on a plane. */
export function codeMap(input: ReportInput): Section | undefined {
  const { map } = input;
  if (!map || map.points.length < 2) return undefined;
  if (map.points.length % 2 !== 0)
    throw badInput('report', `expected pairs of map coordinates, got ${map.points.length} numbers`);
  const bad = map.points.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw badInput('report', `expected finite map coordinates, got ${map.points[bad]} at point ${Math.floor(bad / 2)}`);
  const extent = extentOf(map.points);
  const hint = map.thumbnails?.count
    ? 'Point at a dot to see its example; arrow keys move from dot to dot.'
    : 'Point at a dot to see which it is; arrow keys move from dot to dot.';
  return {
    id: 'map',
    short: 'Map',
    title: 'A map of the codes',
    body: html`${words(map)}<figure class="map"><div class="plane">${inBothRooms((room) => plane(map, extent, room), 740)}</div>${legend(map)}
<figcaption>${hint}${!extent.equal && ' The two axes have different scales.'}</figcaption></figure><script type="application/json" id="map-data">${hoverData(map, extent, input)}</script>`,
  };
}
