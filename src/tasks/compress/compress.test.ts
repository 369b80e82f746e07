import { beforeAll, describe, expect, it } from 'vitest';
import { randomWeights, specification, spots, table } from '../../../test/tiny.js';
import { arrayDataset, type Dataset } from '../../data/dataset.js';
import { type ExampleStream, streamOf } from '../../data/stream.js';
import { type Autoencoder, type Model, openAutoencoder } from '../../models/autoencoder.js';
import type { Code } from '../../models/specification.js';
import { fit } from '../../train/fit.js';
import { compress, compressParts } from './compress.js';
import { openGar } from './container.js';
import { decoderHash } from './decoder-part.js';
import { type DecompressedBlock, decompress, hashName } from './decompress.js';
import { dequantize, quantize } from './quantizer.js';

async function allOf(blocks: AsyncIterable<DecompressedBlock>): Promise<Float32Array> {
  const values: number[] = [];
  for await (const block of blocks) values.push(...block.values);
  return Float32Array.from(values);
}

/** decode(quantise(encode(x))), with the quantizer that a file names. */
async function byHand(autoencoder: Autoencoder, data: Dataset, file: Uint8Array): Promise<Float32Array> {
  const { header } = await openGar(file, 'file');
  const code = await autoencoder.encode(data);
  return autoencoder.decode(dequantize(quantize(code, header.quantizer, autoencoder), header.quantizer, autoencoder));
}

const codes: readonly Code[] = [
  { type: 'plain', width: 3, activation: 'identity' },
  { type: 'top-k', width: 4, activation: 'relu', active: 2 },
  { type: 'gaussian', width: 2, beta: 1, warmup: 0, freeBits: 0 },
  { type: 'quantized', width: 3, rate: 0.1 },
  { type: 'vector-quantized', width: 4, vectors: 2, entries: 5, commitment: 0.25, decay: 0.9 },
];

describe.each(codes.map((code) => [code.type, code] as const))('compressing with a %s code', (_type, code) => {
  const model: Model = { specification: specification({ code }), weights: new Map() };
  const data = table(300);
  let autoencoder: Autoencoder;
  beforeAll(() => {
    autoencoder = openAutoencoder({ ...model, weights: randomWeights(model.specification) });
    return () => autoencoder.close();
  });
  const choice = code.type === 'vector-quantized' ? {} : { step: 0.25 };

  it('gives back decode(quantise(encode(x))), bit for bit', async () => {
    const { file, ...figures } = await compress(autoencoder, data, choice);
    const back = await allOf(decompress(file, { model: autoencoder }));
    expect(back).toEqual(await byHand(autoencoder, data, file));
    expect(figures).toMatchObject({ examples: 300, bytes: file.length, bytesPerExample: file.length / 300 });
    const values = await data.block(0, 300);
    const squares = back.reduce((sum, value, i) => sum + (value - values[i]!) ** 2, 0);
    expect(figures.mse).toBeCloseTo(squares / values.length, 6);
  });

  it.each(['exact', 'rounded'] as const)('needs no model where the decoder is inside, %s', async (embed) => {
    const { file, ...figures } = await compress(autoencoder, data, { ...choice, embed });
    const back = await allOf(decompress(file));
    const values = await data.block(0, 300);
    const squares = back.reduce((sum, value, i) => sum + (value - values[i]!) ** 2, 0);
    // the error that was measured is that of the decoder inside
    expect(figures.mse).toBeCloseTo(squares / values.length, 6);
    expect(figures.bytesPerExampleWithDecoder).toBe(file.length / 300);
    const bare = await compress(autoencoder, data, choice);
    if (embed === 'exact') {
      expect(back).toEqual(await allOf(decompress(bare.file, { model: autoencoder })));
      expect(figures.decoder).toBe(bare.decoder);
    } else {
      expect(figures.decoder).not.toBe(bare.decoder);
      expect(figures.decoderBytes).toBe(bare.decoderBytes);
    }
    expect(Math.abs(file.length - bare.file.length - figures.decoderBytes)).toBeLessThan(60);
  });

  it('makes the same file of a stream whose length nobody knows', async () => {
    const { length: _length, ...stream } = streamOf(data);
    const inUnevenBlocks: ExampleStream = {
      ...stream,
      async *blocks(options) {
        let at = 0;
        for await (const { values } of stream.blocks(options)) {
          for (const rows of [1, 7, 92, 200]) {
            yield { start: at, end: at + rows, values: values.subarray(at * 6, (at + rows) * 6) };
            at += rows;
          }
        }
      },
    };
    const { file } = await compress(autoencoder, inUnevenBlocks, choice);
    expect(file).toEqual((await compress(autoencoder, data, choice)).file);
  });
});

