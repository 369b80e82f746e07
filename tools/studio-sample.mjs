// Trains the network that the studio shows before anything is fetched, and writes it as studio/src/sample/sample.json: where 800
// digits lie on the map of a code of two values, and a sheet of what the decoder makes of places all over it. Run by hand.
import { writeFileSync } from 'node:fs';
import { encode } from 'fast-png';
import { basic, fit, sliceDataset } from '../dist/index.js';
import { loadMnist } from '../dist/node.js';

const [POINTS, ACROSS, SIDE] = [800, 13, 14];
const { train } = await loadMnist();
const data = sliceDataset(train, 0, 10_000);
const { autoencoder } = await fit(data, basic({ code: 2, encoder: [128, 32], epochs: 60, seed: 1 }));
const codes = await autoencoder.encode(sliceDataset(data, 0, POINTS));
const axis = (/** @type {0 | 1} */ k) => {
  const values = Array.from({ length: POINTS }, (_, i) => codes[2 * i + k] ?? 0).sort((a, b) => a - b);
  const [low, high] = [values[8] ?? 0, values[POINTS - 9] ?? 1];
  return [low - 0.08 * (high - low), high + 0.08 * (high - low)];
};
const [x, y] = [axis(0), axis(1)];
const byte = (/** @type {number} */ value, /** @type {number[]} */ [low = 0, high = 1]) =>
  Math.min(255, Math.max(0, Math.round((255 * (value - low)) / (high - low))));
const points = Buffer.alloc(3 * POINTS);
for (let i = 0; i < POINTS; i++)
  points.set([byte(codes[2 * i] ?? 0, x), 255 - byte(codes[2 * i + 1] ?? 0, y), data.labels?.values[i] ?? 0], 3 * i);
const at = (/** @type {number[]} */ [low = 0, high = 1], /** @type {number} */ part) => low + part * (high - low);
const grid = Float32Array.from({ length: 2 * ACROSS * ACROSS }, (_, i) => {
  const [column, row] = [(i >> 1) % ACROSS, Math.floor((i >> 1) / ACROSS)];
  return i % 2 ? at(y, 1 - (row + 0.5) / ACROSS) : at(x, (column + 0.5) / ACROSS);
});
const decoded = await autoencoder.decode(grid);
const sheet = new Uint8Array((ACROSS * SIDE) ** 2);
for (let n = 0; n < ACROSS * ACROSS; n++)
  for (let p = 0; p < SIDE * SIDE; p++) {
    const [px, py] = [p % SIDE, Math.floor(p / SIDE)];
    const pixel = (/** @type {number} */ dx, /** @type {number} */ dy) =>
      decoded[n * 784 + (2 * py + dy) * 28 + 2 * px + dx] ?? 0;
    const value = (pixel(0, 0) + pixel(1, 0) + pixel(0, 1) + pixel(1, 1)) / 4;
    sheet[(Math.floor(n / ACROSS) * SIDE + py) * ACROSS * SIDE + (n % ACROSS) * SIDE + px] =
      Math.round(value / 16) * 17;
  }
const png = encode({ width: ACROSS * SIDE, height: ACROSS * SIDE, data: sheet, channels: 1, depth: 8 });
const epochs = autoencoder.training?.history.length;
writeFileSync(
  new URL('../studio/src/sample/sample.json', import.meta.url),
  `${JSON.stringify({ points: points.toString('base64'), sheet: Buffer.from(png).toString('base64'), epochs })}\n`,
);
await autoencoder.close();
