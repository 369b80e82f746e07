import { gzipSync } from 'node:zlib';
import { sortedQuantile } from '../../../analysis/statistics/estimate.js';
import { zip } from '../../../core/collections.js';
import { badInput } from '../../../core/errors.js';
import { exampleSize } from '../../../data/dataset.js';
import { lookOf } from '../../../data/look.js';
import { built, styleSheet } from '../../kit/assets.js';
import { boundsOf } from '../../kit/bounds.js';
import type { Range } from '../../kit/examples.js';
import { type Html, html, scriptJson, trusted } from '../../kit/html.js';
import type { Live } from '../../kit/page.js';
import type { InspectedRun, LatentReportInput } from './input.js';
import type { Grid, LiveData, LiveMap, LiveRun } from './live-data.js';
import { viewOf } from './view.js';

/** Bytes of a decoder that may travel with the page. */
const LARGEST_DECODER = 8 * 2 ** 20;
/** Bytes of a weight, which is what a decoder is made of. */
const WEIGHT = 4;
/** Codes go as 16 bits where a step of them is less than this part of how far most values of a unit are apart. */
const FINE = 1 / 1000;
/** Values of a unit that are looked at to tell how far most are apart. */
const SAMPLED = 2000;
/** Units with a slider at first. */
const FIRST_UNITS = 12;
/** Units that get a slider. */
const MOST_UNITS = 64;

/** Lowest and highest value of each unit, and how far apart the middle 80 % of its values are, by some of them. */
function spreadOf(codes: Float32Array, width: number) {
  const count = codes.length / width;
  const every = Math.ceil(count / SAMPLED);
  return Array.from({ length: width }, (_, unit) => {
    const values = Float32Array.from({ length: count }, (_, i) => codes[i * width + unit]!);
    let [low, high] = [Infinity, -Infinity];
    for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
    const some = values.filter((_, i) => i % every === 0).sort();
    return { unit, low, high, middle: sortedQuantile(some, 0.9) - sortedQuantile(some, 0.1) };
  });
}

const gridOf = ({ columns, rows }: Grid): Grid => ({ columns, rows });

function liveMap(run: InspectedRun, map: InspectedRun['maps'][number]): LiveMap {
  const bounds = boundsOf(map.points);
  const behind = run.planes.find(({ method }) => method === map.method);
  return {
    method: map.method,
    bounds,
    view: viewOf(behind?.extent ?? bounds),
    ...(map.plane && {
      plane: { origin: [...map.plane.origin], across: [...map.plane.across], up: [...map.plane.up] },
    }),
    ...(behind && { decoded: { extent: behind.extent, cells: gridOf(behind), shading: gridOf(behind.gaps) } }),
  };
}

function liveRun(run: InspectedRun): LiveRun {
  const { width } = run.figures;
  const spread = spreadOf(run.codes, width);
  const fine = spread.every(({ low, high, middle }) => high - low <= 65_535 * FINE * middle || high === low);
  return {
    id: run.id,
    name: run.name,
    width,
    gaussian: run.gaussian,
    decoder: !run.decoder ? 'none' : run.decoder.length > LARGEST_DECODER ? 'large' : 'live',
    limits: run.limits,
    codes: fine
      ? { type: 'uint16', low: spread.map(({ low }) => low), high: spread.map(({ high }) => high) }
      : { type: 'float32' },
    maps: run.maps.map((map) => liveMap(run, map)),
    strips: run.strips.map(({ from, to, path, gaps }) => ({ from, to, path, gaps: [...gaps] })),
    units: spread
      .filter(({ low, high }) => high > low)
      .sort((a, b) => b.middle - a.middle || b.high - b.low - (a.high - a.low))
      .slice(0, MOST_UNITS)
      .map(({ unit, low, high }) => ({ unit, low, high })),
  };
}

function islandsOf(run: InspectedRun, { codes, decoder, width, maps }: LiveRun, range: Range): Html[] {
  const { id } = run;
  const named = (name: string, values: Values, wide?: number) => island(`${name}/${id}`, values, wide);
  const outputs = () => Float32Array.from(run.strips.flatMap((strip) => [...strip.outputs]));
  return [
    named('codes', codes.type === 'float32' ? run.codes : sixteenBits(run.codes, width, codes.low, codes.high)),
    ...zip(run.maps, maps).map(([{ method, points }, { bounds }]) => {
      const { left, right, bottom, top } = bounds;
      return island(`map/${id}/${method}`, sixteenBits(points, 2, [left, bottom], [right, top]));
    }),
    ...run.planes.flatMap(({ method, outputs, gaps }) => [
      island(`plane/${id}/${method}`, bytesOf(outputs, range)),
      island(`gaps/${id}/${method}`, gaps.depth),
    ]),
    ...(decoder === 'live' && run.decoder
      ? [named('decoder', run.decoder, WEIGHT)]
      : run.strips.length > 0
        ? [named('strips', bytesOf(outputs(), range))]
        : []),
  ];
}

