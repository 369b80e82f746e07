import { itemAt } from '../../core/collections.js';
import { badInput } from '../../core/errors.js';
import type { Scaling } from '../../data/scaling.js';
import * as op from '../../graph/ops/index.js';
import { type Tensor, variable } from '../../graph/tensor.js';
import { type Model, weightVariables } from '../../models/autoencoder.js';
import { decode, encode, toOutput, vector } from '../../models/network.js';
import { type Pca, projectPca, reconstructPca } from '../../models/pca.js';
import { inputSize } from '../../models/specification.js';
import type { Scope } from '../../nn/scope.js';
import { encodeProgram, type GraphDescription } from '../../onnx/encode.js';
import { type Executable, floatsOf, type Runtime } from '../../runtime/runtime.js';

/**
 * An encoder φ and a decoder ψ, whatever they are: what the figures of a latent space are taken from. All values are flat,
 * row-major and in the scaled units that the network works in, so that every value of an example counts alike.
 */
export interface CodeSpace {
  /** d, the values of a code. */
  readonly width: number;
  /** D, the values of an example. */
  readonly size: number;
  /** φ: [n, size] to [n, width]. */
  encode(examples: Float32Array): Promise<Float32Array>;
  /** ψ: [n, width] to [n, size]. */
  decode(codes: Float32Array): Promise<Float32Array>;
  /** φ(ψ(z)): [n, width] to [n, width], with nothing as large as an example on the way out. */
  roundTrip(codes: Float32Array): Promise<Float32Array>;
}

/** Rows run at once. */
const BLOCK = 2048;

/** The rows of a flat array through a function, some at a time. */
async function inBlocks(
  values: Float32Array,
  from: number,
  to: number,
  run: (block: Float32Array, rows: number) => Promise<Float32Array>,
): Promise<Float32Array> {
  if (values.length % from !== 0)
    throw badInput('codes', `expected a multiple of ${from} values, got ${values.length}`);
  const count = values.length / from;
  const out = new Float32Array(count * to);
  for (let start = 0; start < count; start += BLOCK) {
    const end = Math.min(start + BLOCK, count);
    out.set(await run(values.slice(start * from, end * from), end - start), start * to);
  }
  return out;
}

/** From values scaled in one way to the same values scaled in another; the tensor itself where both ways are the same. */
function rescaled(x: Tensor, from: Scaling, to: Scaling, size: number): Tensor {
  const isSame = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((v, i) => v === b[i]);
  if (isSame(from.offset, to.offset) && isSame(from.scale, to.scale)) return x;
  const at = (values: readonly number[], i: number): number => itemAt(values, i % values.length);
  const each = (value: (i: number) => number) =>
    vector(
      Array.from({ length: size }, (_, i) => value(i)),
      size,
    );
  // (x / from.scale + from.offset − to.offset) · to.scale
  const slope = each((i) => at(to.scale, i) / at(from.scale, i));
  return op.Add(
    op.Mul(x, slope),
    each((i) => (at(from.offset, i) - at(to.offset, i)) * at(to.scale, i)),
  );
}

/** A model's encoder and decoder between codes and examples in some units. */
function functionsOf({ specification }: Model, units: Scaling) {
  const size = inputSize(specification);
  const own = specification.input.scaling;
  const toCode = (scope: Scope, x: Tensor): Tensor => encode(specification, scope, rescaled(x, units, own, size)).code;
  const toExample = (scope: Scope, z: Tensor): Tensor =>
    rescaled(toOutput(specification, decode(specification, scope, z).logits), own, units, size);
  return { toCode, toExample };
}

/**
 * A decoder that travels by itself: `code` [batch, width] to `output` [batch, size] in scaled units and `back` [batch, width],
 * which is φ(ψ(z)).
 *
 * @param units the scaling of the outputs; the model's own by default
 */
export function explorerGraph(model: Model, units: Scaling = model.specification.input.scaling): GraphDescription {
  const { scope, initializers } = weightVariables(model);
  const { toCode, toExample } = functionsOf(model, units);
  const code = variable('code', ['batch', model.specification.code.width]);
  const output = toExample(scope, code);
  return { name: 'explorer', inputs: [code], outputs: { output, back: toCode(scope, output) }, initializers };
}

/**
 * The code space of an autoencoder, on a runtime that the caller closes. A code that is a distribution counts as its mean.
 *
 * @param units the scaling of examples; the model's own by default. One for several models makes their figures comparable
 * @throws GargaloError `bad-input` where a parameter has no value
 */
export function modelSpace(
  model: Model,
  runtime: Runtime,
  units: Scaling = model.specification.input.scaling,
): CodeSpace {
  const { specification } = model;
  const { width } = specification.code;
  const size = inputSize(specification);

  /** A program from `from` values a row to `to`, loaded when it is first needed. */
  function through(name: string, from: number, to: number, build: (scope: Scope, input: Tensor) => Tensor) {
    let program: Promise<Executable> | undefined;
    const load = (): Promise<Executable> => {
      const { scope, initializers } = weightVariables(model);
      const input = variable('input', ['batch', from]);
      return runtime.load(
        encodeProgram({ name, inputs: [input], outputs: { output: build(scope, input) }, initializers }),
      );
    };
    return (values: Float32Array): Promise<Float32Array> =>
      inBlocks(values, from, to, async (block, rows) => {
        program ??= load();
        const input = { type: 'float32', shape: [rows, from], values: block } as const;
        return floatsOf((await (await program).run({ input })).fetched.output);
      });
  }

  const { toCode, toExample } = functionsOf(model, units);
  return {
    width,
    size,
    encode: through('encode', size, width, toCode),
    decode: through('decode', width, size, toExample),
    roundTrip: through('round-trip', width, width, (scope, z) => toCode(scope, toExample(scope, z))),
  };
}

/** The code space of PCA, where decoding a code and encoding it again changes nothing: its components are orthonormal. */
export function pcaSpace(pca: Pca): CodeSpace {
  const { width } = pca;
  return {
    width,
    size: pca.mean.length,
    encode: async (examples) => projectPca(pca, examples),
    decode: async (codes) => reconstructPca(pca, codes),
    roundTrip: async (codes) => codes.slice(),
  };
}
