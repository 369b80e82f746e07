// What a program does without files: train on rows that it has, and judge one row.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compress } from '../src/codec.js';
import { runsDataset } from '../src/data/runs.js';
import { selectExamples } from '../src/data/split.js';
import {
  arrayDataset,
  attribution,
  createRandom,
  datasetOf,
  denoise,
  detecting,
  detector,
  fit,
  load,
  openAutoencoder,
  type Row,
  save,
  sliceDataset,
} from '../src/index.js';

const random = createRandom(1, 'readings');
const readings = Array.from({ length: 200 }, () => {
  const load = random.uniform();
  return { temperature: 20 + 10 * load, power: 3 * load, machine: load > 0.5 ? 'A' : 'B' };
});
const quick = { recipe: 'none', code: 1, epochs: 2, batch: 32, seed: 1, threads: 1 } as const;

describe('rows in memory', () => {
  it('train as the same numbers in a data set do', async () => {
    const rows = readings.map(({ temperature, power }) => [temperature, power]);
    const values = Float32Array.from(rows.flat());
    const given = [rows, { values, shape: [200, 2] }, new Set(rows), arrayDataset(values, { name: 'x', shape: [2] })];
    const losses: number[] = [];
    for (const data of given) {
      const { autoencoder, history } = await fit(data, quick);
      await autoencoder.close();
      losses.push(history.at(-1)!.testLoss);
    }
    expect(new Set(losses).size).toBe(1);
  });

  it('are read by the columns of the model that they trained, and tested on rows like them', async () => {
    const { autoencoder } = await fit(readings.slice(20), { ...quick, validation: readings.slice(0, 20) });
    await using model = autoencoder;
    expect(model.specification.input.table!.columns.map(({ name }) => name)).toEqual([
      'temperature',
      'power',
      'machine',
    ]);
    const [first] = readings;
    const { machine, temperature, power } = first!;
    const code = await model.encode([first!]);
    expect(await model.encode([{ machine, id: 7, temperature, power }])).toEqual(code);
    expect(await model.encode([[temperature, power, machine] as unknown as Row])).toEqual(code);
    await expect(model.encode([{ temperature, power }])).rejects.toThrow(/expected the column "machine"/);
    await expect(model.encode([{ temperature: Number.NaN, power, machine }])).rejects.toThrow(/examples\[0\]/);
  });

  it('are refused where the model would take one column or word for another', async () => {
    const { autoencoder } = await fit(readings, { ...quick, kind: 'basic' });
    await using model = autoencoder;
    const moved = readings.map(({ machine, power, temperature }) => ({ power, temperature, machine }));
    const other = readings.map((row) => ({ ...row, machine: row.machine === 'A' ? 'A' : 'C' }));
    expect(await model.encode(moved)).toEqual(await model.encode(readings));
    await expect(model.encode(await datasetOf(moved))).rejects.toThrow(/expected "temperature" as column 1/);
    await expect(model.encode(await datasetOf(other))).rejects.toThrow(/levels of "machine".*"A", "B".*"A", "C"/);
    await expect(fit(readings, { ...quick, validation: await datasetOf(moved) })).rejects.toThrow(
      /"power" for "temperature"/,
    );
    const numbers = { values: Float32Array.from({ length: 240 }, () => random.normal()), shape: [20, 3, 4] };
    const { autoencoder: ofPictures } = await fit(numbers, quick);
    await using pictures = ofPictures;
    await expect(pictures.encode({ ...numbers, shape: [20, 4, 3] })).rejects.toThrow(/shape \[3, 4\].*shape \[4, 3\]/);
    expect(await pictures.encode({ ...numbers, shape: [20, 12] })).toEqual(await pictures.encode(numbers));
  });

  it('have options that are known, and cells that are cells', async () => {
    await expect(datasetOf(readings, { mising: 'mean' } as object)).rejects.toThrow(/did you mean "missing"/);
    await expect(datasetOf(readings, { missing: 'men' as 'mean' })).rejects.toThrow(/did you mean "mean"/);
    await expect(datasetOf([[1, 2]], { label: 'a' })).rejects.toThrow(/named columns for the option label/);
    await expect(datasetOf([{ a: { b: 1 } }] as unknown as Row[])).rejects.toThrow(/examples\[0\], column "a"/);
    await expect(datasetOf([{ a: () => 1 }] as unknown as Row[])).rejects.toThrow(/got a function/);
    await expect(fit(datasetOf(readings) as never, quick)).rejects.toThrow(/got a promise, which is to be awaited/);
    const opened = { train: await datasetOf(readings) };
    await expect(fit(opened as never, quick)).rejects.toThrow(/what openData gives, of which train is to be taken/);
    await expect(datasetOf(new BigInt64Array(2) as unknown as Row[])).rejects.toThrow(/got bigint/);
    const images = { values: new Uint8Array(2 * 3 * 8 * 9), shape: [2, 3, 8, 9] };
    await expect(datasetOf(images)).rejects.toThrow(/channels first/);
    expect((await datasetOf(images, { layout: 'nchw' })).shape).toEqual([8, 9, 3]);
    await expect(datasetOf({ values: Float32Array.of(1, Number.NaN), shape: [1, 2] })).rejects.toThrow(/column 2/);
  });

  it('never become codes that are no numbers', async () => {
    const { autoencoder } = await fit(
      { values: Float32Array.from({ length: 40 }, () => random.normal()), shape: [20, 2] },
      quick,
    );
    await using model = autoencoder;
    await expect(model.encode(Float32Array.of(1, 2, Number.NaN, 3))).rejects.toThrow(
      'examples, row 2, column 1: expected a finite 32-bit number, got NaN',
    );
    await expect(model.reconstruct(Float32Array.of(Number.NEGATIVE_INFINITY, 2))).rejects.toThrow(
      /finite 32-bit number, got -Inf/,
    );
    await expect(model.encode(Float64Array.of(1, 2, 3, 1e300))).rejects.toThrow(
      'examples, row 2, column 2: expected a finite 32-bit number, got 1e+300',
    );
    await expect(
      model.encode([
        [1, 2],
        [3, -1e39],
      ]),
    ).rejects.toThrow('examples[1][1]: expected a finite 32-bit number');
    await expect(model.decode([[Number.NaN]])).rejects.toThrow('codes[0][0]: expected a finite');
    await expect(model.decode(Float32Array.of(Number.NaN))).rejects.toThrow('codes, row 1, column 1');
  });

  it.each([
    'none',
    'standard',
    'robust',
  ] as const)('are refused in data of the own kind before they are split (%s)', async (scaling) => {
    const values = Float32Array.from({ length: 60 }, () => random.normal());
    const form = { name: 'own', shape: [2], columns: ['a', 'b'] };
    const [sound, broken] = [arrayDataset(values, form), arrayDataset(values.with(33, Number.NaN), form)];
    const place = 'own, row 17, column "b": expected a finite 32-bit number, got NaN';
    await expect(fit(broken, { ...quick, scaling })).rejects.toThrow(place);
    await expect(fit(sound, { ...quick, scaling, validation: broken })).rejects.toThrow(place);
    await using model = (await fit(sound, { ...quick, scaling, kind: 'denoising' })).autoencoder;
    for (const work of [
      () => model.encode(broken),
      () => model.reconstruct(broken),
      () => denoise(model, broken),
      () => detector(model, broken),
      () => compress(model, broken),
    ]) {
      await expect(work()).rejects.toThrow(place);
    }
    const judge = await detector(model, sound);
    for (const work of [() => judge.score(broken), () => judge.predict(broken)])
      await expect(work()).rejects.toThrow(place);
  });

  it('are let through where that is asked for: NaN for all of such an example, and for no other', async () => {
    const rows = readings.slice(0, 3).map(({ temperature, power }) => [temperature, power]);
    const numbers = Float32Array.from(rows.flat());
    await using plain = (
      await fit(
        {
          values: Float32Array.from(readings.flatMap(({ temperature, power }) => [temperature, power])),
          shape: [readings.length, 2],
        },
        quick,
      )
    ).autoencoder;
    const sound = await plain.encode(numbers);
    for (const broken of [
      numbers.with(2, Number.NaN),
      numbers.with(3, Number.POSITIVE_INFINITY),
      Float64Array.from(numbers).with(2, 1e300),
      rows.with(1, [0, Number.NaN]),
    ]) {
      const options = { ensureFinite: false };
      const got = await plain.encode(broken, options);
      expect(got).toEqual(sound.map((code, i) => (Math.floor(i / (sound.length / 3)) === 1 ? Number.NaN : code)));
      const rebuilt = await plain.reconstruct(broken, options);
      expect([...rebuilt].map(Number.isNaN)).toEqual([false, false, true, true, false, false]);
    }
    expect(
      (
        await plain.decode(
          sound.map(() => Number.NaN),
          { ensureFinite: false },
        )
      ).every(Number.isNaN),
    ).toBe(true);
  });

  it('of a network that overflows are refused with the example, or let through', async () => {
    const values = Float32Array.from({ length: 60 }, () => random.normal());
    const { autoencoder } = await fit({ values, shape: [30, 2] }, { ...quick, kind: 'linear' });
    await autoencoder.close();
    const weights = new Map([...autoencoder.weights].map(([name, own]) => [name, own.map((value) => value * 1e25)]));
    await using model = openAutoencoder({ ...autoencoder, weights });
    await expect(model.reconstruct(values)).rejects.toThrow(
      /examples, example \d+: expected a reconstruction of finite numbers from the network, got (NaN|-?Infinity) \(.*lower `learningRate`/,
    );
    expect((await model.reconstruct(values, { ensureFinite: false })).some((value) => !Number.isFinite(value))).toBe(
      true,
    );
    await expect(model.reconstruct(values.with(0, Number.NaN), { ensureFinite: 'input' })).rejects.toThrow(
      'row 1, column 1',
    );
    expect((await model.reconstruct(values, { ensureFinite: 'input' })).length).toBe(60);
  });
});

describe('a detector', () => {
  it('takes a row for an anomaly whose values overflow the network', async () => {
    const rows = readings.map(({ temperature, power }) => [temperature, power, temperature - power]);
    const { autoencoder } = await fit(rows, { ...quick, activation: 'relu' });
    await using judge = await detector(autoencoder, rows, { score: 'error' });
    const far = [[3e38, -3e38, 3e38]];
    expect(await judge.score(far)).toEqual(Float64Array.of(Number.POSITIVE_INFINITY));
    expect(await judge.predict(far)).toEqual(Uint8Array.of(1));
    const detecting = { ...quick, kind: 'detecting', activation: 'relu' } as const;
    await using combined = await detector((await fit(rows, detecting)).autoencoder, rows, { score: 'combined' });
    expect(await combined.score(far)).toEqual(Float64Array.of(Number.POSITIVE_INFINITY));
  });

  it('names what it was given instead of a model or examples', async () => {
    await expect(detector({} as never, readings)).rejects.toThrow(/expected a model, got another value/);
    const { autoencoder } = await fit(readings, quick);
    await using model = autoencoder;
    await expect(detector(model, readings, { refrences: false } as object)).rejects.toThrow(/mean "references"/);
    await expect(detector(model, [])).rejects.toThrow(/expected at least one example, got none/);
    await expect(model.decode([1, 2] as unknown as Row[])).rejects.toThrow(/put a single row into a list/);
    expect(await model.decode([[1], [2]])).toEqual(await model.decode(Float32Array.of(1, 2)));
  });

  it('judges rows in memory, and is kept with what it knows of its errors', async () => {
    const { autoencoder } = await fit(readings, detecting({ epochs: 10, seed: 1, threads: 1 }));
    const trained = await detector(autoencoder, readings);
    const odd = { temperature: 20, power: 3, machine: 'A' };
    const scores = await trained.score([...readings.slice(0, 20), odd]);
    expect(scores.indexOf(Math.max(...scores))).toBe(20);
    const bytes = save(trained);
    await trained.close();
    await using again = await detector(await load(bytes));
    expect(await again.score([...readings.slice(0, 20), odd])).toEqual(scores);
    expect((await again.predict([odd])).at(0)).toBe(1);
    expect(await again.score([])).toHaveLength(0);
  });

  it('takes what it has not seen for unusual, and never for usual', async () => {
    const { autoencoder } = await fit(readings, detecting({ epochs: 10, seed: 1, threads: 1 }));
    await using made = await detector(autoencoder, readings);
    const [row] = readings;
    const known = await made.score(readings);
    const [unseen] = await made.score([{ ...row!, machine: 'C' }]);
    expect(unseen).toBeGreaterThan(Math.max(...known));
    for await (const block of made.detect([{ ...row!, machine: 'C' }])) {
      expect(block.cells).toEqual(Uint8Array.of(0, 0, 2));
      expect(attribution(block, 0, 1)[0]).toMatchObject({ value: 2 });
    }
  });

  it('counts a missing cell at least as one of a usual row, and a row of missing cells as one that was not seen', async () => {
    const holes = [...readings.slice(1), { ...readings[0]!, temperature: null }];
    const data = await datasetOf(holes, { missing: 'mean' });
    const { autoencoder } = await fit(data, detecting({ epochs: 10, seed: 1, threads: 1 }));
    await using made = await detector(autoencoder, data);
    const [median] = (await made.score(readings)).sort().slice(100);
    const [filled] = await made.score([{ ...readings[5]!, temperature: null }]);
    expect(filled).toBeGreaterThanOrEqual(median! / 3);
    expect((await made.predict([{ temperature: null, power: null, machine: null }]))[0]).toBe(1);
  });

  it('scores rows with missing and unseen cells the same, however they are read', async () => {
    const { autoencoder } = await fit(
      await datasetOf(readings, { missing: 'mean' }),
      detecting({ seed: 1, threads: 1 }),
    );
    await using made = await detector(autoencoder, readings);
    const rows = [readings[0]!, { ...readings[1]!, machine: 'C' }, readings[2]!, { ...readings[3]!, power: null }];
    const scores = await made.score(rows);
    const data = await datasetOf(rows, { like: autoencoder.specification.input });
    expect([...data.cells!]).toEqual([0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0]);
    expect(await made.score(data)).toEqual(scores);
    expect(await made.score(sliceDataset(data, 1, 4))).toEqual(scores.slice(1));
    expect(
      await made.score(
        runsDataset(data, [
          [0, 2],
          [3, 4],
        ]),
      ),
    ).toEqual(scores.filter((_, i) => i !== 2));
    expect(await made.score(await selectExamples(data, Uint8Array.of(0, 1, 0, 1), 'some'))).toEqual(
      scores.filter((_, i) => i % 2 === 1),
    );
  });

  it('needs to know its errors, and is closed with its model', async () => {
    const { autoencoder } = await fit(readings, quick);
    await expect(detector(autoencoder)).rejects.toThrow(/calibration: expected a model that knows its errors/);
    const made = await detector(autoencoder, readings, { quantile: 0.9 });
    const verdicts = await made.predict(readings);
    expect(verdicts.filter((one) => one === 1).length / readings.length).toBeCloseTo(0.1, 1);
    await made.close();
    await expect(made.score(readings)).rejects.toMatchObject({ code: 'cancelled' });
    await expect(autoencoder.encode(readings)).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('an autoencoder', () => {
  it('refuses calls once it is closed', async () => {
    const { autoencoder } = await fit(readings, quick);
    await autoencoder.encode(readings);
    await autoencoder.close();
    await autoencoder.close();
    for (const call of ['encode', 'reconstruct'] as const) {
      await expect(autoencoder[call](readings)).rejects.toThrow(/expected an open one, got a closed one/);
    }
    await expect(autoencoder.decode(new Float32Array(1))).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('that nobody closes does not keep its program alive', async () => {
    const library = new URL('../dist/index.js', import.meta.url).href;
    const program = `import { fit } from ${JSON.stringify(library)};
      const values = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
      const { autoencoder } = await fit({ values, shape: [20, 2] }, ${JSON.stringify(quick)});
      console.log((await autoencoder.encode(values)).length);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
    });
    expect(stdout.trim()).toBe('20');
  });
});
