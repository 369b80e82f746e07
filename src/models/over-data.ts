import { createRuntime } from '#runtime';
import { itemAt } from '../core/collections.js';
import type { Dataset } from '../data/dataset.js';
import { staticSides } from '../graph/shape.js';
import { encodeProgram, type GraphDescription } from '../onnx/encode.js';
import type { HostTensor, RuntimeOptions } from '../runtime/runtime.js';

/** What a graph gave for some examples of a data set. */
export interface BlockOutputs {
  /** Position of the first of these examples. */
  readonly start: number;
  readonly end: number;
  readonly outputs: Readonly<Record<string, HostTensor>>;
}

/** Examples run at once. */
const BLOCK = 2048;

/**
 * Runs a graph over a data set in blocks, in order, on a runtime of its own that is closed at the end.
 *
 * @param graph its only input takes the examples in raw units, [batch, …], of the data's type or float32
 */
export async function* overData(
  graph: GraphDescription,
  dataset: Dataset,
  options: RuntimeOptions & { readonly rows?: number } = {},
): AsyncGenerator<BlockOutputs> {
  const { rows = BLOCK, ...runtimeOptions } = options;
  const input = itemAt(graph.inputs, 0);
  const runtime = await createRuntime(runtimeOptions);
  try {
    const executable = await runtime.load(encodeProgram(graph));
    for (let start = 0; start < dataset.length; start += rows) {
      const end = Math.min(start + rows, dataset.length);
      const raw = await dataset.block(start, end);
      const isSame = input.type === dataset.type;
      const values = isSame ? raw.slice() : Float32Array.from(raw);
      const shape = [end - start, ...staticSides(input.shape.slice(1))];
      const type = isSame ? dataset.type : 'float32';
      const { fetched } = await executable.run({ [input.attributes.name]: { type, shape, values } });
      yield { start, end, outputs: fetched };
    }
  } finally {
    await runtime.close();
  }
}
