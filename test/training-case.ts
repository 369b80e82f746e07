// A small training, ready to run on any runtime: what the tests of runtimes compare on.

import { createRandom } from '../src/core/random.js';
import { parametersOf } from '../src/models/autoencoder.js';
import { stagesOf } from '../src/models/objective.js';
import type { Specification } from '../src/models/specification.js';
import type { Program } from '../src/onnx/encode.js';
import { adam } from '../src/optim/adam.js';
import type { HostTensor } from '../src/runtime/runtime.js';
import { planLayout } from '../src/train/layout.js';
import { stateName, trainingProgram } from '../src/train/step.js';

export interface TrainingCase {
  readonly program: Program;
  readonly feeds: Readonly<Record<string, HostTensor>>;
  /** Outputs that carry the training on, as against the loss. */
  readonly state: readonly string[];
}

/** 784-`hidden`-32 and back, with Adam, on blobs of gray at random places. */
export function trainingCase(options: {
  steps: number;
  batch?: number;
  examples?: number;
  hidden?: readonly number[];
}): TrainingCase {
  const { steps, batch = 64, examples = 500, hidden = [] } = options;
  const specification: Specification = {
    kind: 'basic',
    input: { shape: [28, 28], scaling: { method: 'bytes', offset: [0], scale: [1 / 255] } },
    corruption: { type: 'none' },
    body: { type: 'dense', encoder: hidden, decoder: 'mirrored', activation: 'relu', tied: false },
    code: { type: 'plain', width: 32, activation: 'relu' },
    penalties: [],
    loss: 'bce',
    output: 'sigmoid',
  };
  const definitions = parametersOf(specification);
  const layout = planLayout(definitions);
  const optimizer = adam();
  const [stage] = stagesOf(specification, { epochs: 1, learningRate: 1e-3 });
  const { program } = trainingProgram({ specification, stage: stage!, optimizer, layout, batch, dataType: 'uint8' });

  const random = createRandom(1, 'examples');
  const data = new Uint8Array(examples * 784);
  for (let i = 0; i < examples; i++) {
    const [x, y] = [4 + 20 * random.uniform(), 4 + 20 * random.uniform()];
    for (let j = 0; j < 784; j++) {
      data[i * 784 + j] = 255 * Math.exp(-((x - (j % 28)) ** 2 + (y - Math.floor(j / 28)) ** 2) / 20);
    }
  }
  const indices = Int32Array.from({ length: steps * batch }, () => random.integer(examples));
  const numbers = Array.from({ length: steps }, (_, i) => optimizer.numbers(i + 1, 1e-3));
  const initial = layout.pack(
    new Map(definitions.map(({ name, shape, initializer }) => [name, initializer(shape, createRandom(1, name))])),
  );

  const feeds: Record<string, HostTensor> = {
    steps: { type: 'int64', shape: [], values: BigInt64Array.of(BigInt(steps)) },
    data: { type: 'uint8', shape: [examples, 784], values: data },
    indices: { type: 'int32', shape: [steps, batch], values: indices },
  };
  for (const name of Object.keys(numbers[0]!)) {
    const values = Float32Array.from(numbers, (row) => row[name]!);
    feeds[`schedule/${name}`] = { type: 'float32', shape: [steps], values };
  }
  for (const { name, shape } of layout.slots) {
    const values = initial.get(name)!;
    feeds[name] = { type: 'float32', shape, values };
    for (const state of optimizer.state) {
      feeds[stateName(name, state)] = { type: 'float32', shape, values: new Float32Array(values.length) };
    }
  }
  return { program, feeds, state: program.outputs.map(({ name }) => name).filter((name) => name.startsWith('next/')) };
}

/** The largest difference between two lists of the same length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}
