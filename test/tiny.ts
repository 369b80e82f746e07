// Small data and networks that tests train in moments.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../src/core/random.js';
import { arrayDataset, type Dataset, exampleSize } from '../src/data/dataset.js';
import { applyScaling } from '../src/data/scaling.js';
import { type CategoryForm, featureNames, type TableSchema, tableWidth } from '../src/data/table/schema.js';
import { windowsOf } from '../src/data/windows.js';
import { evaluate, type Value } from '../src/graph/evaluate.js';
import { type Tensor, variable } from '../src/graph/tensor.js';
import { parametersOf, type Weights } from '../src/models/autoencoder.js';
import type { StepContext } from '../src/models/context.js';
import { type ForwardPass, forward, unscaleOutput } from '../src/models/network.js';
import { type DenseBody, inputSize, type Specification } from '../src/models/specification.js';
import { createScope, type Scope } from '../src/nn/scope.js';

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

/** Windows of two waves, the second half as fast, with a little noise. */
export function waves(length: number, window = 6, seed = 1): Dataset {
  const random = createRandom(seed, 'waves');
  const values = Float32Array.from({ length: 2 * (length + window - 1) }, (_, i) => {
    const time = Math.floor(i / 2);
    return 5 + 3 * Math.sin(time / (1 + (i % 2))) + 0.1 * random.normal();
  });
  return windowsOf(arrayDataset(values, { name: 'waves', shape: [2] }), { window });
}

/** A dense autoencoder as plain data: 6-4-2-4-6 unless told otherwise. */
export function specification(
  change: Partial<Omit<Specification, 'body'>> = {},
  body: Partial<DenseBody> = {},
): Specification & { readonly body: DenseBody } {
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

/** A place to build in whose parameters have values. */
export interface FedScope {
  readonly scope: Scope;
  /** The values of everything that was asked for. */
  readonly feeds: Map<Tensor, Value>;
  /** What follows the gradient, by name. */
  readonly parameters: Map<string, Tensor>;
  /** What does not: running means. */
  readonly states: Map<string, Tensor>;
}

/** A scope that takes the values of parameters from weights. */
export function fedScope(weights: Weights): FedScope {
  const feeds = new Map<Tensor, Value>();
  const parameters = new Map<string, Tensor>();
  const states = new Map<string, Tensor>();
  const scope = createScope(({ name, shape, trained }) => {
    const parameter = variable(name, shape);
    (trained ? parameters : states).set(name, parameter);
    feeds.set(parameter, float64(shape, weights.get(name)!));
    return parameter;
  });
  return { scope, feeds, parameters, states };
}

/** What a training step has beyond the examples: the same normal numbers for the same request, and an epoch. */
export function fedContext(
  feeds: Map<Tensor, Value>,
  { seed = 1, epoch = 0.5 } = {},
): Required<Pick<StepContext, 'noise' | 'epoch'>> {
  const asked = new Map<string, Tensor>();
  const epochs = variable('epoch', []);
  feeds.set(epochs, float64([], [epoch]));
  return {
    epoch: epochs,
    noise(name, shape) {
      let noise = asked.get(name);
      if (!noise) {
        const fixed = shape as readonly number[];
        const random = createRandom(seed, `noise/${name}`);
        const size = fixed.reduce((product, side) => product * side, 1);
        noise = variable(`noise/${name}`, fixed);
        asked.set(name, noise);
        feeds.set(
          noise,
          float64(
            fixed,
            Float64Array.from({ length: size }, () => random.normal()),
          ),
        );
      }
      return noise;
    },
  };
}

/** The forward pass in tensors, with the values of its parameters and examples. */
export interface ForwardCase extends Omit<FedScope, 'scope'> {
  readonly pass: ForwardPass;
  readonly x: Tensor;
}

/**
 * The forward pass as after training, or as in training: with noise, at an epoch.
 *
 * @param scaled whole examples, row-major
 */
export function forwardCase(
  model: Specification,
  weights: Weights,
  scaled: ArrayLike<number>,
  training?: { readonly seed?: number; readonly epoch?: number },
): ForwardCase {
  const size = inputSize(model);
  const count = scaled.length / size;
  const x = variable('x', [count, size]);
  const { scope, feeds, ...held } = fedScope(weights);
  feeds.set(x, float64([count, size], scaled));
  return { pass: forward(model, scope, x, training ? fedContext(feeds, training) : {}), x, feeds, ...held };
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

/** Rows of a number, a boolean and a category of four levels, which all follow one hidden number; with a table's schema. */
export function mixedTable(length: number, form: CategoryForm = 'one-hot', seed = 1): Dataset {
  const random = createRandom(seed, 'mixed');
  const levels = ['north', 'east', 'south', 'west'];
  const schema: TableSchema = {
    columns: [
      { type: 'number', name: 'height' },
      { type: 'category', name: 'side', levels, ...(form === 'embedding' && { embedding: 3 }) },
      { type: 'boolean', name: 'dry', levels: ['no', 'yes'] },
    ],
  };
  const width = tableWidth(schema);
  const values = new Float32Array(length * width);
  for (let row = 0; row < length; row++) {
    const cause = random.uniform();
    values[row * width] = 10 + 5 * cause + 0.1 * random.normal();
    values[row * width + 1 + Math.min(3, Math.floor(4 * cause))] = 1;
    values[row * width + 5] = cause > 0.4 ? 1 : 0;
  }
  return arrayDataset(values, { name: 'mixed', shape: [width], columns: featureNames(schema), table: schema });
}

/** How {@link npyBytes} writes. */
export interface NpyHeaderOptions {
  readonly type?: string;
  readonly shape: readonly number[];
  readonly fortran?: boolean;
  readonly version?: 1 | 2;
}

/** A NumPy array, written as NumPy writes it, apart from the padding: readers may not rely on it. */
export function npyBytes(
  values: ArrayBufferView,
  { type = '<f4', shape, fortran = false, version = 1 }: NpyHeaderOptions,
): Buffer {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${sides}), }\n`;
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.of(version, 0), length, Buffer.from(text), bytes]);
}
