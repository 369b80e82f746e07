// The door `gargalo/node`: what needs files; a line each.

export {
  type DecodeOptions,
  type ImageContent,
  type ImageHeader,
  readImage,
  readSamples,
} from './data/images/decode.js';
export { describeImages, type ImageFolder, type ImagesDescription } from './data/images/describe.js';
export type { ImageBytes, ImageFile, ImageFiles, ImageSource } from './data/images/files.js';
export type { ImageOptions, ImagePlan } from './data/images/plan.js';
export { readImages } from './data/images/read.js';
export type { UnpackLimit } from './data/large.js';
export type { ArrayLayout } from './data/layout.js';
export type { Look, PictureLook } from './data/look.js';
export { type IdxOptions, readIdx } from './data/read/idx.js';
export { loadMnist } from './data/read/mnist.js';
export { readNpy } from './data/read/npy.js';
export { type NpzOptions, readNpz } from './data/read/npz.js';
export { type OpenOptions, openData, openSource, openTable } from './data/read/open.js';
export { type CsvReading, openCsvTable } from './data/table/csv.js';
export { readCsv, readParquet } from './data/table/files.js';
export type { WrittenTexts } from './data/table/formula-cells.js';
export { openParquetTable } from './data/table/parquet.js';
export type { Picture, Pictures, Samples } from './data/write/picture-sheet.js';
export {
  openPictureFolder,
  openPictureWriter,
  type PictureEnding,
  type PictureFolder,
  type PictureWriter,
  type PictureWriterOptions,
  writePicture,
} from './data/write/pictures.js';
export {
  numberColumns,
  type OutputCells,
  type OutputColumn,
  openTableWriter,
  type Table,
  type TableWriter,
  type TableWriterOptions,
  writeTable,
} from './data/write/write.js';
export type { NumberCells } from './data/write/writer.js';
export { type PageWords, reportInput } from './report/pages/latent/assemble.js';
export type { LatentReportInput } from './report/pages/latent/input.js';
export { renderLatentReport } from './report/pages/latent/report.js';
export {
  type Arrangement,
  type CodecComparison,
  type CodecOutcome,
  type CodecPictures,
  type CodecTrial,
  codecTrial,
  compareCodec,
} from './tasks/compress/compare.js';
export {
  compareImages,
  type ImageComparison,
  type ImageComparisonOptions,
  type OurPoint,
} from './tasks/compress/compare-images.js';
export { type CodecEffort, type ImageCodec, imageCodecs } from './tasks/compress/image-codecs.js';
export { load, loadModel, saveModel, savePart } from './train/model-file.js';
