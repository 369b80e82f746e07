import type { LiveData, LiveMap, LiveRun } from '../pages/latent/live-data.js';

/** Calls once, when it is first asked; the promise is kept. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The same for each key. */
export function onceEach<T>(make: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (key) => {
    const known = made.get(key);
    if (known) return known;
    const promise = make(key);
    made.set(key, promise);
    return promise;
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

/** [points, width] */
export async function readCodes({ id, codes, width }: LiveRun): Promise<Float32Array> {
  const bytes = await readIsland(`codes/${id}`);
  if (codes.type === 'float32') return new Float32Array(together(bytes, 4));
  const steps = new Uint16Array(together(bytes, 2));
  return Float32Array.from(steps, (step, i) => {
    const low = codes.low[i % width] ?? 0;
    return low + (step / 65_535) * ((codes.high[i % width] ?? low) - low);
  });
}

/** [points, 2] */
export async function readPoints(run: LiveRun, { method, bounds }: LiveMap): Promise<Float32Array> {
  const steps = new Uint16Array(together(await readIsland(`map/${run.id}/${method}`), 2));
  const { left, right, bottom, top } = bounds;
  return Float32Array.from(steps, (step, i) =>
    i % 2 === 0 ? left + (step / 65_535) * (right - left) : bottom + (step / 65_535) * (top - bottom),
  );
}

/** The index of all islands, where the page has one. */
export function readIndex(): LiveData | undefined {
  const text = document.querySelector('#live-data')?.textContent;
  return text ? (JSON.parse(text) as LiveData) : undefined;
}
