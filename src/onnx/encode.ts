import { zip } from '../core/collections.js';
import { GargaloError } from '../core/errors.js';
import { chooseConvolutionForms } from '../graph/convolution-forms.js';
import { fuse } from '../graph/fuse.js';
import { replaced } from '../graph/rebuild.js';
import { isStatic, type Shape } from '../graph/shape.js';
import { simplify } from '../graph/simplify.js';
import { type DataType, isOperator, type Tensor, topologicalOrder, type Values, variable } from '../graph/tensor.js';
import { attribute, encodeTensor, GraphBuilder, valueInfo } from './graph-builder.js';
import { type GraphProto, type ModelProto, modelProto } from './schema.js';
import { encodeMessage } from './wire.js';

/** ONNX 1.15 of October 2023; older tools than that are rare, and nothing newer is needed. */
const OPSET_VERSION = 20n;
const IR_VERSION = 9n;

/** What an input or output of a program is. */
export interface Port {
  readonly name: string;
  readonly type: DataType;
  readonly shape: Shape;
}

/** An ONNX model with what is needed to call it. */
export interface Program {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /**
   * Whether ONNX Runtime is to leave images in the layout they have: for training, where kernels change, and where it
   * would move those that meet a constant into blocks of channels and back again. Where kernels are constants, blocks are
   * what makes convolutions fast.
   */
  readonly keepsLayout?: boolean;
}

/** A graph to encode. */
export interface GraphDescription {
  readonly name: string;
  /** Variables that the caller feeds, in order. */
  readonly inputs: readonly Tensor<'Variable'>[];
  /** What is computed, by name. A tensor may stand under two names. */
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Variables whose values are part of the graph: the weights of a model. */
  readonly initializers?: ReadonlyMap<Tensor<'Variable'>, Values>;
  /**
   * The name of an output that the graph can be cut at: outputs that are made of it are made of just that, so that tools can take
   * what comes after it out of the file.
   */
  readonly seam?: string;
}

/** A loop to encode: its body is one step. */
export interface LoopDescription {
  readonly name: string;
  /** Variables that stay the same in all steps: data, batch indices, learning rates. */
  readonly captured: readonly Tensor<'Variable'>[];
  /** Variables that each step replaces: parameters, optimiser state. */
  readonly carried: readonly { readonly state: Tensor<'Variable'>; readonly next: Tensor }[];
  /** What each step leaves behind; stacked along a new first axis "steps". */
  readonly scanned: Readonly<Record<string, Tensor>>;
  /** The number of the step within this call, an int64 scalar variable that the body may use. */
  readonly iteration: Tensor<'Variable'>;
  /** Threads that the program is meant for, default 1; the results differ in rounding alone. */
  readonly threads?: number;
}

const portOf = (name: string, tensor: Tensor): Port => ({ name, type: tensor.type, shape: tensor.shape });
const infoOf = (port: Port): ReturnType<typeof valueInfo> => valueInfo(port.name, port.type, port.shape);

type Named = readonly (readonly [name: string, tensor: Tensor])[];

/** Tensors made of others, under the names of those. */
function transformed(named: Named, transform: (tensors: Tensor[]) => Tensor[]): Named {
  const results = transform(named.map(([, tensor]) => tensor));
  return zip(named, results).map(([[name], tensor]) => [name, tensor] as const);
}

const simplifyAndFuse = (tensors: Tensor[]): Tensor[] => fuse(simplify(tensors));

/** Simplifies and fuses named tensors together, so that they share what they have in common, but for what a seam keeps apart. */
function optimize(named: Named, seam?: string): Readonly<Record<string, Tensor>> {
  const at = named.find(([name]) => name === seam)?.[1];
  const isBehind = (tensor: Tensor) => at !== undefined && tensor !== at && topologicalOrder([tensor]).includes(at);
  const behind = named.filter(([, tensor]) => isBehind(tensor));
  const before = transformed(
    named.filter((entry) => !behind.includes(entry)),
    simplifyAndFuse,
  );
  const joint = before.find(([name]) => name === seam)?.[1];
  const better = new Map(before);
  if (at && joint && behind.length > 0) {
    const placeholder = variable(`${seam} `, at.shape, at.type);
    const joined = transformed(behind, (tensors) =>
      replaced(simplifyAndFuse(replaced(tensors, at, placeholder)), placeholder, joint),
    );
    for (const [name, tensor] of joined) better.set(name, tensor);
  }
  return Object.fromEntries(named.map(([name, tensor]) => [name, better.get(name) ?? tensor]));
}

/** Refuses a graph that uses a variable which nobody feeds. */
function checkVariables(name: string, outputs: readonly Tensor[], known: ReadonlySet<Tensor>): void {
  for (const tensor of topologicalOrder(outputs)) {
    if (isOperator(tensor, 'Variable') && !known.has(tensor)) {
      throw new GargaloError(
        'internal',
        name,
        `expected an input for the variable "${tensor.attributes.name}", got none`,
      );
    }
  }
}

