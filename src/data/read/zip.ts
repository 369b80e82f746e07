import { createInflateRaw } from 'node:zlib';
import { badInput } from '../../core/errors.js';
import { gathered, unpackedPieces } from './packed.js';
import type { ByteSource } from './positional.js';

/** One file in a ZIP archive. */
export interface ZipMember {
  readonly name: string;
  /** Whether its bytes lie there as they are, or deflated. */
  readonly method: 'stored' | 'deflated';
  /** Bytes as packed, and unpacked. */
  readonly packed: number;
  readonly size: number;
  readonly crc: number;
  /** Where its own header begins. */
  readonly header: number;
}

const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const END_64 = 0x06064b50;
const ENTRY = 0x02014b50;
const MEMBER = 0x04034b50;
/** Bytes of a member's header, without its name. */
const MEMBER_HEAD = 30;
/** An entry of 32 bits that says: look among the 64-bit ones. */
const ELSEWHERE = 0xffffffff;
/** The end of an archive with the longest comment. */
const LONGEST_END = 22 + 65_535;
/** A directory of more bytes than this has a million members. */
const LARGEST_DIRECTORY = 2 ** 26;

/** Deflating makes nothing smaller than this part of it. */
const LARGEST_RATIO = 1032;

const damaged = (path: string, what: string) =>
  badInput(path, `expected an intact ZIP archive, got ${what}`, 'make or fetch it again');

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength);

/** A number of 64 bits, where it is one that JavaScript counts to. */
function long(view: DataView, at: number, path: string): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw damaged(path, `a place of ${value} in it`);
  return value;
}

/** Where the directory lies and how long it is. */
async function findDirectory(source: ByteSource): Promise<{ start: number; bytes: number; count: number }> {
  const { path, size } = source;
  const tail = await source.read(Math.max(0, size - LONGEST_END), Math.min(size, LONGEST_END));
  const view = viewOf(tail);
  let end = tail.length - 22;
  // the last one whose comment ends with the file
  while (end >= 0 && !(view.getUint32(end, true) === END && end + 22 + view.getUint16(end + 20, true) === tail.length))
    end--;
  if (end < 0) throw damaged(path, 'one without an end: it is cut short');
  const found = {
    count: view.getUint16(end + 10, true),
    bytes: view.getUint32(end + 12, true),
    start: view.getUint32(end + 16, true),
  };
  if (end < 20 || view.getUint32(end - 20, true) !== END_64_LOCATOR) return found;
  const place = long(view, end - 20 + 8, path);
  if (place + 56 > size) throw damaged(path, 'one whose directory lies outside of it');
  const wide = viewOf(await source.read(place, 56));
  if (wide.getUint32(0, true) !== END_64) throw damaged(path, 'one whose directory is not where it should be');
  return { count: long(wide, 32, path), bytes: long(wide, 40, path), start: long(wide, 48, path) };
}

/** What a size or place of an entry is, one after the other, where it did not fit into 32 bits (APPNOTE 4.5.3). */
function wideFields(extra: Uint8Array, path: string): (narrow: number) => number {
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const [id, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (id === 1) {
      let next = at + 4;
      const end = Math.min(extra.length, next + length);
      return (narrow) => {
        if (narrow !== ELSEWHERE) return narrow;
        next += 8;
        if (next > end) throw damaged(path, 'a directory with missing sizes');
        return long(view, next - 8, path);
      };
    }
    at += 4 + length;
  }
  return (narrow) => narrow;
}

/** Whether these bytes begin a ZIP archive. */
export function isZip(head: Uint8Array): boolean {
  const [p, k, kind, other] = head;
  return p === 0x50 && k === 0x4b && ((kind === 3 && other === 4) || (kind === 5 && other === 6));
}

/**
 * The directory of a ZIP archive (PKWARE's APPNOTE 6.3.9), of more than 4 GiB too.
 *
 * @throws GargaloError `bad-input` where it is cut short, damaged, encrypted or packed in other ways than stored and deflated
 */
