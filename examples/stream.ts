// A CSV file of any size as codes in a Parquet file: read, encoded and written block by block, with progress, and with a signal
// that ends it. The memory it takes does not depend on the number of rows.
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, fit } from 'gargalo';
import { numberColumns, openData, openSource, openTableWriter } from 'gargalo/node';

const folder = await mkdtemp(join(tmpdir(), 'gargalo-stream-'));
const [csv, parquet] = [join(folder, 'sensors.csv'), join(folder, 'codes.parquet')];
const random = createRandom(1, 'sensors');
await writeFile(csv, 'time,flow,pressure,speed\n');
for (let part = 0; part < 20; part++) {
  const rows = Array.from({ length: 2000 }, (_, i) => {
    const load = random.normal();
    return `${part * 2000 + i},${(5 + load).toFixed(4)},${(20 - 2 * load).toFixed(4)},${random.normal().toFixed(4)}`;
  });
  await appendFile(csv, `${rows.join('\n')}\n`);
}

const few = await openData(csv, { time: 'time', limit: 2000 });
const { autoencoder } = await fit(few.train, { code: 2, epochs: 5, seed: 1 });

const { train: rows } = await openSource(csv, { time: 'time', like: autoencoder.specification.input });
const table = await openTableWriter(parquet, [
  { name: 'time', type: 'double' },
  { name: 'code 1', type: 'number' },
  { name: 'code 2', type: 'number' },
]);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
let done = 0;
try {
  const onProgress = (progress: { readonly done: number }): void => {
    done = progress.done;
  };
  for await (const { start, end, code, times } of autoencoder.codes(rows, { signal: stop.signal, onProgress })) {
    await table.write(end - start, [{ values: times!, at: 0, step: 1 }, ...numberColumns(code, 2)]);
  }
  await table.finish();
} catch (error) {
  await table.discard(); // nothing stands under the name
  throw error;
} finally {
  await autoencoder.close();
}

const { train: codes } = await openData(parquet, { time: 'time' });
console.log('rows encoded', done, 'read back', codes.length, 'the last at', codes.times?.values.at(-1));
await rm(folder, { recursive: true });
