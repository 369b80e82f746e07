// A table as people have them: numbers, words, holes. It is read, trained on and rebuilt, and comes back with its words.
import { writeFile } from 'node:fs/promises';
import { columnsOf, createRandom, fit, type TableSchema } from 'gargalo';
import { openData } from 'gargalo/node';

// Flats: size, rooms and district follow the rent; some sizes are missing.
const random = createRandom(1, 'flats');
const lines = Array.from({ length: 600 }, () => {
  const rent = 400 + 1600 * random.uniform();
  const size = random.uniform() < 0.05 ? '' : (rent / 14 + 4 * random.normal()).toFixed(0);
  const district = ['harbour', 'station', 'old town'][Math.min(2, Math.floor((3 * (rent - 400)) / 1600))];
  return [rent.toFixed(0), size, Math.ceil(rent / 500), district, rent > 900 ? 'yes' : 'no'].join();
});
await writeFile('flats.csv', ['rent,size,rooms,district,balcony', ...lines].join('\n'));

// Means for missing sizes are learned from the training part, as the scaling is; both are in the model.
const { train } = await openData('flats.csv', { missing: 'mean', categories: 'embedding' });
const { autoencoder } = await fit(train, {
  encoder: [16],
  code: 2,
  activation: 'tanh',
  epochs: 120,
  batch: 32,
  learningRate: 5e-3,
  seed: 1,
});
console.log('features', train.columns?.join(', '));

// Another file is read as the model takes it: columns by their names, in any order.
await writeFile('new.csv', 'district,balcony,rooms,rent,size\nold town,yes,4,1900,136\nharbour,no,1,450,\n');
const { train: fresh } = await openData('new.csv', { like: autoencoder.specification.input });
const rebuilt = columnsOf(autoencoder.specification.input.table as TableSchema, await autoencoder.reconstruct(fresh));
for (const { name, values } of rebuilt) console.log(name, ...values);
await autoencoder.close();
