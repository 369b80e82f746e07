// What a Parquet file says of itself is in Thrift's compact protocol. The library that reads it makes room for a list by what its head says of its
// length, and an object for each byte that stands for one: lists and parts are counted here before.

/** Bytes for each struct and text, on average, and so many in any case. Of files as they are written it is six and more. */
const [BYTES_A_PART, ANY_PARTS] = [4, 1000];
/** How deep structs lie in one another. */
const DEEPEST = 32;

const [TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12];

/**
 * Looks over a struct that begins at a place.
 *
 * @throws Error where a list is longer than the bytes that are left, or there are more structs and texts than so few bytes can be
 */
export function checkThrift(view: DataView, start = 0): void {
  const end = view.byteLength;
  let at = start;
  let left = ANY_PARTS + (end - start) / BYTES_A_PART;
  const byte = (): number => view.getUint8(at++);
  const varint = (): number => {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      const next = byte();
      value += (next & 127) * place;
      if (next < 128) return value;
    }
  };
  const part = (): void => {
    if (left-- < 1) throw new Error(`more than ${Math.ceil(ANY_PARTS + (end - start) / BYTES_A_PART)} parts`);
  };
  const skip = (type: number, depth: number): void => {
    if (type === BYTE) at++;
    else if (type === I16 || type === I32 || type === I64) varint();
    else if (type === DOUBLE) at += 8;
    else if (type === BINARY) {
      part();
      const length = varint();
      at += length;
    } else if (type === LIST) list(depth);
    else if (type === STRUCT) struct(depth + 1);
    else if (type !== TRUE && type !== FALSE) throw new Error(`a part of type ${type}`);
  };
  const list = (depth: number): void => {
    if (depth > DEEPEST) throw new Error(`parts more than ${DEEPEST} deep`);
    const head = byte();
    const length = head >> 4 === 15 ? varint() : head >> 4;
    if (length > end - at) throw new Error(`a list of ${length} in ${end - at} bytes`);
    const type = head & 15;
    for (let i = 0; i < length; i++) skip(type === TRUE || type === FALSE ? BYTE : type, depth + 1);
  };
  const struct = (depth: number): void => {
    part();
    if (depth > DEEPEST) throw new Error(`parts more than ${DEEPEST} deep`);
    for (let head = byte(); (head & 15) !== 0; head = byte()) {
      if (head >> 4 === 0) varint();
      skip(head & 15, depth);
    }
  };
  struct(0);
}
