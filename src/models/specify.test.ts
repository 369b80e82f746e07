import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { GargaloError } from '../core/errors.js';
import type { InputDescription, SocketValues } from './kind.js';
import { kindNamed } from './kinds/index.js';

const images: InputDescription = {
  shape: [8, 8],
  scaling: { method: 'bytes', offset: [0], scale: [1 / 255] },
  bounded: true,
};
const rows: InputDescription = {
  shape: [10],
  scaling: { method: 'standard', offset: [0], scale: [1] },
  bounded: false,
};
const windows: InputDescription = { ...rows, shape: [12, 2], sequence: true };
const films: InputDescription = { ...images, shape: [2, 2, 8, 8] };
const filmsInTime: InputDescription = { ...films, sequence: true };

type Case = readonly [where: string, kind: string, input: InputDescription, values: SocketValues, words: string];

const cases: readonly Case[] = [
  // corruption
  ['noise', 'basic', rows, { corruption: 'none', noise: 0.5 }, 'expected a corruption to go with it'],
  ['noise', 'denoising', rows, { noise: 0 }, 'expected a standard deviation above 0'],
  ['noise', 'denoising', rows, { corruption: 'masking', noise: 1 }, 'a probability between 0 and 1 for masking, got 1'],
  ['noise', 'denoising', images, { corruption: 'salt-and-pepper', noise: 0 }, 'a probability between 0 and 1'],
  ['corruption', 'denoising', rows, { corruption: 'salt-and-pepper' }, 'expected values in 0 … 1'],
  ['corruption', 'denoising', rows, { corruption: 'none' }, 'expected a corruption to learn to undo'],
  ['noiseSpan', 'basic', rows, { corruption: 'masking', noiseSpan: 5 }, 'expected gaussian noise for it, got masking'],
  ['noiseSpan', 'detecting', rows, { noise: 0 }, 'expected gaussian noise for it, got none'],
  // body
  ['tied', 'convolutional', images, { tied: true }, 'expected a dense body for tied weights, got a convolutional one'],
  ['tied', 'basic', images, { tied: true, encoder: [8, 4], decoder: [8, 4] }, 'expected a mirrored decoder'],
  ['codeLayer', 'basic', images, { codeLayer: 'none' }, 'expected a dense one for a dense body'],
  ['body', 'convolutional', rows, {}, 'expected images for convolutions, got rows of a table'],
  ['body', 'convolutional', windows, {}, 'expected images for convolutions, got windows of a series'],
  ['body', 'convolutional', films, {}, 'expected images of shape [rows, columns] or with channels'],
  ['filters', 'convolutional', images, { filters: [] }, 'expected at least one convolution'],
  ['filters', 'convolutional', images, { filters: [2, 2, 2, 2] }, 'expected at most 3 convolutions'],
  ['kernel', 'convolutional', images, { kernel: 9 }, "expected at most 8, the image's smaller side, got 9"],
  ['filters', 'convolutional', images, { stem: 2, filters: [2, 2, 2, 2] }, 'expected at most 3 convolutions'],
  ['kernel', 'convolutional', images, { stem: 4, filters: [2, 2] }, 'expected at most 2, the smaller side of the map'],
  ['stem', 'convolutional', images, { stem: 9 }, "expected at most 8, the image's smaller side, got 9"],
  ['encoder', 'convolutional', images, { codeLayer: 'none', encoder: [4] }, 'expected no dense layers'],
  [
    'body',
    'recurrent',
    images,
    {},
    'expected windows of a series, which have a time axis, for recurrent cells, got images',
  ],
  ['body', 'recurrent', rows, {}, 'for recurrent cells, got rows of a table'],
  ['body', 'recurrent', filmsInTime, {}, 'expected windows of shape [time, columns]'],
  ['encoder', 'recurrent', windows, { codeLayer: 'dense' }, 'expected at least one cell before the code layer'],
  ['encoder', 'deep', images, { encoder: [] }, 'expected at least one hidden layer'],
  // code
  ['code', 'convolutional', images, { codeLayer: 'none', code: 5 }, 'expected 128, the size of the last feature map'],
  ['active', 'basic', images, { active: 2 }, 'expected the bottleneck top-k for it, got plain'],
  ['active', 'sparse', images, { active: 5, code: 4 }, 'expected at most 4, the width of the code, got 5'],
  ['codeActivation', 'variational', images, { codeActivation: 'relu' }, 'expected identity'],
  ['codeActivation', 'basic', images, { bottleneck: 'quantized', codeActivation: 'tanh' }, 'rounding needs room'],
  ['codeLayer', 'variational', windows, { body: 'recurrent', encoder: [] }, 'mean and variance need a layer each'],
  ['codeLayer', 'variational', images, { body: 'convolutional', codeLayer: 'none', encoder: [] }, 'a layer each'],
  [
    'vectors',
    'vector-quantized',
    images,
    { code: 10, vectors: 4 },
    "expected a number that divides the code's 10 values",
  ],
  // penalties
  ['sparsity', 'basic', images, { sparsity: 1, codeActivation: 'sigmoid' }, 'expected a mean activity between 0 and 1'],
  ['sparsity', 'basic', images, { sparsity: 0.1 }, 'expected a code whose activities lie in 0 … 1'],
  ['sparsity', 'variational', images, { sparsity: 0.1 }, 'expected a code whose activities lie in 0 … 1'],
  ['sparsity', 'sparse', images, { sparsity: 0.1, codeActivation: 'relu' }, 'expected a code whose activities'],
  ['contractive', 'vector-quantized', images, { contractive: 1 }, 'expected a code with a derivative'],
  ['orthogonality', 'convolutional', images, { orthogonality: 1 }, 'expected a dense body, got a convolutional one'],
  ['adversarial', 'vector-quantized', images, { adversarial: 1 }, 'expected a code that can follow a prior'],
  // layers one by one
  ['pretraining', 'convolutional', images, { pretraining: 'autoencoder' }, 'expected a dense body and a plain code'],
  ['pretraining', 'variational', images, { pretraining: 'autoencoder' }, 'expected a dense body and a plain code'],
  ['pretraining', 'deep', images, { pretraining: 'autoencoder', decoder: [4] }, 'expected a mirrored decoder'],
  ['pretraining', 'deep', images, { pretraining: 'rbm' }, 'expected sigmoid layers'],
  [
    'pretraining',
    'deep',
    images,
    { pretraining: 'rbm', activation: 'sigmoid', codeActivation: 'tanh' },
    'sigmoid layers',
  ],
  // loss and output
  ['loss', 'basic', rows, { loss: 'bce' }, 'expected values in 0 … 1 for bce'],
  ['output', 'basic', images, { loss: 'bce', output: 'identity' }, 'expected sigmoid for bce'],
  ['output', 'basic', rows, { output: 'sigmoid' }, 'expected values in 0 … 1 for an output that is sigmoid'],
  // where training starts
  ['start', 'basic', rows, { start: 'pca' }, 'at least one hidden layer'],
  ['pretraining', 'deep', rows, { start: 'pca', pretraining: 'autoencoder' }, 'expected it or a start at PCA'],
  ['pretraining', 'deep', images, { output: 'clipped', loss: 'mse', pretraining: 'autoencoder' }, 'got clipped'],
  // what would be another kind
  ['activation', 'linear', images, { encoder: [4], activation: 'relu' }, 'expected identity in a dense body'],
  ['activation', 'linear', images, { body: 'convolutional' }, 'expected identity in a dense body'],
  ['codeActivation', 'linear', images, { codeActivation: 'relu' }, 'expected a plain code with the identity'],
  ['codeActivation', 'linear', images, { bottleneck: 'gaussian', codeActivation: undefined }, 'expected a plain code'],
  ['output', 'linear', images, { loss: 'bce', output: 'sigmoid' }, 'expected mse and identity'],
];

