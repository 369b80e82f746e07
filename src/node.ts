// The door `gargalo/node`: what needs files; a line each.

export { readIdx } from './data/idx.js';
export { type DecodeOptions, readImage } from './data/images/decode.js';
export { describeImages, type ImagesDescription } from './data/images/describe.js';
export type { ImageOptions } from './data/images/plan.js';
export { readImages } from './data/images/read.js';
export { loadMnist } from './data/mnist.js';
export { readNpy } from './data/npy.js';
export { type NpzOptions, readNpz } from './data/npz.js';
export { type OpenOptions, openData, openSource, openTable } from './data/open.js';
export { openCsvTable } from './data/table/csv.js';
export { readCsv, readParquet } from './data/table/files.js';
export { openParquetTable } from './data/table/parquet.js';
export {
  numberColumns,
  type OutputCells,
  type OutputColumn,
  openTableWriter,
  type TableWriter,
  writeTable,
} from './data/write.js';
export { openPictureFolder, openPictureWriter, type PictureWriter, writePicture } from './data/write-pictures.js';
export { type PageWords, reportInput } from './report/latent/assemble.js';
export { renderLatentReport } from './report/latent/report.js';
export {
  type Arrangement,
  type CodecComparison,
  type CodecOutcome,
  type CodecTrial,
  codecTrial,
  compareCodec,
} from './tasks/compress/compare.js';
export { compareImages, type ImageComparison, type ImageComparisonOptions } from './tasks/compress/compare-images.js';
export { type CodecEffort, type ImageCodec, imageCodecs } from './tasks/compress/image-codecs.js';
export { load, loadModel, saveModel } from './train/model-file.js';
