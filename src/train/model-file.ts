import { createReadStream } from 'node:fs';
import { type FileHandle, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createRuntime } from '#runtime';
import { itemAt } from '../core/collections.js';
import { badInput, GargaloError } from '../core/errors.js';
import { createRandom } from '../core/random.js';
import { undoScaling } from '../data/scaling.js';
import { fileProblem, replaceFile } from '../data/write/write.js';
import { sizeOf, staticSides } from '../graph/shape.js';
import { checkModel, inferenceGraph, type Model, runtimeFor } from '../models/autoencoder.js';
import type { Specification } from '../models/specification.js';
import { encodeProgram, type Program } from '../onnx/encode.js';
import { floatsOf, type HostTensor, type Runtime, type RuntimeOptions } from '../runtime/runtime.js';
import type { TrainedModel } from './events.js';
import { type LoadedModel, openTrained } from './load.js';
import { decodeModelFile, encodeModelFile } from './model-format.js';
import { type ModelPart, partProgram } from './model-part.js';

/** The files of a run folder that hold its model: the finished one, and before that what the run goes on from. */
export const modelsOfRun = ['model.onnx', 'checkpoint'] as const;

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/**
 * The model file that a path stands for: the file itself, or that of a run folder.
 *
 * @throws GargaloError `bad-input` for a folder that holds no model, naming where there is one
 */
export async function modelFileOf(path: string): Promise<string> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return path;
  const names = (await namesIn(path)).sort();
  const own = modelsOfRun.find((name) => names.includes(name));
  if (own !== undefined) return join(path, own);
  const near = names.filter((name) => name.endsWith('.onnx'));
  for (const name of names) {
    if ((await namesIn(join(path, name))).some((file) => modelsOfRun.some((model) => model === file))) near.push(name);
  }
  const [first, ...others] = near.map((name) => join(path, name));
  const more = others.length > 0 ? `, or one of ${others.length} more in it` : '';
  throw badInput(
    path,
    `expected a model file or a run folder, got a folder without ${modelsOfRun.join(' or ')}`,
    first === undefined ? `train a model into it: gargalo train <data> --out ${path}` : `name ${first}${more}`,
  );
}

/** Bytes that come through a pipe at most: nobody knows how many will. */
const MOST_PIPED = 2 ** 28;

/** All bytes of a file, or of a pipe; what never ends is not begun with. */
async function readWhole(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    if (found.isFile()) return await readFile(path);
    if (!found.isFIFO() && !found.isSocket()) throw badInput(path, 'expected a model file, got a device');
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of createReadStream(path)) {
      size += piece.length;
      if (size > MOST_PIPED) {
        throw badInput(path, 'expected a model of at most 256 MiB through a pipe, got more', 'save it to a file');
      }
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } catch (error) {
    throw fileProblem(path, error, 'read');
  }
}

/**
 * Reads a model file.
 *
 * @param named the file, or a run folder, whose model is taken
 * @throws GargaloError `bad-input` where it is missing, no ONNX file, none of ours, or incomplete
 */
export async function loadModel(named: string): Promise<TrainedModel> {
  const path = await modelFileOf(named);
  return decodeModelFile(await readWhole(path), path);
}

/**
 * Opens the model of a file, or of a run folder.
 *
 * @example
 * await using model = await load('machine.onnx');
 * @throws GargaloError as {@link loadModel}
 */
export async function load(path: string, options: RuntimeOptions = {}): Promise<LoadedModel> {
  return openTrained(await loadModel(path), options);
}

/** What a program makes of what it is fed. */
async function outputsOf(
  runtime: Runtime,
  program: Program,
  values: Float32Array,
): Promise<Readonly<Record<string, HostTensor>>> {
  const { name, shape } = itemAt(program.inputs, 0);
  const executable = await runtime.load(program);
  const { fetched } = await executable.run({
    [name]: { type: 'float32', shape: [PROBES, ...staticSides(shape.slice(1))], values },
  });
  return fetched;
}

const PROBES = 3;

/** Made-up examples, in raw units. */
function probes({ input }: Specification): Float32Array {
  const random = createRandom(0, 'probe');
  return undoScaling(
    new Float32Array(PROBES * sizeOf(input.shape)).map(() => random.uniform()),
    input.scaling,
  );
}

/** Everything that a file holds, from its start. */
async function readBack(file: FileHandle): Promise<Uint8Array> {
  const { size } = await file.stat();
  const bytes = new Uint8Array(size);
  await file.read(bytes, 0, size, 0);
  return bytes;
}

/** Writes a file, all or nothing: before it takes its name it is read back and must give the outputs that are expected. */
async function writeChecked(
  path: string,
  content: Uint8Array,
  outputs: (written: Uint8Array) => Promise<Float32Array>,
  expected: Float32Array,
): Promise<void> {
  await replaceFile(path, async (file) => {
    await file.writeFile(content);
    const got = await outputs(await readBack(file));
    if (!expected.every((value, i) => Object.is(value, got[i]))) {
      throw new GargaloError('internal', path, 'expected the written model to give the same outputs, it does not');
    }
  });
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
    const rebuilt = async (bytes: Uint8Array, { specification }: Pick<TrainedModel, 'specification'>) =>
      floatsOf((await outputsOf(runtime, { ...program, bytes }, probes(specification))).reconstruction);
    const expected = await rebuilt(program.bytes, model);
    await writeChecked(
      path,
      encodeModelFile(model),
      (written) => rebuilt(written, decodeModelFile(written, path)),
      expected,
    );
  } finally {
    await runtime.close();
  }
}

/**
 * Writes the encoder or the decoder of a model as an ONNX file that runs alone, see {@link exportPart}: all or nothing, and only where it
 * gives the digits of the whole model.
 *
 * @returns the inputs and outputs of the file
 * @throws GargaloError `bad-input` where the file cannot be written, naming why; `internal` where the check fails
 */
export async function savePart(
  path: string,
  model: Model,
  part: ModelPart,
  options?: RuntimeOptions,
): Promise<Pick<Program, 'inputs' | 'outputs'>> {
  const program = partProgram(model, part);
  const runtime = await createRuntime(await runtimeFor(model, options));
  try {
    const examples = probes(model.specification);
    const whole = await outputsOf(runtime, encodeProgram(inferenceGraph(model)), examples);
    const [fed, made] = part === 'encoder' ? [examples, 'code'] : [floatsOf(whole.code), 'reconstruction'];
    const outputs = async (bytes: Uint8Array) => floatsOf((await outputsOf(runtime, { ...program, bytes }, fed))[made]);
    await writeChecked(path, program.bytes, outputs, floatsOf(whole[made]));
  } finally {
    await runtime.close();
  }
  const { inputs, outputs } = program;
  return { inputs, outputs };
}