/** Refuses two values of one name: ONNX knows inputs, weights and outputs by name only. */
function checkNames(name: string, names: readonly string[]): void {
  const twice = names.find((other, i) => names.indexOf(other) !== i);
  if (twice !== undefined) {
    throw new GargaloError(
      'internal',
      name,
      `expected a name of its own for each input and output, got "${twice}" twice`,
    );
  }
}

/** The GraphProto of a description, simplified and fused. */
export function encodeGraph(description: GraphDescription): { graph: GraphProto; inputs: Port[]; outputs: Port[] } {
  const { name, inputs, initializers = new Map<Tensor<'Variable'>, Values>() } = description;
  const outputs = optimize(Object.entries(description.outputs), description.seam);
  checkVariables(name, Object.values(outputs), new Set([...inputs, ...initializers.keys()]));
  const variableNames = [...inputs, ...initializers.keys()].map((input) => input.attributes.name);
  checkNames(name, [...variableNames, ...Object.keys(outputs)]);
  const builder = new GraphBuilder('');
  for (const input of inputs) builder.name(input, input.attributes.name);
  for (const [weight, values] of initializers) {
    if (!isStatic(weight.shape))
      throw new GargaloError('internal', name, 'expected a static shape for each initializer');
    builder.name(weight, weight.attributes.name);
    builder.initializer(encodeTensor(weight.attributes.name, values, weight.shape, weight.type));
  }
  builder.add(outputs);
  const inputPorts = inputs.map((input) => portOf(input.attributes.name, input));
  const outputPorts = Object.entries(outputs).map(([output, tensor]) => portOf(output, tensor));
  return {
    graph: builder.finish(name, inputPorts.map(infoOf), outputPorts.map(infoOf)),
    inputs: inputPorts,
    outputs: outputPorts,
  };
}

/** Wraps a graph as a model with version, producer and metadata. */
export function wrapModel(
  graph: GraphProto,
  metadata: Readonly<Record<string, string>> = {},
  training: ModelProto['trainingInfo'] = [],
): Uint8Array {
  return encodeMessage(modelProto, {
    irVersion: IR_VERSION,
    opsetImport: [{ domain: '', version: OPSET_VERSION }],
    producerName: 'gargalo',
    graph,
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    trainingInfo: training,
  });
}

/** A graph as an ONNX model. */
export function encodeProgram(description: GraphDescription): Program {
  const { graph, inputs, outputs } = encodeGraph(description);
  return { name: description.name, bytes: wrapModel(graph), inputs, outputs };
}

/**
 * A loop as an ONNX model: one `Loop` node whose body is one step, so that one call runs as many steps as its input
 * `steps` (int64 scalar) says, with nothing in between. The carried variables go in under their names and come out as
 * `next/<name>`; what is scanned comes out as [steps, …].
 */
export function encodeLoop(description: LoopDescription): Program {
  const { name, captured, carried, iteration } = description;
  const nextName = (state: Tensor<'Variable'>): string => `next/${state.attributes.name}`;

  const body = new GraphBuilder('step/');
  const results = [
    ...carried.map(({ state, next }) => [`step/${nextName(state)}`, next] as const),
    ...Object.entries(description.scanned).map(([key, value]) => [`step/${key}`, value] as const),
  ];
  const formed = transformed(results, (tensors) => chooseConvolutionForms(simplify(tensors), description.threads));
  const outputs = optimize(formed);
  const states = carried.map(({ state }) => state);
  checkVariables(name, Object.values(outputs), new Set([...captured, ...states, iteration]));
  for (const input of captured) body.name(input, input.attributes.name);
  for (const state of states) body.name(state, `step/${state.attributes.name}`);
  body.name(iteration, 'step/iteration');
  body.add(outputs);
  body.emit('Identity', ['step/condition'], ['step/continue']);
  const bodyGraph = body.finish(
    `${name}/step`,
    [
      valueInfo('step/iteration', 'int64', []),
      valueInfo('step/condition', 'bool', []),
      ...states.map((state) => valueInfo(`step/${state.attributes.name}`, state.type, state.shape)),
    ],
    [
      valueInfo('step/continue', 'bool', []),
      ...Object.entries(outputs).map(([output, tensor]) => infoOf(portOf(output, tensor))),
    ],
  );

  const steps = variable('steps', [], 'int64');
  const inputPorts = [steps, ...captured, ...states].map((input) => portOf(input.attributes.name, input));
  const outputPorts = [
    ...states.map((state) => portOf(nextName(state), state)),
    ...Object.entries(description.scanned).map(([key, tensor]) => ({
      name: key,
      type: tensor.type,
      shape: ['steps', ...tensor.shape],
    })),
  ];
  checkNames(
    name,
    [...inputPorts, ...outputPorts].map((port) => port.name),
  );
  const main = new GraphBuilder('');
  main.emit(
    'Loop',
    ['steps', '', ...states.map((state) => state.attributes.name)],
    outputPorts.map((port) => port.name),
    [attribute.graph('body', bodyGraph)],
  );
  const graph = main.finish(name, inputPorts.map(infoOf), outputPorts.map(infoOf));
  return { name, bytes: wrapModel(graph), inputs: inputPorts, outputs: outputPorts, keepsLayout: true };
}
