import type { WorkOptions } from '../core/work.js';
import {
  arrayDataset,
  type Carried,
  type CarriedCells,
  concatenated,
  type Dataset,
  type ExampleFacts,
  emptyValues,
  formOf,
  type Labels,
  type Values,
} from './dataset.js';
import type { ExampleBlock, ExampleStream } from './stream.js';
import { sortedNames } from './table/words.js';

/** Classes by their names as they come: a number is kept of each example, not its word. */
export function collectLabels() {
  const codes = new Map<string, number>();
  const parts: Int32Array[] = [];
  const codeOf = (name: string | undefined): number => {
    if (name === undefined) return -1;
    const code = codes.get(name) ?? codes.size;
    codes.set(name, code);
    return code;
  };
  return {
    add: (labels: readonly (string | undefined)[]) => void parts.push(Int32Array.from(labels, codeOf)),
    /** Classes in the order of their names (of their values, where all are numbers), instead of that of their appearance. */
    take(): Labels {
      const names = sortedNames([...codes.keys()]);
      const places = new Map(names.map((name, place) => [codeOf(name), place]));
      return { names, values: (concatenated(parts) ?? new Int32Array(0)).map((code) => places.get(code) ?? -1) };
    },
  };
}

/** The states of cells, of blocks of which some have any; undefined where none has. */
function joinedCells(blocks: readonly ExampleBlock[], length: number): Uint8Array | undefined {
  let all: Uint8Array | undefined;
  for (const { start, end, cells } of blocks) {
    if (!cells) continue;
    const columns = cells.length / (end - start);
    all ??= new Uint8Array(length * columns);
    all.set(cells, start * columns);
  }
  return all;
}

/** The cells of carried columns, block after block: those of a group once, however often they come. */
function collectCarried({ carried }: ExampleStream) {
  const columns = (carried ?? []).map((column) => ({
    ...column,
    known: new Map<string, string>(),
    texts: [] as (string | undefined)[],
    numbers: [] as Int32Array[],
  }));
  const once = (known: Map<string, string>, text: string | undefined): string | undefined => {
    if (text === undefined) return undefined;
    const before = known.get(text);
    if (before === undefined) known.set(text, text);
    return before ?? text;
  };
  return {
    add(cells: readonly CarriedCells[] = []): void {
      for (const [i, { role, known, texts, numbers }] of columns.entries()) {
        const values = cells[i] ?? [];
        if (values instanceof Int32Array) numbers.push(values.slice());
        else for (const text of values) texts.push(role === 'group' ? once(known, text) : text);
      }
    },
    take: (): Carried[] =>
      columns.map(({ name, role, texts, numbers }) => {
        return { name, role, values: role === 'row' ? (concatenated(numbers) ?? new Int32Array(0)) : texts };
      }),
  };
}

/** Where pieces of a series begin, of blocks of which some say so. */
function joinedBegins(marked: readonly ExampleBlock[], length: number): Uint8Array | undefined {
  if (marked.length === 0) return undefined;
  const all = new Uint8Array(length);
  for (const { start, begins } of marked) if (begins) all.set(begins, start);
  return all;
}

/** What {@link gatherFacts} may be told. */
export interface GatherOptions extends WorkOptions {
  /** Whether the states of cells are kept, which take a byte for each cell; asked at each block. */
  readonly keepsCells?: () => boolean;
}

/** What examples have beside their values. */
export type GatheredFacts = ExampleFacts & Pick<Dataset, 'overlap'>;

/**
 * Walks over a stream, gives away the values of each block, and keeps labels, times, names, carried columns and the states of cells.
 *
 * @param put takes the values of a block, which may be a view
 * @throws GargaloError as the stream does
 */
export async function gatherFacts(
  stream: ExampleStream,
  put: (values: Values) => void | Promise<void>,
  { signal, onProgress, keepsCells = () => true }: GatherOptions = {},
): Promise<GatheredFacts> {
  const labels = collectLabels();
  const times: Float64Array[] = [];
  const names: string[] = [];
  const marked: ExampleBlock[] = [];
  const begun: ExampleBlock[] = [];
  const carried = collectCarried(stream);
  let length = 0;
  for await (const block of stream.blocks({ signal })) {
    await put(block.values);
    if (block.labels) labels.add(block.labels);
    if (block.times) times.push(block.times.slice());
    for (const name of block.names ?? []) names.push(name);
    carried.add(block.carried);
    if (block.begins) begun.push({ ...block, values: emptyValues(stream.type, 0) });
    if (!keepsCells()) marked.length = 0;
    else if (block.cells) marked.push({ ...block, values: emptyValues(stream.type, 0) });
    length = block.end;
    onProgress?.({ done: block.end, ...(stream.length !== undefined && { total: stream.length }) });
  }
  const cells = joinedCells(marked, length);
  const begins = joinedBegins(begun, length);
  return {
    ...(stream.labelled && { labels: labels.take() }),
    ...(stream.time && { times: { ...stream.time, values: concatenated(times) ?? new Float64Array(0) } }),
    ...(stream.named && { names }),
    ...(cells && { cells }),
    ...(stream.carried && { carried: carried.take() }),
    ...(begins && { begins }),
    ...(stream.overlap !== undefined && { overlap: stream.overlap }),
  };
}

/** Values of blocks one after the other, as a data set of the form of a stream. */
export function datasetOfParts(parts: readonly Values[], stream: ExampleStream, facts: GatheredFacts): Dataset {
  return arrayDataset(concatenated(parts) ?? emptyValues(stream.type, 0), { ...formOf(stream), ...facts });
}

/** Reads a stream to its end into memory. */
export async function collectInMemory(stream: ExampleStream, work: WorkOptions = {}): Promise<Dataset> {
  const parts: Values[] = [];
  const facts = await gatherFacts(stream, (values) => void parts.push(values.slice()), work);
  return datasetOfParts(parts, stream, facts);
}
