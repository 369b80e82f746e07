import { type FileHandle, readFile } from 'node:fs/promises';
import { createRuntime } from '#runtime';
import { GargaloError } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import { undoScaling } from '../data/scaling.js';
import { fileProblem, replaceFile } from '../data/write/write.js';
import { sizeOf } from '../graph/shape.js';
import { checkModel, inferenceGraph, runtimeFor } from '../models/autoencoder.js';
import type { Specification } from '../models/specification.js';
import { encodeProgram, type Program } from '../onnx/encode.js';
import { floatsOf, type Runtime, type RuntimeOptions } from '../runtime/runtime.js';
import type { TrainedModel } from './fit.js';
import { type LoadedModel, openTrained } from './load.js';
import { decodeModelFile, encodeModelFile } from './model-format.js';

/**
 * Reads a model file.
 *
 * @throws GargaloError `bad-input` where it is missing, no ONNX file, none of ours, or incomplete
 */
export async function loadModel(path: string): Promise<TrainedModel> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileProblem(path, error, 'read');
  });
  return decodeModelFile(bytes, path);
}

/**
 * Opens the model of a file.
 *
 * @example
 * await using model = await load('machine.onnx');
 * @throws GargaloError as {@link loadModel}
 */
export async function load(path: string, options: RuntimeOptions = {}): Promise<LoadedModel> {
  return openTrained(await loadModel(path), options);
}

/** What a program makes of some made-up examples. */
async function outputsOf(runtime: Runtime, program: Program, { input }: Specification): Promise<Float32Array> {
  const random = createRandom(0, 'probe');
  const count = 3;
  const scaled = new Float32Array(count * sizeOf(input.shape)).map(() => random.uniform());
  const values = undoScaling(scaled, input.scaling);
  const executable = await runtime.load(program);
  const { fetched } = await executable.run({ input: { type: 'float32', shape: [count, ...input.shape], values } });
  return floatsOf(fetched.reconstruction);
}

/** Everything that a file holds, from its start. */
async function readBack(file: FileHandle): Promise<Uint8Array> {
  const { size } = await file.stat();
  const bytes = new Uint8Array(size);
  await file.read(bytes, 0, size, 0);
  return bytes;
}

/**
 * Writes a model file, all or nothing: before the file takes its name it is read back and must give the outputs that
 * the model gives.
 *
 * @throws GargaloError `bad-input` where the file cannot be written, naming why; `internal` where the check fails
 */
export async function saveModel(path: string, model: TrainedModel, options?: RuntimeOptions): Promise<void> {
  checkModel(model, 'saveModel');
  const runtime = await createRuntime(await runtimeFor(model, options));
  try {
    const program = encodeProgram(inferenceGraph(model));
    const expected = await outputsOf(runtime, program, model.specification);
    await replaceFile(path, async (file) => {
      await file.writeFile(encodeModelFile(model));
      const written = await readBack(file);
      const reread = decodeModelFile(written, path);
      const got = await outputsOf(runtime, { ...program, bytes: written }, reread.specification);
      if (!expected.every((value, i) => Object.is(value, got[i]))) {
        throw new GargaloError('internal', path, 'expected the written model to give the same outputs, it does not');
      }
    });
  } finally {
    await runtime.close();
  }
}
