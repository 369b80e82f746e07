import { gzipSync } from 'node:zlib';
import { zip } from '../../../core/collections.js';
import { badInput } from '../../../core/errors.js';
import { built, styleSheet } from '../../kit/assets.js';
import type { Range } from '../../kit/examples.js';
import { type Html, html, scriptJson, trusted } from '../../kit/html.js';
import type { Live } from '../../kit/page.js';
import type { InspectedRun, LatentReportInput } from './input.js';
import { LARGEST_DECODER, type LiveRun, liveData } from './live-data.js';

/** Bytes of a weight, which is what a decoder is made of. */
const WEIGHT = 4;
/** Units with a slider at first. */
const FIRST_UNITS = 12;
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
  const { points, labels, examples } = input;
  const data = liveData(input);
  const classes = labels && Int16Array.from(labels.values.subarray(0, points));
  const isLive = data.runs.some(({ decoder }) => decoder === 'live');
  return {
    islands: html`<script type="application/json" id="live-data">${scriptJson(data)}</script>
${classes && island('labels', classes)}${island('examples', examples.values.subarray(0, examples.count * data.size))}${zip(input.runs, data.runs).map(([run, live]) => islandsOf(run, live, examples.range))}${isLive && packedIsland('wasm', built('browser/ort-wasm.gz'))}`,
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
