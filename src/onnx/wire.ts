// Protocol buffers' wire format (https://protobuf.dev/programming-guides/encoding), as far as ONNX needs it: a dependency
// for it costs more at the start of a program than all of its own modules, for descriptors of messages that nobody uses.

type Scalar = 'int32' | 'int64' | 'float' | 'string' | 'bytes';
type Kind = Scalar | (() => Message<unknown>);
/** Number, type and, for lists, how they are written; a reader takes both forms. */
type FieldLine = readonly [number: number, kind: Kind, list?: 'repeated' | 'packed'];

interface Field {
  readonly name: string;
  readonly number: number;
  readonly kind: Kind;
  readonly list: 'repeated' | 'packed' | undefined;
}

/** A message type: its fields, the highest number first, as messages are put together from their end. */
export interface Message<Content> {
  readonly backwards: readonly Field[];
  readonly byNumber: ReadonlyMap<number, Field>;
  /** For the compiler alone. */
  readonly content?: Content;
}

/** Declares a message, a line for each of its fields. Fields that are not declared are skipped when it is read. */
export function message<Content>(lines: { readonly [Name in keyof Required<Content>]: FieldLine }): Message<Content> {
  const fields = Object.entries<FieldLine>(lines)
    .map(([name, [number, kind, list]]): Field => ({ name, number, kind, list }))
    .sort((a, b) => b.number - a.number);
  return { backwards: fields, byNumber: new Map(fields.map((field) => [field.number, field])) };
}

const VARINT = 0;
const EIGHT_BYTES = 1;
const BYTES = 2;
const FOUR_BYTES = 5;

