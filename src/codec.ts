// The door `gargalo/codec`: examples to small files and back; a line each.

export type { ByteSource, Bytes } from './tasks/compress/byte-source.js';
export type { StepChoice } from './tasks/compress/choose-step.js';
export {
  type Compressed,
  type CompressionFigures,
  type CompressOptions,
  compress,
  compressParts,
} from './tasks/compress/compress.js';
export { type GarFile, type IntegerBlock, openGar } from './tasks/compress/container.js';
export { decoderHash, type Embedding } from './tasks/compress/decoder-part.js';
export {
  type DecompressedBlock,
  type Decompression,
  type DecompressOptions,
  decompress,
  openCompressed,
} from './tasks/compress/decompress.js';
export type { Fidelity } from './tasks/compress/fidelity.js';
export type { GarHeader } from './tasks/compress/header.js';
export type { Expectation } from './tasks/compress/integers.js';
export type { Quantizer } from './tasks/compress/quantizer.js';