function check({ points, runs }: LatentReportInput): void {
  for (const { id, codes, maps, figures } of runs) {
    if (codes.length !== points * figures.width) {
      const expected = `${points} codes of ${figures.width} values of ${id}`;
      throw badInput('report', `expected ${expected}, got ${codes.length} values`);
    }
    for (const map of maps) {
      const where = `on the map ${map.method} of ${id}`;
      if (map.points.length !== 2 * points) {
        throw badInput('report', `expected ${points} points ${where}, got ${map.points.length / 2}`);
      }
      const bad = map.points.find((value) => !Number.isFinite(value));
      if (bad !== undefined) throw badInput('report', `expected finite places ${where}, got ${bad}`);
    }
  }
}

/**
 * What makes the page move: data islands, the script and its style; goes to `renderPage` as `live`. What several runs
 * have in common (ONNX Runtime, examples, labels) is there once.
 *
 * @throws GargaloError `not-available` where the package was not built
 */
export function liveParts(input: LatentReportInput): Live {
  check(input);
  const { shape, sequence, points, labels, examples } = input;
  const both = input.runs.map((run) => ({ run, live: liveRun(run) }));
  const runs = both.map(({ live }) => live);
  const data: LiveData = {
    look: lookOf(shape, sequence),
    ...(sequence && { steps: shape[0] ?? 1 }),
    size: exampleSize(input),
    points,
    shown: examples.count,
    range: examples.range,
    ...(labels && { names: labels.names }),
    runs,
  };
  const classes = labels && Int16Array.from(labels.values.subarray(0, points));
  return {
    islands: html`<script type="application/json" id="live-data">${scriptJson(data)}</script>
${classes && island('labels', classes)}${island('examples', examples.values.subarray(0, examples.count * data.size))}${both.map(({ run, live }) => islandsOf(run, live, examples.range))}${runs.some(({ decoder }) => decoder === 'live') && packedIsland('wasm', built('runtime/ort/ort-wasm.gz'))}`,
    script: built('report/client/live.js').toString('utf8'),
    style: styleSheet(new URL('live.css', import.meta.url)),
  };
}

/**
 * The place below a strip's pictures where the page's script puts a slider that decodes between the steps. Empty and
 * not shown where scripts do not run.
 *
 * @param index of the strip among those of the run
 */
export function liveStrip(run: InspectedRun, index: number): Html {
  return html`<div class="live live-line" data-live-strip="${run.id}" data-index="${index}"></div>`;
}

/** The place where the page's script puts a slider for each unit of a run's code, beside what the code decodes to. */
export function liveUnits(run: InspectedRun): Html {
  if (!run.decoder || run.decoder.length > LARGEST_DECODER) return html``;
  // So many rows are kept free that nothing moves when the sliders come.
  const rows = Math.min(FIRST_UNITS, run.figures.width);
  return html`<div class="live live-units" data-live-units="${run.id}" style="--rows:${rows}"></div>`;
}

type Values = Uint8Array | Uint16Array | Int16Array | Float32Array;

/** Effort of gzip: more makes pages hardly smaller and takes many times as long. */
const LEVEL = 7;

/**
 * The bytes of values, the first of each value before the second of each: so they compress better. What is left at the
 * end stays there.
 */
function byPlace(values: Values, wide: number): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (wide === 1) return bytes;
  const sorted = bytes.slice();
  const whole = bytes.length - (bytes.length % wide);
  for (let place = 0, at = 0; place < wide; place++) {
    for (let i = place; i < whole; i += wide) sorted[at++] = bytes[i]!;
  }
  return sorted;
}

/**
 * Values in an element that is not shown: compressed, in base 64.
 *
 * @param wide bytes of a value
 */
export function island(name: string, values: Values, wide: number = values.BYTES_PER_ELEMENT): Html {
  return packedIsland(name, gzipSync(byPlace(values, wide), { level: LEVEL }));
}

/** The same of bytes that gzip has compressed before. */
export function packedIsland(name: string, packed: Uint8Array): Html {
  return html`<script type="text/plain" data-live="${name}">${trusted(Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength).toString('base64'))}</script>\n`;
}

/** Values as bytes of a range, clipped to it. */
export function bytesOf(values: ArrayLike<number>, [low, high]: Range): Uint8Array {
  const scale = 255 / (high - low || 1);
  return new Uint8Array(Uint8ClampedArray.from(values, (value) => (value - low) * scale));
}

/** Values as 65,535ths between ends. */
export function sixteenBits(
  values: Float32Array,
  stride: number,
  low: readonly number[],
  high: readonly number[],
): Uint16Array {
  return Uint16Array.from(values, (value, i) => {
    const [a, b] = [low[i % stride] ?? 0, high[i % stride] ?? 0];
    return b > a ? Math.round(((value - a) / (b - a)) * 65_535) : 0;
  });
}