function wireTypeOf(kind: Kind): number {
  if (kind === 'int32' || kind === 'int64') return VARINT;
  return kind === 'float' ? FOUR_BYTES : BYTES;
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();
const fourBytes = new DataView(new ArrayBuffer(4));

/** Bytes put together from the end to the start: so the length of a message is known when it is written, before it. */
class Sink {
  #bytes = new Uint8Array(1024);
  #start = 1024;

  get length(): number {
    return this.#bytes.length - this.#start;
  }

  /** Makes room for bytes before what is there, and gives their position. */
  #before(count: number): number {
    if (this.#start < count) {
      const larger = new Uint8Array(2 * this.#bytes.length + count);
      const start = larger.length - this.length;
      larger.set(this.#bytes.subarray(this.#start), start);
      this.#bytes = larger;
      this.#start = start;
    }
    this.#start -= count;
    return this.#start;
  }

  bytes(value: Uint8Array | readonly number[]): void {
    // the position first: making room may exchange the memory
    const at = this.#before(value.length);
    this.#bytes.set(value, at);
  }

  /** Seven bits a byte, the lowest first; negative numbers as 64 bits in two's complement. */
  varint(value: number | bigint): void {
    if (value < 0 || value > 0x7fffffff) {
      let rest = BigInt.asUintN(64, BigInt(value));
      const groups: number[] = [];
      for (; rest > 0x7fn; rest >>= 7n) groups.push(Number(rest & 0x7fn) | 0x80);
      this.bytes([...groups, Number(rest)]);
      return;
    }
    let rest = Number(value);
    let at = this.#before(rest < 0x80 ? 1 : rest < 0x4000 ? 2 : rest < 0x200000 ? 3 : rest < 0x10000000 ? 4 : 5);
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[at++] = (rest & 0x7f) | 0x80;
    this.#bytes[at] = rest;
  }

  /** UTF-8, after its length. */
  string(value: string): void {
    const length = this.length;
    let at = this.#before(value.length);
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) {
        this.#start = this.#bytes.length - length;
        this.bytes(utf8.encode(value));
        break;
      }
      this.#bytes[at++] = code;
    }
    this.varint(this.length - length);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(this.#start);
  }
}

/** Values are of the types that the message's lines declare. */
function writeValue(sink: Sink, kind: Kind, value: unknown): void {
  if (typeof kind === 'function') {
    const length = sink.length;
    writeFields(sink, kind(), value as object);
    sink.varint(sink.length - length);
  } else if (typeof value === 'string') {
    sink.string(value);
  } else if (value instanceof Uint8Array) {
    sink.bytes(value);
    sink.varint(value.length);
  } else if (kind === 'float') {
    fourBytes.setFloat32(0, Number(value), true);
    sink.bytes(new Uint8Array(fourBytes.buffer));
  } else {
    sink.varint(value as number | bigint);
  }
}

function writeFields(sink: Sink, { backwards }: Message<unknown>, content: object): void {
  const given = content as Readonly<Record<string, unknown>>;
  for (const { name, number, kind, list } of backwards) {
    const value = given[name];
    if (value === undefined) continue;
    const values = list ? (value as readonly unknown[]).toReversed() : [value];
    const tag = (number << 3) | wireTypeOf(kind);
    const length = sink.length;
    for (const each of values) {
      writeValue(sink, kind, each);
      if (list !== 'packed') sink.varint(tag);
    }
    if (list === 'packed' && values.length > 0) {
      sink.varint(sink.length - length);
      sink.varint((number << 3) | BYTES);
    }
  }
}

/** A message as bytes. Fields that are undefined are left out. */
export function encodeMessage<Content extends object>(type: Message<Content>, content: Content): Uint8Array {
  const sink = new Sink();
  writeFields(sink, type, content);
  return sink.finish();
}

/** Messages, texts and numbers of a file, at most, beside packed floats: two bytes can stand for a message, which takes hundreds in memory. */
export const MOST_PARTS = 2 ** 20;

/** The bytes have more parts than {@link MOST_PARTS}. */
export class TooManyParts extends RangeError {}

/** Counts the parts that are read. */
function partCounter(): () => void {
  let left = MOST_PARTS;
  return () => {
    if (left-- <= 0) throw new TooManyParts(`more than ${MOST_PARTS} messages, texts and numbers`);
  };
}

/** Bytes being read, up to an end. */
class Source {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
    this.end = end;
  }

  get isOver(): boolean {
    return this.#at >= this.end;
  }

  /** The position of the next `count` bytes, which are read. */
  #take(count: number): number {
    const start = this.#at;
    if (count > this.end - start) throw new RangeError('the bytes end within a field');
    this.#at += count;
    return start;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#view.getUint8(this.#take(1));
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new RangeError('a number of more than ten bytes');
  }

  float(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  /** The bytes of a field that begins with its length; a view. */
  delimited(): Uint8Array {
    const length = Number(this.varint());
    if (length < 0) throw new RangeError('a negative length');
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  skip(wireType: number): void {
    if (wireType === VARINT) this.varint();
    else if (wireType === EIGHT_BYTES) this.#take(8);
    else if (wireType === BYTES) this.delimited();
    else if (wireType === FOUR_BYTES) this.#take(4);
    else throw new RangeError(`a field of wire type ${wireType}`);
  }
}

function readValue(source: Source, kind: Kind, count: () => void): unknown {
  if (kind !== 'float') count();
  switch (kind) {
    case 'int32':
      return Number(BigInt.asIntN(32, source.varint()));
    case 'int64':
      return source.varint();
    case 'float':
      return source.float();
    case 'string':
      return fromUtf8.decode(source.delimited());
    case 'bytes':
      return source.delimited();
    default:
      return readFields(kind(), source.delimited(), count);
  }
}

function readFields({ backwards, byNumber }: Message<unknown>, bytes: Uint8Array, count: () => void): object {
  const content: Record<string, unknown> = {};
  const lists: Record<string, unknown[]> = {};
  for (const { name, list } of backwards) if (list) content[name] = lists[name] = [];
  const source = new Source(bytes);
  while (!source.isOver) {
    const tag = Number(source.varint());
    const wireType = tag & 7;
    const field = byNumber.get(tag >>> 3);
    if (!field) {
      source.skip(wireType);
      continue;
    }
    const { name, kind } = field;
    const list = lists[name];
    if (list && wireType === BYTES && wireTypeOf(kind) !== BYTES) {
      for (const packed = new Source(source.delimited()); !packed.isOver; ) list.push(readValue(packed, kind, count));
    } else if (wireType !== wireTypeOf(kind)) {
      throw new RangeError(`field ${name} of wire type ${wireType}`);
    } else {
      const value = readValue(source, kind, count);
      if (list) list.push(value);
      else content[name] = value;
    }
  }
  return content;
}

/**
 * Reads a message. Lists are empty where the bytes have nothing for them, other fields undefined.
 *
 * @throws RangeError where the bytes are no message, end too early, or have more parts than {@link MOST_PARTS}
 */
export function decodeMessage<Content>(type: Message<Content>, bytes: Uint8Array): Content {
  return readFields(type, bytes, partCounter()) as Content;
}
