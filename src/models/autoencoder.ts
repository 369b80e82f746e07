/// <reference lib="esnext.disposable" preserve="true" />
import { createRuntime } from '#runtime';
import { fieldOf, itemAt } from '../core/collections.js';
import { badInput, GargaloError } from '../core/errors.js';
import { stopWhereAborted, type WorkOptions } from '../core/work.js';
import { type ExampleForm, exampleSize } from '../data/dataset.js';
import { type Examples, examplesOf } from '../data/in-memory.js';
import { firstNotFinite, refuseNotFinite } from '../data/scaling.js';
import {
  ahead,
  type ExampleBlock,
  type ExampleSource,
  type ExampleStream,
  joined,
  mapped,
  streamOf,
} from '../data/stream.js';
import * as op from '../graph/ops/index.js';
import { staticSides } from '../graph/shape.js';
import { type Tensor, variable } from '../graph/tensor.js';
import { createScope, type ParameterDefinition, type Scope } from '../nn/scope.js';
import type { GraphDescription } from '../onnx/encode.js';
import { encodeProgram } from '../onnx/encode.js';
import { type Executable, floatsOf, type HostTensor, type Runtime, type RuntimeOptions } from '../runtime/runtime.js';
import type { Calibration } from './calibration.js';
import { symbolicContext } from './context.js';
import { inputMismatch } from './input-mismatch.js';
import type { Mixture } from './mixture.js';
import { decode, encode, forward, scaleInput, toOutput, unscaleOutput } from './network.js';
import { inputSize, type Specification } from './specification.js';

/** The values of the parameters by name, each row-major in its own shape. */
export type Weights = ReadonlyMap<string, Float32Array>;

/** A model as data: enough to compute with, nothing that must be closed. */
export interface Model {
  readonly specification: Specification;
  readonly weights: Weights;
  /** What its errors are like on training data, where it was told: what anomaly scores are compared with. */
  readonly calibration?: Calibration;
  /** The density of its codes, where one was fitted to them: what new examples are drawn from. */
  readonly mixture?: Mixture;
}

/** The parameters that a build asks for, in that order. */
export function parametersAsked(build: (scope: Scope) => void): ParameterDefinition[] {
  const definitions: ParameterDefinition[] = [];
  build(
    createScope((definition) => {
      definitions.push(definition);
      return variable(definition.name, definition.shape);
    }),
  );
  return definitions;
}

/** The parameters of a specification, in the order they are built: those that only training uses come too. */
export function parametersOf(specification: Specification): ParameterDefinition[] {
  return parametersAsked((scope) => {
    forward(specification, scope, variable('x', [2, inputSize(specification)]), symbolicContext());
  });
}

/** The parameters that encoder and decoder are made of. */
export function inferenceParametersOf(specification: Specification): ParameterDefinition[] {
  return parametersAsked((scope) => {
    encode(specification, scope, variable('x', ['batch', inputSize(specification)]));
    decode(specification, scope, variable('z', ['batch', specification.code.width]));
  });
}

/** Makes the variables of a model's parameters, for graphs that hold their values. */
export function weightVariables(model: Pick<Model, 'weights'>): {
  scope: ReturnType<typeof createScope>;
  initializers: Map<Tensor<'Variable'>, Float32Array>;
} {
  const initializers = new Map<Tensor<'Variable'>, Float32Array>();
  const scope = createScope(({ name, shape }) => {
    const weight = variable(name, shape);
    const values = model.weights.get(name);
    if (!values) throw badInput('model', `expected a value for the parameter "${name}"`);
    initializers.set(weight, values);
    return weight;
  });
  return { scope, initializers };
}

/**
 * The inference graph: `input` [batch, …shape] in raw units to `code` [batch, width] and `reconstruction`
 * [batch, …shape] in raw units, all float32; some codes have outputs of their own beside them (`log-variance` [batch,
 * width] of a gaussian code, int64 `indices` [batch, vectors] of a quantized one). What a model file holds.
 */
