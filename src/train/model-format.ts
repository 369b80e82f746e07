import { badInput, GargaloError } from '../core/errors.js';
import { parseJson } from '../core/json.js';
import { firstNotFinite } from '../data/scaling.js';
import { sizeOf } from '../graph/shape.js';
import { checkModel, inferenceGraph, inferenceParametersOf, parametersOf } from '../models/autoencoder.js';
import type { Calibration } from '../models/calibration.js';
import { checkCalibration } from '../models/calibration-check.js';
import { checkMixture, type Mixture } from '../models/mixture.js';
import { completeOptions } from '../models/options.js';
import { inputSize, type Specification } from '../models/specification.js';
import { checkSpecification } from '../models/specification-check.js';
import type { ParameterDefinition } from '../nn/scope.js';
import { type DecodedModel, decodeModel } from '../onnx/decode.js';
import { encodeGraph, wrapModel } from '../onnx/encode.js';
import { encodeTensor } from '../onnx/graph-builder.js';
import type { TrainingInfoProto } from '../onnx/schema.js';
import type { TrainedModel, TrainingState } from './events.js';
import { keepsBest } from './kept.js';
import { modelParts, PART_KEY } from './model-part.js';
import { optimizerOf, trainingOptions } from './options.js';
import { stateName } from './step.js';
import { parametersToGoOn } from './train.js';
import { checkTraining } from './training-check.js';

/** The metadata key of everything that is not a tensor, as JSON. */
const METADATA_KEY = 'gargalo';
const FORMAT = 1;

/** A training state without its tensors, which lie in the file as tensors. */
type TrainingRecord = Omit<TrainingState, 'weights' | 'optimizer' | 'best'> & {
  readonly best?: { readonly epoch: number; readonly testLoss: number };
};

interface FileMetadata {
  readonly format: number;
  readonly specification: Specification;
  readonly training?: TrainingRecord;
  readonly calibration?: Calibration;
  readonly mixture?: Mixture;
}

/** The parameters that only training uses: a discriminator's, running means. */
function trainingOnly(specification: Specification): ParameterDefinition[] {
  const used = new Set(inferenceParametersOf(specification).map(({ name }) => name));
  return parametersOf(specification).filter(({ name }) => !used.has(name));
}

/**
 * The tensors of a state, by their names in the file: what the optimizer keeps, and the weights that are not in the
 * model's graph: those that it does not use, and the last ones where the model has the best.
 */
function stateTensors(
  { specification, weights: ofModel }: TrainedModel,
  state: TrainingState,
): Map<string, Float32Array> {
  const { optimizer, options, weights, best } = state;
  const tensors = new Map<string, Float32Array>();
  for (const [name, values] of optimizer) tensors.set(`optimizer/${name}`, values);
  if (keepsBest(options) && best) for (const [name, values] of weights) tensors.set(`last/${name}`, values);
  for (const { name } of trainingOnly(specification)) {
    const values = ofModel.get(name);
    if (values) tensors.set(`model/${name}`, values);
  }
  return tensors;
}

function trainingInfo(model: TrainedModel, state: TrainingState): TrainingInfoProto {
  const initializer = [...stateTensors(model, state)].map(([name, values]) =>
    encodeTensor(name, values, [values.length], 'float32'),
  );
  return { algorithm: { name: state.options.optimizer, node: [], initializer, input: [], output: [] } };
}

/**
 * A model as the bytes of an ONNX file: the inference graph (`input` → `code`, `reconstruction`), the specification,
 * the calibration and the density of its codes in its metadata and, where there is one, the training state in `training_info`, which inference tools
 * skip.
 */
export function encodeModelFile(model: TrainedModel): Uint8Array {
  checkModel(model, 'save');
  const { specification, training, calibration, mixture } = model;
  const { graph } = encodeGraph(inferenceGraph(model));
  let record: TrainingRecord | undefined;
  if (training) {
    const { weights: _weights, optimizer: _optimizer, best, ...rest } = training;
    record = { ...rest, ...(best && { best: { epoch: best.epoch, testLoss: best.testLoss } }) };
  }
  const metadata: FileMetadata = {
    format: FORMAT,
    specification,
    ...(record && { training: record }),
    ...(calibration && { calibration }),
    ...(mixture && { mixture }),
  };
  return wrapModel(
    graph,
    { [METADATA_KEY]: JSON.stringify(metadata) },
    training ? [trainingInfo(model, training)] : [],
  );
}

/**
 * Reads the bytes of a model file.
 *
 * @param where the file's name, for messages
 * @throws GargaloError `bad-input` where it is no ONNX file, none of ours, or incomplete
 */
