import { badInput } from '../core/errors.js';
import { type Autoencoder, openAutoencoder } from '../models/autoencoder.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import type { TrainedModel } from './events.js';
import { decodeModelFile, encodeModelFile } from './model-format.js';

/** A trained model, ready to be asked. Close it when done. */
export type LoadedModel = Autoencoder & TrainedModel;

/** The bytes of a model file, or something that gives them: a `Blob` or `File`, or the `Response` of a `fetch`. */
export type ModelBytes = Uint8Array | ArrayBuffer | Blob | Response;

/** Puts a model to work that knows how it was trained. */
export function openTrained(model: TrainedModel, options: RuntimeOptions = {}): LoadedModel {
  return { ...openAutoencoder(model, options), ...(model.training && { training: model.training }) };
}

async function bytesOf(source: ModelBytes): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Response && !source.ok) {
    throw badInput(source.url || 'model', `expected a model file, got status ${source.status}`, 'check the address');
  }
  if (source instanceof Blob || source instanceof Response) return new Uint8Array(await source.arrayBuffer());
  const mend = "load from 'gargalo/node' takes a path";
  throw badInput('model', `expected the bytes of a model file, a Blob or a Response, got ${typeof source}`, mend);
}

/**
 * Opens a model from the bytes of its file.
 *
 * @example
 * await using model = await load(await fetch('/machine.onnx'));
 * @throws GargaloError `bad-input` where it is no ONNX file, none of ours, or incomplete
 */
export async function load(source: ModelBytes, options: RuntimeOptions = {}): Promise<LoadedModel> {
  return openTrained(decodeModelFile(await bytesOf(source), 'model'), options);
}

/**
 * A model as the bytes of an ONNX file, which other tools open too; see {@link encodeModelFile}. Nothing is written.
 *
 * @throws GargaloError `bad-input` for a model that cannot be kept
 */
export const save = (model: TrainedModel): Uint8Array<ArrayBufferLike> => encodeModelFile(model);