export function inferenceGraph(model: Model): GraphDescription {
  const { specification } = model;
  const { scope, initializers } = weightVariables(model);
  const input = variable('input', ['batch', ...specification.input.shape]);
  const x = scaleInput(specification, op.Reshape(input, ['batch', inputSize(specification)]));
  const { code, outputs } = encode(specification, scope, x);
  const output = unscaleOutput(specification, toOutput(specification, decode(specification, scope, code).logits));
  return {
    name: 'autoencoder',
    inputs: [input],
    outputs: { code, reconstruction: op.Reshape(output, input.shape), ...outputs },
    initializers,
    seam: 'code',
  };
}

/** The encoder alone: `input` [batch, …shape] in raw units to `code` [batch, width]. */
export function encoderGraph(model: Model): GraphDescription {
  const { name: _name, outputs, ...graph } = inferenceGraph(model);
  return { ...graph, name: 'encoder', outputs: { code: fieldOf(outputs, 'code') } };
}

/** The decoder alone: `code` [batch, width] to `reconstruction` [batch, …shape] in raw units. */
export function decoderGraph(model: Model): GraphDescription {
  const { specification } = model;
  const { scope, initializers } = weightVariables(model);
  const code = variable('code', ['batch', specification.code.width]);
  const output = unscaleOutput(specification, toOutput(specification, decode(specification, scope, code).logits));
  return {
    name: 'decoder',
    inputs: [code],
    outputs: { reconstruction: op.Reshape(output, ['batch', ...specification.input.shape]) },
    initializers,
  };
}

/** Examples with what the network makes of them; values flat, row-major, in raw units. */
export interface CodedBlock extends ExampleBlock {
  /** [end − start, width] */
  readonly code: Float32Array;
}

/** The same with what comes back. */
export interface ReconstructedBlock extends CodedBlock {
  /** [end − start, input size] */
  readonly reconstruction: Float32Array;
}

/**
 * A trained autoencoder at work. Close it when done, to free its memory: with `close()`, or by `await using`. Later calls are refused.
 */
export interface Autoencoder extends Model, AsyncDisposable {
  /** Codes, [n, width] row-major. */
  encode(examples: Examples, options?: CodingOptions): Promise<Float32Array>;
  /**
   * Outputs for codes, [n, input size] row-major in raw units.
   *
   * @param codes [n, width] row-major, or rows of `width` numbers
   */
  decode(codes: Examples, options?: CodingOptions): Promise<Float32Array>;
  /** ψ(φ(x)): [n, input size] row-major in raw units. */
  reconstruct(examples: Examples, options?: CodingOptions): Promise<Float32Array>;
  /** Codes block by block, in order: for data of any size. Blocks keep the labels and times of the examples. */
  codes(examples: Examples, options?: CodingOptions): AsyncGenerator<CodedBlock, void>;
  /** Codes and reconstructions block by block, in order: for data of any size. */
  blocks(examples: Examples, options?: CodingOptions): AsyncGenerator<ReconstructedBlock, void>;
  /**
   * Outputs for codes block by block, in order.
   *
   * @param codes examples of shape [width]
   */
  decoded(codes: ExampleSource, options?: CodingOptions): AsyncGenerator<DecodedBlock, void>;
  /** What it computes on, opened where it is not yet, for other work on the same model; undefined once it is closed. */
  runtime(): Promise<Runtime> | undefined;
  close(): Promise<void>;
}

/** Codes with what the decoder makes of them. */
export interface DecodedBlock extends ExampleBlock {
  /** [end − start, input size] */
  readonly reconstruction: Float32Array;
}

/**
 * What work on a model is to run on: what the caller says, else the runtime of an autoencoder that is open, so that a program
 * with one model opens one runtime. Of another device than that runtime's, or without one, the work opens its own.
 */
