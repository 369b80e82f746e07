// How many numbers does it take? A sweep over code widths, side by side within the cores, against PCA. Three hidden causes
// bend through twelve columns, which a linear code needs more than three numbers for.
import { arrayDataset, createRandom, sweep } from 'gargalo';

const random = createRandom(1, 'causes');
const columns = 12;
const mixing = Array.from({ length: 3 * columns }, () => random.normal());
const values = new Float32Array(1500 * columns);
for (let row = 0; row < 1500; row++) {
  const causes = [random.normal(), random.normal(), random.normal()];
  for (let i = 0; i < columns; i++) {
    const sum = causes.reduce((total, cause, k) => total + cause * (mixing[k * columns + i] as number), 0);
    values[row * columns + i] = Math.tanh(sum) + 0.01 * random.normal();
  }
}
const table = arrayDataset(values, { name: 'causes', shape: [columns] });

const options = {
  code: [1, 2, 3, 4, 6],
  encoder: [32],
  activation: 'tanh',
  epochs: 60,
  batch: 64,
  learningRate: 5e-3,
} as const;
for await (const event of sweep(table, { ...options, schedule: 'cosine', seed: 1 })) {
  if (event.type !== 'end') continue;
  const { findings, pcaErrors } = event.result;
  for (const [i, { code, squaredError }] of (findings[0]?.points ?? []).entries()) {
    console.log('width', code, 'squared error', squaredError, 'PCA', pcaErrors.errors[i]?.squaredError);
  }
  console.log('knee', findings[0]?.knee.code);
}