function refusalOf([, kind, input, values]: Case): GargaloError | undefined {
  try {
    kindNamed(kind).specify(input, values);
  } catch (error) {
    return error as GargaloError;
  }
  return undefined;
}

describe('settings that do not go together', () => {
  it.each(
    cases.map((one) => [one[0], one[1], JSON.stringify(one[3]), one[2].shape.join(' × '), one] as const),
  )('are refused by %s: %s with %s on %s', (_where, _kind, _values, _shape, one) => {
    const [where, , , , words] = one;
    expect(refusalOf(one)).toMatchObject({ code: 'bad-input', where, problem: expect.stringContaining(words) });
  });

  it('are all provoked here: no refusal of a kind or a body is without its case', () => {
    const folder = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
    const files = [
      'specify.ts',
      ...['kinds', 'sockets/body'].flatMap((room) => readdirSync(folder(room)).map((file) => `${room}/${file}`)),
    ].filter((file) => !file.endsWith('.test.ts'));
    const written = files.flatMap((file) =>
      readFileSync(folder(file), 'utf8')
        .split('\n')
        .flatMap((line, i) => (line.includes('badInput(') ? [`${file}:${i + 1}`] : [])),
    );
    const provoked = new Set(
      cases.map((one) => /\/models\/([\w/-]+\.ts:\d+)/.exec(refusalOf(one)?.stack ?? '')?.[1] ?? 'nowhere'),
    );
    expect(written.length).toBeGreaterThan(30);
    expect([...provoked].sort()).toEqual(written.sort());
  });
});

