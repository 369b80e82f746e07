import { describe, expect, it } from 'vitest';
import { float64, forwardCase } from '../../../../test/tiny.js';
import { createRandom } from '../../../core/random.js';
import { evaluate } from '../../../graph/evaluate.js';
import * as op from '../../../graph/ops/index.js';
import { constant, variable } from '../../../graph/tensor.js';
import { parametersOf, type Weights } from '../../autoencoder.js';
import { kindNamed } from '../../kinds/index.js';
import { inputSize, type Specification } from '../../specification.js';

const specified = (shape: readonly number[], values: object): Specification =>
  kindNamed('convolutional').specify(
    { shape, scaling: { method: 'none', offset: [0], scale: [1] }, bounded: true },
    { loss: 'mse', output: 'identity', activation: 'identity', codeLayer: 'none', ...values },
  );

function drawn(count: number, seed: string): Float32Array {
  const random = createRandom(1, seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

/** Sides that the stem divides and sides that it does not, gray and in colour. */
const shapes = [
  [6, 9],
  [6, 9, 3],
  [7, 5],
  [8, 7, 3],
].map((shape) => [shape.join(' × '), shape] as const);
const STEM = 3;

describe('a stem', () => {
  it.each(shapes)('reads as a convolution whose kernel is as large as its steps (%s)', (_words, shape) => {
    const [rows, columns, channels = 1] = shape as [number, number, number?];
    const specification = specified(shape, { stem: STEM, filters: [4] });
    const weights: Weights = new Map(
      parametersOf(specification).map((definition) => [
        definition.name,
        drawn(
          definition.shape.reduce((product, side) => product * side, 1),
          definition.name,
        ),
      ]),
    );
    const examples = drawn(2 * rows * columns * channels, 'examples');
    const { pass, feeds } = forwardCase(specification, weights, examples);

    const [height, width] = [Math.ceil(rows / STEM), Math.ceil(columns / STEM)];
    const image = variable('image', [2, rows, columns, channels]);
    const padded = op.Pad(op.Pad(image, 1, 0, height * STEM - rows), 2, 0, width * STEM - columns);
    // the stem's weight keeps a patch as pictures are kept: rows, columns, channels
    const patch = op.Reshape(constant(weights.get('encoder/stem/weight')!), [4, STEM, STEM, channels]);
    const convolved = op.Conv(
      op.Transpose(padded, [0, 3, 1, 2]),
      op.Transpose(patch, [0, 3, 1, 2]),
      constant(weights.get('encoder/stem/bias')!),
      { strides: [STEM, STEM] },
    );
    const expected = op.Reshape(op.Transpose(convolved, [0, 2, 3, 1]), [2, height * width * 4]);
    feeds.set(image, float64([2, rows, columns, channels], examples));
    const [code, convolution] = evaluate([pass.code, expected], feeds);
    expect(code!.data.length).toBe(2 * height * width * 4);
    for (const [i, value] of convolution!.data.entries()) expect(code!.data[i]).toBeCloseTo(value, 10);
  });

  it.each(shapes)('writes each patch where it was read (%s)', (_words, shape) => {
    const values = STEM * STEM * (shape[2] ?? 1);
    const specification = specified(shape, { stem: STEM, filters: [values] });
    // both layers hand on what they get
    const unit = Float32Array.from({ length: values * values }, (_, i) => (i % (values + 1) === 0 ? 1 : 0));
    const weights: Weights = new Map(
      parametersOf(specification).map(({ name }) => [name, name.endsWith('weight') ? unit : new Float32Array(values)]),
    );
    const examples = drawn(2 * inputSize(specification), 'examples');
    const { pass, feeds } = forwardCase(specification, weights, examples);
    expect([...evaluate([pass.output], feeds)[0]!.data]).toEqual([...examples]);
  });

  it('has the first of the filters, and each further one halves the map', () => {
    const specification = specified([32, 32, 3], { stem: 4, filters: [8, 6, 5], codeLayer: 'dense', code: 2 });
    const shapesOf = Object.fromEntries(parametersOf(specification).map(({ name, shape }) => [name, shape]));
    expect(shapesOf).toMatchObject({
      'encoder/stem/weight': [8, 48, 1, 1],
      'encoder/convolution-0/weight': [6, 8, 3, 3],
      'encoder/convolution-1/weight': [5, 6, 3, 3],
      'encoder/code/weight': [5 * 2 * 2, 2],
      'decoder/0/weight': [2, 5 * 2 * 2],
      'decoder/convolution-0/weight': [5, 6, 3, 3],
      'decoder/convolution-1/weight': [6, 8, 3, 3],
      'decoder/output/weight': [48, 8, 1, 1],
    });
  });
});