describe('choosing the step', () => {
  let autoencoder: Autoencoder;
  const data = spots(400, 6);
  beforeAll(async () => {
    ({ autoencoder } = await fit(data, {
      recipe: 'none',
      code: 6,
      epochs: 30,
      learningRate: 0.01,
      batch: 32,
      seed: 1,
      loss: 'mse',
    }));
    return () => autoencoder.close();
  });

  it('meets a quality, and hardly more', async () => {
    const limit = await compress(autoencoder, data, { step: 1e-4 });
    for (const worse of [0.5, 2, 5]) {
      const psnr = limit.psnr! - worse;
      const found = await compress(autoencoder, data, { psnr });
      expect(found.psnr).toBeGreaterThanOrEqual(psnr);
      expect(found.psnr).toBeLessThan(psnr + 0.35);
      const byError = await compress(autoencoder, data, { mse: 10 ** (-psnr / 10) });
      expect(byError.file).toEqual(found.file);
    }
  });

  it('meets a size, and hardly less', async () => {
    for (const bytes of [800, 1200, 2000]) {
      const found = await compress(autoencoder, data, { bytes });
      expect(found.file.length).toBeLessThanOrEqual(bytes);
      expect(found.file.length).toBeGreaterThan(0.95 * bytes);
    }
  });

  it('adds about a tenth to the error where nothing is asked for', async () => {
    const unrounded = await compress(autoencoder, data, { step: 1e-4 });
    const usual = await compress(autoencoder, data);
    expect(usual.mse).toBeGreaterThan(1.05 * unrounded.mse);
    expect(usual.mse).toBeLessThanOrEqual(1.1001 * unrounded.mse);
  });

  it('searches near the codes of the encoder for better ones', async () => {
    const plain = await compress(autoencoder, data, { psnr: 18 });
    const searched = await compress(autoencoder, data, { step: plain.step!, effort: 2 });
    expect(searched.mse).toBeLessThan(0.95 * plain.mse);
    expect(searched.bytes).toBeLessThan(1.1 * plain.bytes);
    // it is a file like any other
    const back = await allOf(decompress(searched.file, { model: autoencoder }));
    const values = await data.block(0, 400);
    const bytes = Uint8ClampedArray.from(back);
    const squares = bytes.reduce((sum, value, i) => sum + ((value - values[i]!) / 255) ** 2, 0);
    expect(searched.mse).toBeCloseTo(squares / values.length, 9);
    // what a search gains is taken in bytes where the quality is given, and the other way round
    const asGood = await compress(autoencoder, data, { psnr: 18, effort: 2 });
    expect(asGood.bytes).toBeLessThan(plain.bytes);
    expect(asGood.psnr).toBeGreaterThan(17.7);
    const asLarge = await compress(autoencoder, data, { bytes: plain.bytes, effort: 1 });
    expect(asLarge.bytes).toBeLessThan(1.05 * plain.bytes);
    expect(asLarge.psnr).toBeGreaterThan(plain.psnr!);
  });

  it('says what cannot be had', async () => {
    await expect(compress(autoencoder, data, { psnr: 80 })).rejects.toMatchObject({ code: 'bad-input', where: 'psnr' });
    await expect(compress(autoencoder, data, { mse: 1e-9 })).rejects.toMatchObject({ code: 'bad-input', where: 'mse' });
    await expect(compress(autoencoder, data, { bytes: 60 })).rejects.toMatchObject({ where: 'bytes' });
    await expect(compress(autoencoder, data, { bytes: 900, step: 1 })).rejects.toMatchObject({ where: 'bytes' });
    for (const step of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e-60]) {
      await expect(compress(autoencoder, data, { step })).rejects.toMatchObject({ code: 'bad-input', where: 'step' });
    }
    for (const effort of [-1, 0.5, Number.NaN]) {
      await expect(compress(autoencoder, data, { effort })).rejects.toMatchObject({ where: 'effort' });
    }
    const none = arrayDataset(new Uint8Array(), { name: 'none', shape: [6, 6] });
    await expect(compress(autoencoder, none)).rejects.toMatchObject({ code: 'bad-input', where: 'none' });
  });

  it('refuses the examples of which the encoder makes no number', async () => {
    const broken = openAutoencoder({
      ...autoencoder,
      weights: new Map([...autoencoder.weights].map(([name, values]) => [name, values.slice().fill(Number.NaN, 0, 1)])),
    });
    await expect(compress(broken, data, { step: 1 })).rejects.toMatchObject({
      code: 'bad-input',
      where: expect.stringContaining('example 1'),
    });
    await broken.close();
  });

  it('stops when it is told to, and says how far it has come', async () => {
    const steps: number[] = [];
    await compress(autoencoder, data, { step: 1, onProgress: ({ done, total }) => steps.push(done, total!) });
    expect(steps).toEqual([400, 400]);
    const controller = new AbortController();
    const walk = compressParts(autoencoder, data, { step: 1, signal: controller.signal });
    await walk.next();
    controller.abort();
    await expect(walk.next()).rejects.toMatchObject({ code: 'cancelled' });
  });
});

it('names both decoders where a file was made with another model', async () => {
  const [one, other] = [1, 2].map((seed) => ({
    specification: specification(),
    weights: randomWeights(specification(), seed),
  })) as [Model, Model];
  const autoencoder = openAutoencoder(one);
  const { file } = await compress(autoencoder, table(10), { step: 1 });
  await autoencoder.close();
  const [wanted, got] = [one, other].map((model) => hashName(decoderHash(model)));
  await expect(allOf(decompress(file, { model: other, name: 'a.gar' }))).rejects.toMatchObject({
    code: 'bad-input',
    where: 'a.gar',
    problem: `expected the model whose decoder is ${wanted}, got one whose decoder is ${got}`,
  });
  await expect(allOf(decompress(file, { name: 'a.gar' }))).rejects.toMatchObject({
    code: 'bad-input',
    problem: expect.stringContaining(wanted!),
    remedy: expect.stringContaining('`embed`'),
  });
});
