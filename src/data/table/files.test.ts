import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteFile } from 'hyparquet-writer';
import { expect, it } from 'vitest';
import { inFolder } from '../../../test/tiny.js';
import { openData } from '../read/open.js';
import { readCsv, readParquet } from './files.js';

it('a Parquet table and its CSV become the same examples', () =>
  inFolder(async (folder) => {
    const filename = join(folder, 't.parquet');
    const day = (date: string) => new Date(`${date}T00:00:00Z`);
    parquetWriteFile({
      filename,
      columnData: [
        { name: 'whole', data: [4n, 5n, 6n], type: 'INT64' },
        { name: 'part', data: [0.5, null, 1], type: 'DOUBLE', nullable: true },
        { name: 'dry', data: [true, false, true], type: 'BOOLEAN' },
        { name: 'colour', data: ['red', 'blue', 'red'], type: 'STRING' },
        { name: 'when', data: [day('2026-01-01'), day('2026-01-02'), day('2026-01-04')], type: 'TIMESTAMP' },
        { name: 'kind', data: [10, 9, 10], type: 'INT32' },
      ],
    });
    const csv = join(folder, 't.csv');
    writeFileSync(
      csv,
      'whole,part,dry,colour,when,kind\n4,0.5,true,red,2026-01-01,10\n5,,false,blue,2026-01-02,9\n6,1,true,red,2026-01-04,10\n',
    );
    const options = { label: 'kind', time: 'when', missing: 'indicator' } as const;
    const [one, other] = [await readParquet(filename, options), await readCsv(csv, options)];
    expect(one.table).toEqual(other.table);
    expect(one.columns).toEqual(['whole', 'part', 'part missing', 'dry', 'colour=blue', 'colour=red']);
    expect(await one.block(0, 3)).toEqual(await other.block(0, 3));
    expect([one.labels, one.times]).toEqual([other.labels, other.times]);
    expect(one.labels?.names).toEqual(['9', '10']);
    const { train } = await openData(filename, { ...options, like: one });
    expect(await train.block(0, 3)).toEqual(await one.block(0, 3));
    await expect(readParquet(filename, { time: 'when' })).rejects.toThrow(/row 2, column "part": .*a missing cell/);
  }));
