// Windows of a real series through recurrent cells, beside PCA of the same width.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from '../training.mjs';

const series = 'machine_temperature_system_failure.csv';

/** Unpacks the series beside the run folders, where a command can read it. */
function unpack() {
  const folder = join('runs', 'results', 'data');
  mkdirSync(join(root, folder), { recursive: true });
  const packed = readFileSync(join(root, 'results', 'data', `${series}.gz`));
  writeFileSync(join(root, folder, series), gunzipSync(packed));
  return join(folder, series);
}

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  {
    name: 'recurrent-series',
    kind: 'recurrent',
    network: 'LSTM 64 – code 4 – LSTM 64, windows of 64 steps',
    setup:
      'Temperatures of a machine every five minutes (22,695 of them, from the Numenta Anomaly Benchmark), in windows of 64 steps; the last tenth of the series is the test. PCA of the same width on the same windows is beside it; in standard deviations squared, summed over a window.',
    figures: {
      squaredError: {
        label: 'test squared error a window',
        against: 'pcaSquaredError',
        beside: 'PCA',
        better: 'lower',
      },
    },
    async run({ command }) {
      const trained = await command(
        'recurrent-series',
        `${unpack()} --columns value --window 64 --kind recurrent --encoder 64 --code-layer dense --code 4 --epochs 100 --batch 128 --lr 4e-3 --schedule cosine --seed 1`,
      );
      const { parameters, epochs, seconds, testSquaredError, pcaSquaredError } = trained.summary;
      return {
        commands: [trained.command],
        parameters,
        epochs,
        seconds,
        figures: { squaredError: testSquaredError, pcaSquaredError },
      };
    },
  },
];