describe('what nobody says', () => {
  const made = (kind: string, input: InputDescription, values: SocketValues = {}) =>
    kindNamed(kind).specify(input, values);

  it('follows from the data: bce and a sigmoid for values in 0 … 1, else squared error', () => {
    expect(made('basic', images)).toMatchObject({ loss: 'bce', output: 'sigmoid', code: { width: 32 } });
    expect(made('basic', rows)).toMatchObject({ loss: 'mse', output: 'identity', code: { width: 5 } });
  });

  it('of corruption is gaussian once noise is given, cut off where the data are bounded', () => {
    expect(made('basic', images, { noise: 0.1 }).corruption).toEqual({
      type: 'gaussian',
      deviation: 0.1,
      clipped: true,
    });
    expect(made('denoising', rows).corruption).toEqual({ type: 'gaussian', deviation: 0.5, clipped: false });
    expect(made('basic', rows, { noise: 0 }).corruption).toEqual({ type: 'none' });
    expect(made('denoising', rows, { corruption: 'masking' }).corruption).toEqual({
      type: 'masking',
      probability: 0.3,
    });
  });

  it('of a sparse code follows from what makes it sparse', () => {
    const code = (values: SocketValues): unknown => made('sparse', images, { code: 16, ...values }).code;
    expect(code({})).toMatchObject({ type: 'plain', activation: 'sigmoid' });
    expect(code({ l1: 1e-3 })).toMatchObject({ type: 'plain', activation: 'relu' });
    expect(code({ active: 3 })).toMatchObject({ type: 'top-k', active: 3 });
    expect(code({ bottleneck: 'top-k' })).toMatchObject({ type: 'top-k', active: 2 });
  });

  it('of a contractive penalty is exact for narrow codes, and one projection for wide ones', () => {
    const projections = (values: SocketValues): unknown =>
      made('contractive', images, values).penalties.find(({ type }) => type === 'contractive');
    expect(projections({ code: 8 })).toMatchObject({ projections: 'exact' });
    expect(projections({ code: 9 })).toMatchObject({ projections: 1 });
    expect(projections({ code: 9, projections: 0 })).toMatchObject({ projections: 'exact' });
    expect(projections({ code: 2, projections: 4 })).toMatchObject({ projections: 4 });
  });

  it('of a code without a layer of its own is the last feature map, or the last state', () => {
    expect(made('convolutional', images, { codeLayer: 'none' }).code.width).toBe(2 * 2 * 32);
    const quantized = made('vector-quantized', images, { body: 'convolutional', encoder: [], codeLayer: 'none' });
    expect(quantized.code).toMatchObject({ width: 128, vectors: 4 });
    expect(made('recurrent', windows, { code: 7 }).body).toMatchObject({ codeLayer: false });
  });
});
