import { badInput } from '../core/errors.js';
import { arrayDataset, type Dataset } from '../data/dataset.js';
import * as op from '../graph/ops/index.js';
import { sizeOf } from '../graph/shape.js';
import { type Tensor, variable } from '../graph/tensor.js';
import { checkInput, type Model, runtimeFor, weightVariables } from '../models/autoencoder.js';
import { encode, scaleInput } from '../models/network.js';
import { overData } from '../models/over-data.js';
import { inputSize, type Specification } from '../models/specification.js';
import { dense } from '../nn/dense.js';
import { zeros } from '../nn/initializers.js';
import type { Scope } from '../nn/scope.js';
import type { GraphDescription } from '../onnx/encode.js';
import type { RuntimeOptions } from '../runtime/runtime.js';

/**
 * A softmax layer on the encoder of an autoencoder, as data. Beside the encoder's weights it has `classifier/weight`
 * [features, classes] and `classifier/bias` [classes].
 */
export interface Classifier extends Model {
  /** What the softmax layer sees: `code`, or the name of a hidden layer of the encoder (`encoder/0`). */
  readonly layer: string;
  /** The name of each class. */
  readonly classes: readonly string[];
}

/**
 * What a layer of the encoder makes of scaled examples.
 *
 * @param x [batch, input size]
 * @returns [batch, features]
 * @throws GargaloError `bad-input` where the encoder has no layer of that name
 */
export function featuresOf(specification: Specification, layer: string, scope: Scope, x: Tensor): Tensor {
  const { passed, hidden } = encode(specification, scope, x);
  // `passed` is the code where nothing is drawn, and lets a gradient through a quantized one
  const features = layer === 'code' ? passed : hidden[layer];
  if (!features) {
    const names = ['code', ...Object.keys(hidden)].map((name) => `"${name}"`).join(', ');
    throw badInput('layer', `expected one of ${names}, got "${layer}"`);
  }
  const [batch, ...sides] = features.shape;
  return sides.length === 1 ? features : op.Reshape(features, [batch!, sizeOf(sides) as number]);
}

/**
 * The logits of the softmax layer: it starts at 0, where every class is as likely as any.
 *
 * @param features [batch, width]
 * @returns [batch, classes]
 */
export function softmaxLayer(scope: Scope, features: Tensor, classes: number): Tensor {
  return scope.within('classifier', (layer) => dense(layer, features, { units: classes, initializer: zeros }));
}

/** The graph `input` [batch, …shape] in raw units to `features` [batch, width]. */
export function featureGraph(model: Model, layer: string): GraphDescription {
  const { specification } = model;
  const { scope, initializers } = weightVariables(model);
  const input = variable('input', ['batch', ...specification.input.shape]);
  const x = scaleInput(specification, op.Reshape(input, ['batch', inputSize(specification)]));
  const features = featuresOf(specification, layer, scope, x);
  return { name: 'features', inputs: [input], outputs: { features }, initializers };
}

/**
 * The whole classifier as a graph: `input` [batch, …shape] in raw units to `probabilities` and `logits` [batch,
 * classes], float32.
 */
export function classifierGraph(classifier: Classifier): GraphDescription {
  const { specification, layer, classes } = classifier;
  const { scope, initializers } = weightVariables(classifier);
  const input = variable('input', ['batch', ...specification.input.shape]);
  const x = scaleInput(specification, op.Reshape(input, ['batch', inputSize(specification)]));
  const logits = softmaxLayer(scope, featuresOf(specification, layer, scope, x), classes.length);
  const powers = op.Exp(op.Sub(logits, op.ReduceMax(logits, [1], true)));
  const probabilities = op.Div(powers, op.ReduceSum(powers, [1], true));
  return { name: 'classifier', inputs: [input], outputs: { probabilities, logits }, initializers };
}

/** What a layer gives for a data set, as a table with the same labels. */
export async function featureTable(
  model: Model,
  layer: string,
  dataset: Dataset,
  options?: RuntimeOptions,
): Promise<Dataset> {
  const graph = featureGraph(model, layer);
  const width = graph.outputs.features!.shape[1] as number;
  const values = new Float32Array(dataset.length * width);
  for await (const { start, outputs } of overData(graph, dataset, await runtimeFor(model, options))) {
    values.set(outputs.features!.values as Float32Array, start * width);
  }
  const { name, labels } = dataset;
  return arrayDataset(values, { name, shape: [width], ...(labels && { labels }) });
}

/** What a classifier says of some examples. */
export interface Predictions {
  /** [n] the likeliest class of each. */
  readonly classes: Int32Array;
  /** [n, classes] row-major. */
  readonly probabilities: Float32Array;
}

/**
 * Classes of examples.
 *
 * @throws GargaloError `bad-input` where the examples are of another size than the model's
 */
export async function predictClasses(
  classifier: Classifier,
  examples: Dataset,
  options?: RuntimeOptions,
): Promise<Predictions> {
  checkInput(classifier.specification, examples);
  const count = classifier.classes.length;
  const probabilities = new Float32Array(examples.length * count);
  const classes = new Int32Array(examples.length);
  for await (const { start, end, outputs } of overData(classifierGraph(classifier), examples, options)) {
    probabilities.set(outputs.probabilities!.values as Float32Array, start * count);
    for (let i = start; i < end; i++) {
      const row = probabilities.subarray(i * count, (i + 1) * count);
      classes[i] = row.indexOf(Math.max(...row));
    }
  }
  return { classes, probabilities };
}
