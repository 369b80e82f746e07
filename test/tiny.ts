// Small data and networks that tests train in moments.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { arrayDataset, type Dataset, exampleSize } from '../src/data/dataset.js';
import { applyScaling } from '../src/data/scaling.js';
import { evaluate, type Value } from '../src/graph/evaluate.js';
import { type Tensor, variable } from '../src/graph/tensor.js';
import { parametersOf, type Weights } from '../src/models/autoencoder.js';
import { type ForwardPass, forward, unscaleOutput } from '../src/models/network.js';
import { inputSize, type Specification } from '../src/models/specification.js';
import { createScope } from '../src/nn/scope.js';
import { createRandom } from '../src/random.js';

/** Rows that two hidden numbers make, with a little noise: around 10, about 3 wide. */
export function table(length: number, size = 6, seed = 1): Dataset {
  const random = createRandom(seed, 'table');
  const directions = Array.from({ length: 2 * size }, () => random.normal());
  const values = new Float32Array(length * size);
  for (let n = 0; n < length; n++) {
    const [a, b] = [random.normal(), random.normal()];
    for (let i = 0; i < size; i++) {
      values[n * size + i] = 10 + 2 * (a * directions[i]! + b * directions[size + i]!) + 0.1 * random.normal();
    }
  }
  return arrayDataset(values, { name: 'table', shape: [size] });
}

/** Gray pictures of a bright spot at a random place. */
export function spots(length: number, side = 4, seed = 1): Dataset {
  const random = createRandom(seed, 'spots');
  const values = new Uint8Array(length * side * side);
  for (let n = 0; n < length; n++) {
    const [x, y] = [side * random.uniform(), side * random.uniform()];
    for (let i = 0; i < side * side; i++) {
      const squared = (x - (i % side) - 0.5) ** 2 + (y - Math.floor(i / side) - 0.5) ** 2;
      values[n * side * side + i] = Math.round(255 * Math.exp(-squared / 2));
    }
  }
  return arrayDataset(values, { name: 'spots', shape: [side, side] });
}

/** A dense autoencoder as plain data: 6-4-2-4-6 unless told otherwise. */
export function specification(
  change: Partial<Omit<Specification, 'body'>> = {},
  body: Partial<Specification['body']> = {},
): Specification {
  return {
    kind: 'basic',
    input: { shape: [6], scaling: { method: 'none', offset: [0], scale: [1] } },
    corruption: { type: 'none' },
    code: { type: 'plain', width: 2, activation: 'identity' },
    penalties: [],
    loss: 'mse',
    output: 'identity',
    ...change,
    body: { type: 'dense', encoder: [4], decoder: 'mirrored', activation: 'tanh', tied: false, ...body },
  };
}

/** Random values for every parameter, biases too, of about the given size. */
export function randomWeights(model: Specification, seed = 1, spread = 0.5): Weights {
  const random = createRandom(seed, 'weights');
  return new Map(
    parametersOf(model).map(({ name, shape }) => {
      const size = shape.reduce((product, side) => product * side, 1);
      return [name, Float32Array.from({ length: size }, () => spread * random.normal())];
    }),
  );
}

export const float64 = (shape: readonly number[], values: ArrayLike<number>): Value => ({
  shape,
  data: Float64Array.from(values),
});

/** The forward pass in tensors, with the values of its parameters and examples. */
export function forwardCase(
  model: Specification,
  weights: Weights,
  scaled: ArrayLike<number>,
): { pass: ForwardPass; feeds: Map<Tensor, Value>; parameters: Map<string, Tensor> } {
  const size = inputSize(model);
  const count = scaled.length / size;
  const x = variable('x', [count, size]);
  const feeds = new Map<Tensor, Value>([[x, float64([count, size], scaled)]]);
  const parameters = new Map<string, Tensor>();
  const scope = createScope(({ name, shape }) => {
    const parameter = variable(name, shape);
    parameters.set(name, parameter);
    feeds.set(parameter, float64(shape, weights.get(name)!));
    return parameter;
  });
  return { pass: forward(model, scope, x), feeds, parameters };
}

/** What a model makes of examples, in double precision: the reference of what the engine computes. */
export async function reference(
  model: { readonly specification: Specification; readonly weights: Weights },
  examples: Dataset,
): Promise<{ code: number[]; reconstruction: number[]; loss: number; squaredError: number }> {
  const raw = await examples.block(0, examples.length);
  const scaled = applyScaling(raw, model.specification.input.scaling);
  const { pass, feeds } = forwardCase(model.specification, model.weights, scaled);
  const output = unscaleOutput(model.specification, pass.output);
  const [code, reconstruction, errors, squares] = evaluate(
    [pass.code, output, pass.reconstructionError, pass.squaredError],
    feeds,
  ).map(({ data }) => [...data]);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { code: code!, reconstruction: reconstruction!, loss: mean(errors!), squaredError: mean(squares!) };
}

/** A data set that notes which examples were read. */
export function watched(dataset: Dataset): Dataset & { readonly reads: [number, number][] } {
  const reads: [number, number][] = [];
  return {
    ...dataset,
    reads,
    block: (start, end) => {
      reads.push([start, end]);
      return dataset.block(start, end);
    },
  };
}

/** Bytes that one example takes. */
export const bytesOf = (dataset: Dataset): number => exampleSize(dataset) * (dataset.type === 'uint8' ? 1 : 4);

/** Runs with an empty folder, which is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'gargalo-test-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
