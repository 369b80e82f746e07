/** Bytes that can be read in any part: of a file, a Blob, an array. */
export interface ByteSource {
  readonly size: number;
  /** Bytes start … end − 1. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** What is taken for bytes; a Blob is one, and so is the File that a person chooses in a page. */
export type Bytes = Uint8Array | Blob | ByteSource;

/** Bytes in memory, or in a Blob, as a source. */
export function byteSourceOf(bytes: Bytes): ByteSource {
  if (bytes instanceof Uint8Array) {
    return { size: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
  }
  if (!(bytes instanceof Blob)) return bytes;
  return {
    size: bytes.size,
    read: async (start, end) => new Uint8Array(await bytes.slice(start, end).arrayBuffer()),
  };
}