export async function runtimeFor(model: Model | Autoencoder, options: RuntimeOptions = {}): Promise<RuntimeOptions> {
  if (options.opened) return options;
  const opened = 'runtime' in model ? await model.runtime() : undefined;
  return opened && (options.device ?? opened.device) === opened.device ? { ...options, opened } : options;
}

/**
 * Refuses what is no model, for functions that programs without types call.
 *
 * @param where what is called
 */
export function checkModel(model: Pick<Model, 'specification'> | undefined, where: string): void {
  if (model?.specification?.input) return;
  throw badInput(where, 'expected a model, got another value', 'take autoencoder from fit, or what load gives');
}

/** Refuses data whose examples are not what the model takes: of another shape, with other levels or columns elsewhere. */
export function checkInput(specification: Specification, dataset: ExampleForm): void {
  const mismatch = inputMismatch(specification, dataset);
  if (mismatch) throw badInput(dataset.name, mismatch.problem, mismatch.remedy);
}

/**
 * Examples as a model takes them: rows that are objects are read by its columns.
 *
 * @throws GargaloError `bad-input` for what is no examples, or examples of another size
 */
export async function examplesFor(
  specification: Specification,
  examples: Examples,
  { ensureFinite }: Pick<CodingOptions, 'ensureFinite'> = {},
): Promise<ExampleSource> {
  const source = await examplesOf(examples, { like: specification.input, ensureFinite });
  checkInput(specification, source);
  return source;
}

const streamFor = async (
  examples: Examples,
  specification: Specification,
  options: CodingOptions,
): Promise<ExampleStream> => streamOf(await examplesFor(specification, examples, options));

/** What becomes of examples that have a value that is no finite number, and of outputs that are none. */
export interface CodingOptions extends WorkOptions {
  /**
   * By default both are refused with their place. `false` lets them through: an example with NaN or infinity has NaN for all of its code
   * and reconstruction, and what the network itself makes of others stays as it is. `"input"` refuses examples alone.
   */
  readonly ensureFinite?: boolean | 'input' | undefined;
}

/** Refuses what a network makes of finite examples where that is no number. */
function refuseOverflow(values: Float32Array, what: string, start: number, name: string, rows: number): void {
  const i = firstNotFinite(values);
  if (i < 0) return;
  const place = `${name}, example ${start + Math.floor((i * rows) / values.length) + 1}`;
  const mend = 'its values lie far from those of the training, or that diverged: leave it out, or lower `learningRate`';
  throw badInput(place, `expected a ${what} of finite numbers from the network, got ${values[i]}`, mend);
}

/** The examples of a block that have a value that is no finite number. */
function brokenExamples({ start, end, values }: ExampleBlock, size: number): readonly number[] {
  if (values instanceof Uint8Array || firstNotFinite(values) < 0) return [];
  return Array.from({ length: end - start }, (_, i) => i).filter(
    (i) => firstNotFinite(values.subarray(i * size, (i + 1) * size)) >= 0,
  );
}

/**
 * Puts a model to work. The runtime is opened at first use.
 *
 * @throws GargaloError `bad-input` where a parameter has no value
 */
