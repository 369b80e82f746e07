import type { LiveData, LiveMap, LiveRun } from '../pages/latent/live-data.js';

/** Makes what is asked for once, when it is first asked; of what has a key once for each. */
export function once<Key extends readonly string[], T>(make: (...key: Key) => T): (...key: Key) => T {
  const kept = new Map<string, T>();
  return (...key) => {
    const known = kept.get(key.join()) ?? make(...key);
    kept.set(key.join(), known);
    return known;
  };
}

/** The bytes of an island, whose text is let go. */
export async function readIsland(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const element = document.querySelector(`script[data-live="${CSS.escape(name)}"]`);
  if (!element) throw new Error(`expected the island ${name} in the page`);
  const text = atob(element.textContent ?? '');
  element.remove();
  const packed = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Undoes what pack.ts does to values of several bytes: first all first bytes, then all second ones. */
export function together(bytes: Uint8Array<ArrayBuffer>, wide: number): ArrayBuffer {
  const values = bytes.slice();
  const count = Math.floor(bytes.length / wide);
  for (let place = 0; place < wide; place++) {
    for (let i = 0; i < count; i++) values[i * wide + place] = bytes[place * count + i]!;
  }
  return values.buffer;
}

export const readLabels = once(async () => new Int16Array(together(await readIsland('labels'), 2)));
export const readExamples = once(() => readIsland('examples'));

/** Rows of numbers that travel as 65,535ths between the ends of each column. */
function fromSteps(bytes: Uint8Array<ArrayBuffer>, low: readonly number[], high: readonly number[]): Float32Array {
  return Float32Array.from(new Uint16Array(together(bytes, 2)), (step, i) => {
    const [from, to] = [low[i % low.length] ?? 0, high[i % low.length] ?? 0];
    return from + (step / 65_535) * (to - from);
  });
}

/** [points, width] */
export async function readCodes({ id, codes }: LiveRun): Promise<Float32Array> {
  const bytes = await readIsland(`codes/${id}`);
  return codes.type === 'float32' ? new Float32Array(together(bytes, 4)) : fromSteps(bytes, codes.low, codes.high);
}

/** [points, 2] */
export async function readPoints({ id }: LiveRun, { method, bounds }: LiveMap): Promise<Float32Array> {
  const { left, right, bottom, top } = bounds;
  return fromSteps(await readIsland(`map/${id}/${method}`), [left, bottom], [right, top]);
}

/** The index of all islands, where the page has one. */
export function readIndex(): LiveData | undefined {
  const text = document.querySelector('#live-data')?.textContent;
  return text ? (JSON.parse(text) as LiveData) : undefined;
}
