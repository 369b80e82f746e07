// A table of sensor values: two hidden causes behind eight columns. A code of width 2 finds them, and a row that breaks
// the pattern is rebuilt badly.
import { arrayDataset, createRandom, fit } from 'gargalo';

const random = createRandom(1, 'sensors');
const columns = Array.from({ length: 8 }, (_, i) => `sensor ${i + 1}`);
const rows = 2000;
const values = new Float32Array(rows * columns.length);
for (let row = 0; row < rows; row++) {
  const [load, weather] = [random.normal(), random.normal()];
  for (let i = 0; i < columns.length; i++) {
    values[row * columns.length + i] = 20 + 3 * load * Math.cos(i) + 2 * weather * Math.sin(i) + 0.1 * random.normal();
  }
}
const table = arrayDataset(values, { name: 'sensors', shape: [columns.length], columns });

const { autoencoder, history } = await fit(table, {
  code: 2,
  encoder: [16],
  activation: 'tanh',
  epochs: 60,
  batch: 64,
  learningRate: 5e-3,
});
console.log('test loss', history.at(-1)?.testLoss);

const broken = values.slice(0, columns.length);
broken[3] = 60;
const errorOf = async (row: Float32Array): Promise<number> => {
  const rebuilt = await autoencoder.reconstruct(row);
  return row.reduce((sum, value, i) => sum + (value - (rebuilt[i] as number)) ** 2, 0);
};
console.log(
  'error of a good row',
  await errorOf(values.slice(0, columns.length)),
  'of a broken one',
  await errorOf(broken),
);
await autoencoder.close();
