// ONNX Runtime inside a page that is one file: on the page's own thread, its WebAssembly given as bytes.
import * as ort from 'onnxruntime-web/wasm';
import { sessionOptions } from './worker-host.js';

/** A model from one input to named outputs, on rows of 32-bit floats. */
export interface InlineProgram {
  /**
   * @param values [rows, width of the input]
   * @returns each output, flat, [rows, its own width]
   */
  run(values: Float32Array, rows: number): Promise<Readonly<Record<string, Float32Array>>>;
}

/**
 * Tells ONNX Runtime where its WebAssembly is. Once, before the first program is opened.
 *
 * @param wasm ort-wasm-simd-threaded.wasm
 */
export function provideWasm(wasm: ArrayBuffer): void {
  ort.env.wasm.wasmBinary = wasm;
  // Threads would need a worker script of their own and a page that is cross-origin isolated.
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
}

/** Opens a model whose inputs and outputs are all [batch, …] of 32-bit floats. Runs wait for one another. */
export async function openInline(model: Uint8Array): Promise<InlineProgram> {
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'], ...sessionOptions });
  const input = session.inputNames[0]!;
  let last: Promise<unknown> = Promise.resolve();
  const run = async (values: Float32Array, rows: number): Promise<Record<string, Float32Array>> => {
    const tensor = new ort.Tensor('float32', values, [rows, values.length / rows]);
    const outputs = await session.run({ [input]: tensor });
    return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]));
  };
  return {
    run(values, rows) {
      const mine = last.then(() => run(values, rows));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}