export async function readZip(source: ByteSource): Promise<ZipMember[]> {
  const { path, size } = source;
  const { start, bytes, count } = await findDirectory(source);
  if (start + bytes > size || bytes > LARGEST_DIRECTORY) throw damaged(path, 'one whose directory lies outside of it');
  const directory = await source.read(start, bytes);
  const view = viewOf(directory);
  const members: ZipMember[] = [];
  for (let at = 0; members.length < count; ) {
    if (at + 46 > bytes || view.getUint32(at, true) !== ENTRY) throw damaged(path, 'a directory that is cut short');
    const [names, extras] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
    const next = at + 46 + names + extras + view.getUint16(at + 32, true);
    if (next > bytes) throw damaged(path, 'a directory that is cut short');
    const name = new TextDecoder().decode(directory.subarray(at + 46, at + 46 + names));
    const extra = directory.subarray(at + 46 + names, at + 46 + names + extras);
    const wide = wideFields(extra, path);
    const unpacked = wide(view.getUint32(at + 24, true));
    const packed = wide(view.getUint32(at + 20, true));
    const header = wide(view.getUint32(at + 42, true));
    const where = `${path}:${name}`;
    const method = view.getUint16(at + 10, true);
    if (view.getUint16(at + 8, true) & 1)
      throw badInput(where, 'expected plain data, got encrypted ones', 'unpack it first');
    if (method !== 0 && method !== 8) {
      throw badInput(where, `expected stored or deflated data, got compression method ${method}`, 'pack it again');
    }
    const fits = method === 0 ? packed === unpacked : unpacked <= packed * LARGEST_RATIO + 1024;
    if (header + packed > size || !fits) throw damaged(where, 'sizes that cannot be');
    members.push({
      name,
      method: method === 0 ? 'stored' : 'deflated',
      packed,
      size: unpacked,
      crc: view.getUint32(at + 16, true),
      header,
    });
    at = next;
  }
  refuseShared(members, path);
  return members;
}

/** Refuses members that lie in the same bytes: each would be unpacked anew, and a small file stand for any number of them. */
function refuseShared(members: readonly ZipMember[], path: string): void {
  let end = 0;
  for (const { header, packed, name } of members.toSorted((a, b) => a.header - b.header)) {
    if (header < end) throw damaged(`${path}:${name}`, 'one in the bytes of another');
    end = header + MEMBER_HEAD + packed;
  }
}

/** Where the bytes of a member begin. */
export async function memberStart(source: ByteSource, { header, packed, name }: ZipMember): Promise<number> {
  const where = `${source.path}:${name}`;
  if (header + MEMBER_HEAD > source.size) throw damaged(where, 'one that is cut short');
  const view = viewOf(await source.read(header, MEMBER_HEAD));
  if (view.getUint32(0, true) !== MEMBER) throw damaged(where, 'a directory that points elsewhere');
  const start = header + MEMBER_HEAD + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + packed > source.size) throw damaged(where, 'one that is cut short');
  return start;
}

let table: Uint32Array | undefined;

/** The check sum of ZIP, gzip and PNG, of polynomial 0xedb88320. */
export function crc32(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
    return value;
  });
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}

/**
 * All bytes of a member, whose check sum is looked at.
 *
 * @throws GargaloError `bad-input` where they are damaged
 */
export async function readMember(source: ByteSource, member: ZipMember): Promise<Uint8Array<ArrayBuffer>> {
  const where = `${source.path}:${member.name}`;
  const bytes = await gathered(memberPieces(source, member), member.size, where);
  if (bytes.length !== member.size) throw damaged(where, `${bytes.length} bytes instead of ${member.size}`);
  if (crc32(bytes) !== member.crc) throw damaged(where, 'data with another check sum');
  return bytes;
}

/**
 * The bytes of a member, piece after piece: for what is larger than memory. More than it says to have do not come.
 *
 * @throws GargaloError `bad-input` where they are damaged or end before
 */
export async function* memberPieces(source: ByteSource, member: ZipMember): AsyncGenerator<Uint8Array, void> {
  const where = `${source.path}:${member.name}`;
  const start = await memberStart(source, member);
  if (member.size === 0) return;
  if (member.packed === 0) throw damaged(where, `no bytes instead of ${member.size}`);
  const pieces = unpackedPieces({
    path: source.path,
    range: { start, end: start + member.packed - 1 },
    unpack: member.method === 'deflated' ? createInflateRaw({ chunkSize: 2 ** 18 }) : undefined,
    damaged: (what) => damaged(where, what),
  });
  let seen = 0;
  for await (const piece of pieces) {
    seen += piece.length;
    if (seen > member.size) throw damaged(where, `more than ${member.size} bytes`);
    yield piece;
  }
  if (seen < member.size) throw damaged(where, `${seen} bytes instead of ${member.size}`);
}