export function decodeModelFile(bytes: Uint8Array, where: string): TrainedModel {
  const file = decodeModel(bytes, where);
  const text = file.metadata[METADATA_KEY];
  if (text === undefined && file.metadata[PART_KEY] !== undefined) {
    const [part = 'encoder or decoder'] = modelParts.filter((name) =>
      file.metadata[PART_KEY]?.includes(`"part":"${name}"`),
    );
    throw badInput(where, `expected a whole model, got its ${part} alone`, 'name the model that it was exported from');
  }
  if (text === undefined) {
    throw badInput(where, 'expected a model made by gargalo, got an ONNX model without its specification');
  }
  let metadata: FileMetadata;
  try {
    metadata = parseJson(text) as FileMetadata;
  } catch (cause) {
    throw badInput(
      where,
      'expected a readable specification, got a damaged one',
      'train or copy the model again',
      cause,
    );
  }
  if (metadata?.format !== FORMAT) {
    throw badInput(
      where,
      `expected model format ${FORMAT}, got ${metadata?.format}`,
      'use the version of gargalo that wrote it',
    );
  }
  try {
    return assemble(file, metadata, where);
  } catch (cause) {
    if (cause instanceof GargaloError && cause.where === where) throw cause;
    // What no check foresaw fails anywhere where it is used.
    const place = cause instanceof GargaloError ? `: ${cause.where}: ${cause.problem}` : '';
    const problem = `expected sound metadata, got damaged ones${place}`;
    throw badInput(where, problem, 'train or copy the model again', cause);
  }
}

/**
 * Refuses a graph with parameters that the specification has no use for: then it is the specification of another network. The names
 * of constants have a part that begins with the operator's capital letter; those of parameters, beside the columns' own, have none.
 */
function refuseUnused({ initializers }: DecodedModel, used: ReadonlyMap<string, unknown>): void {
  for (const [name, { type }] of initializers) {
    if (type !== 'float32' || used.has(name) || /(^|\/)[A-Z]/.test(name)) continue;
    throw badInput('specification', `expected no parameter "${name}" that it has no use for, got one`);
  }
}

/** Refuses tensors of the training that nothing takes: a part of the record that names them is missing, or they are of another training. */
function refuseLeftOver({ training }: DecodedModel, taken: ReadonlySet<string>): void {
  const left = [...training.keys()].find((name) => !taken.has(name));
  if (left === undefined) return;
  const what = training.size - [...taken].filter((name) => training.has(name)).length;
  throw badInput('training', `expected no tensors that nothing uses, got ${what}, the first "${left}"`);
}

/** Puts a model together from the parts of its file; what the specification promises must be there. */
function assemble(file: DecodedModel, metadata: FileMetadata, where: string): TrainedModel {
  const { specification, training: record, calibration, mixture } = metadata;
  checkSpecification(specification);
  if (record !== undefined) checkTraining(record);
  const taken = new Set<string>();
  const take = (
    definitions: readonly ParameterDefinition[],
    tensors: DecodedModel['initializers'],
    nameInFile: (parameter: string) => string,
  ): [string, Float32Array][] =>
    definitions.map(({ name, shape }) => {
      if (tensors === file.training) taken.add(nameInFile(name));
      const values = tensors.get(nameInFile(name))?.values;
      const size = sizeOf(shape);
      if (!(values instanceof Float32Array) || values.length !== size) {
        throw badInput(where, `expected ${size} values for "${nameInFile(name)}", got ${values?.length ?? 'none'}`);
      }
      const broken = firstNotFinite(values);
      if (broken >= 0) {
        throw badInput(
          where,
          `expected finite numbers for "${nameInFile(name)}", got ${values[broken]} as number ${broken + 1}`,
          'the file is damaged: take another copy, or train again',
        );
      }
      return [name, values];
    });
  const definitions = parametersOf(specification);
  const weights = new Map([
    ...take(inferenceParametersOf(specification), file.initializers, (name) => name),
    ...(record ? take(trainingOnly(specification), file.training, (name) => `model/${name}`) : []),
  ]);
  refuseUnused(file, weights);
  // Nothing is computed, but whatever does not fit comes to light.
  const model = { specification, weights, ...(calibration && { calibration }), ...(mixture && { mixture }) };
  inferenceGraph(model);
  if (calibration !== undefined) checkCalibration(calibration, inputSize(specification));
  if (mixture !== undefined) checkMixture(mixture, specification.code.width);
  if (!record) {
    refuseLeftOver(file, taken);
    return model;
  }

  const { best, ...rest } = record;
  const options = completeOptions(trainingOptions, rest.options);
  // A stage trains some parameters only, and the optimizer keeps nothing for the others.
  const needed = new Set(parametersToGoOn(specification, options, rest.epoch).map(({ name }) => name));
  const optimizer = new Map<string, Float32Array>();
  for (const kept of optimizerOf(options).state) {
    const inFile = definitions.filter(
      ({ name }) => needed.has(name) || file.training.has(`optimizer/${stateName(name, kept)}`),
    );
    const values = take(inFile, file.training, (name) => `optimizer/${stateName(name, kept)}`);
    for (const [name, value] of values) optimizer.set(stateName(name, kept), value);
  }
  const bestIsModel = keepsBest(options) && best;
  const training: TrainingState = {
    ...rest,
    options,
    weights: bestIsModel ? new Map(take(definitions, file.training, (name) => `last/${name}`)) : weights,
    optimizer,
    ...(best && { best: { ...best, weights } }),
  };
  refuseLeftOver(file, taken);
  return { ...model, training };
}