export function openAutoencoder(model: Model, options: RuntimeOptions = {}): Autoencoder {
  const { specification } = model;
  const { width } = specification.code;
  let runtime: Promise<Runtime> | undefined;
  let isClosed = false;
  const programs = new Map<string, Promise<Executable>>();
  const openRuntime = (): Promise<Runtime> | undefined => {
    if (!isClosed) runtime ??= createRuntime(options);
    return isClosed ? undefined : runtime;
  };
  const program = async (graph: (model: Model) => GraphDescription): Promise<Executable> => {
    const opening = openRuntime();
    if (!opening) {
      const mend = 'open the model again: openAutoencoder(model)';
      throw new GargaloError('cancelled', 'autoencoder', 'expected an open one, got a closed one', mend);
    }
    let loaded = programs.get(graph.name);
    if (!loaded) {
      loaded = opening.then((opened) => opened.load(encodeProgram(graph(model))));
      programs.set(graph.name, loaded);
    }
    return loaded;
  };

  /** Runs a program over a stream; the next block is read while one is computed. */
  async function* walk(
    graph: (model: Model) => GraphDescription,
    stream: ExampleStream,
    { signal, onProgress, ensureFinite = true }: CodingOptions,
  ): AsyncGenerator<ExampleBlock & { readonly fetched: Readonly<Record<string, HostTensor>> }, void> {
    const input = itemAt(graph(model).inputs, 0);
    const shape = staticSides(input.shape.slice(1));
    const executable = await program(graph);
    for await (const block of ahead(stream.blocks({ signal }))) {
      stopWhereAborted(signal, stream.name);
      const { start, end } = block;
      const size = exampleSize(stream);
      if (ensureFinite && block.values instanceof Float32Array) {
        refuseNotFinite(block.values, stream.name, size, start, stream.columns);
      }
      const broken = ensureFinite ? [] : brokenExamples(block, size);
      const values = Float32Array.from(block.values);
      const tensor: HostTensor = { type: 'float32', shape: [end - start, ...shape], values };
      const { fetched } = await executable.run({ [input.attributes.name]: tensor });
      for (const [what, { values: made }] of Object.entries(fetched)) {
        if (!(made instanceof Float32Array)) continue;
        if (ensureFinite === true) refuseOverflow(made, what, start, stream.name, end - start);
        const width = made.length / (end - start);
        for (const i of broken) made.fill(Number.NaN, i * width, (i + 1) * width);
      }
      yield { ...block, fetched };
      onProgress?.({ done: end, ...(stream.length !== undefined && { total: stream.length }) });
    }
  }

  async function* codes(examples: Examples, options: CodingOptions = {}): ReturnType<Autoencoder['codes']> {
    for await (const { fetched, ...block } of walk(
      encoderGraph,
      await streamFor(examples, specification, options),
      options,
    )) {
      yield { ...block, code: floatsOf(fetched.code) };
    }
  }

  async function* blocks(examples: Examples, options: CodingOptions = {}): ReturnType<Autoencoder['blocks']> {
    for await (const { fetched, ...block } of walk(
      inferenceGraph,
      await streamFor(examples, specification, options),
      options,
    )) {
      const code = floatsOf(fetched.code);
      yield { ...block, code, reconstruction: floatsOf(fetched.reconstruction) };
    }
  }

  async function* decoded(source: ExampleSource, options: CodingOptions = {}): ReturnType<Autoencoder['decoded']> {
    if (exampleSize(source) !== width) {
      throw badInput(source.name, `expected codes of ${width} values, got examples of ${exampleSize(source)}`);
    }
    for await (const { fetched, ...block } of walk(decoderGraph, streamOf(source), options)) {
      yield { ...block, reconstruction: floatsOf(fetched.reconstruction) };
    }
  }

  async function collect(parts: AsyncIterable<Float32Array>): Promise<Float32Array> {
    const all: Float32Array[] = [];
    for await (const part of parts) all.push(part);
    return joined(all);
  }

  const close = async (): Promise<void> => {
    isClosed = true;
    await (await runtime)?.close();
  };

  return {
    ...model,
    codes,
    blocks,
    decoded,
    encode: (examples, options) => collect(mapped(codes(examples, options), ({ code }) => code)),
    reconstruct: (examples, options) =>
      collect(mapped(blocks(examples, options), ({ reconstruction }) => reconstruction)),
    async decode(values, options = {}) {
      const form = { name: 'codes', like: { shape: [width] }, ensureFinite: options.ensureFinite };
      const source = await examplesOf(values, form);
      return collect(mapped(decoded(source, options), ({ reconstruction }) => reconstruction));
    },
    runtime: openRuntime,
    close,
    [Symbol.asyncDispose]: close,
  };
}
