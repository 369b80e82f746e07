// The door `gargalo`: train, keep and use autoencoders, in Node and in a page; a line each.

export { type ErrorCode, GargaloError } from './core/errors.js';
export { flagName } from './core/option-flags.js';
export { createRandom, permutation, type Random } from './core/random.js';
export type { WorkOptions, WorkProgress } from './core/work.js';
export { binarized } from './data/binarize.js';
export {
  type ArrayDatasetOptions,
  arrayDataset,
  type Carried,
  type CarriedCells,
  type CarriedColumn,
  type Dataset,
  type ElementType,
  type ExampleFacts,
  type ExampleForm,
  type Labels,
  type PictureForm,
  type ReadingCounts,
  type SampleDepth,
  type Series,
  type SeriesCut,
  type Times,
  type Values,
} from './data/dataset.js';
export { describe, type ExamplesDescription } from './data/describe.js';
export { fingerprint } from './data/fingerprint.js';
export {
  datasetOf,
  type Examples,
  examplesOf,
  type InMemoryData,
  type InMemoryOptions,
  type NestedNumbers,
  type NumberArray,
  type Row,
  type ShapedArray,
} from './data/in-memory.js';
export type { NumberSummary, TimeSummary, WordSummary } from './data/number-figures.js';
export { chooseWindow, chooseWindowOf, type Period, periodOf, type WindowChoice } from './data/period.js';
export { applyScaling, fitScaling, type Scaling, type ScalingMethod, undoScaling } from './data/scaling.js';
export { sliceDataset } from './data/slice.js';
export { splitDataset } from './data/split.js';
export type { ExampleBlock, ExampleSource, ExampleStream } from './data/stream.js';
export type { DateOrder } from './data/table/dates.js';
export {
  type ColumnDescription,
  type DescribeTableOptions,
  describeTable,
  type TableDescription,
} from './data/table/describe.js';
export { filled, learnFills } from './data/table/fill.js';
export type { Gap } from './data/table/gap.js';
export type { NumberFormat, ThousandsMark } from './data/table/number-format.js';
export type { RawChunk, RawColumn, RawTable, WantedColumn } from './data/table/raw.js';
export { readTable, type TableOptions } from './data/table/read.js';
export type { Cell, RowRecord } from './data/table/records.js';
export type { RoleOptions } from './data/table/roles.js';
export {
  type CategoryForm,
  columnsOf,
  type MissingPolicy,
  type TableColumn,
  type TableRoles,
  type TableSchema,
  type ValueColumn,
} from './data/table/schema.js';
export type { TextForm, TextOptions } from './data/table/text-options.js';
export { type WindowOptions, windowsOf } from './data/windows.js';
export {
  type Autoencoder,
  type CodedBlock,
  type CodingOptions,
  type DecodedBlock,
  type Model,
  openAutoencoder,
  type ReconstructedBlock,
  type Weights,
} from './models/autoencoder.js';
export type {
  Calibration,
  CodeRange,
  PartDistribution,
  PatternPart,
  Patterns,
  References,
  ScoreDistribution,
  ScoreDistributions,
  ScoreName,
  ScorePart,
} from './models/calibration.js';
export type { InputDescription, Kind, KindDefinition, SocketValues } from './models/kind.js';
export { type KindName, kinds } from './models/kinds/index.js';
export type { Mixture } from './models/mixture.js';
export {
  type ChoiceOption,
  type CompleteOptionValues,
  completeOptions,
  type Described,
  type FlagOption,
  type IntegersOption,
  type NumberOption,
  type Option,
  parseOption,
  type ValueOf,
} from './models/options.js';
export { fitPca, type Pca, type PcaOptions, projectPca, reconstructPca, throughPca } from './models/pca.js';
export type { SocketOptions } from './models/socket-options.js';
export type {
  Body,
  Code,
  ConvolutionalBody,
  Corruption,
  DenseBody,
  GaussianCode,
  Penalty,
  PlainCode,
  Pretraining,
  QuantizedCode,
  RecurrentBody,
  Specification,
  TopKCode,
  VectorQuantizedCode,
} from './models/specification.js';
export type { Activation } from './nn/activations.js';
export type { LossName } from './nn/losses.js';
export type { GraphDescription } from './onnx/encode.js';
export type { Device, RuntimeOptions } from './runtime/runtime.js';
export {
  type Classifier,
  classifierGraph,
  featureGraph,
  type Predictions,
  predictClasses,
} from './tasks/classifier.js';
export {
  type ClassifierEpoch,
  type ClassifierEvent,
  type ClassifierOptions,
  type ClassifierResult,
  trainClassifier,
} from './tasks/classify.js';
export {
  type Cleaning,
  type Denoised,
  type DenoisedBlock,
  type DenoiseOptions,
  denoise,
  denoiseBlocks,
} from './tasks/denoise.js';
export { corruptImage, denoiseImage, reconstructImage } from './tasks/denoise-image.js';
export { type Attribution, attribution, valueNamesOf } from './tasks/detect/attribution.js';
export { type CalibrateOptions, calibrate } from './tasks/detect/calibrate.js';
export { type DetectionData, detectionTraining } from './tasks/detect/defaults.js';
export {
  type DetectedBlock,
  type DetectionThreshold,
  type DetectOptions,
  detect,
  detectionThreshold,
} from './tasks/detect/detect.js';
export { type Detector, type DetectorOptions, detector } from './tasks/detect/detector.js';
export {
  type AnomalyClasses,
  anomalyClasses,
  averagePrecision,
  type Curve,
  type DetectionEvaluation,
  detectionCurves,
  evaluateDetection,
  rocAuc,
} from './tasks/detect/evaluation.js';
export { drawCodes, type Prior, type SampleOptions, type Samples, sample, samplerOf } from './tasks/sample.js';
export {
  type CellOutcome,
  type SweepCell,
  type SweepEvent,
  type SweepOptions,
  type SweepResult,
  sweep,
} from './tasks/sweep.js';
export type {
  ActivityRecord,
  EndReason,
  EpochRecord,
  TermRecord,
  TrainedModel,
  TrainingEvent,
  TrainingRequest,
  TrainingState,
} from './train/events.js';
export { type FitOptions, type FitResult, fit, modelOf } from './train/fit.js';
export {
  adversarial,
  basic,
  contractive,
  convolutional,
  deep,
  denoising,
  detecting,
  linear,
  recurrent,
  sparse,
  variational,
  vectorQuantized,
} from './train/kinds.js';
export { type LoadedModel, load, type ModelBytes, save } from './train/load.js';
export { exportPart, type ModelPart } from './train/model-part.js';
export { type CompleteTrainingOptions, type TrainingOptions, trainingOptions } from './train/options.js';
export { type PrepareOptions, prepare, type StartModel } from './train/prepare.js';
export { type DataDescription, type GivenOptions, type Recipe, recipe } from './train/recipe.js';
export { initialWeights, type Preparation, type TrainContext, train } from './train/train.js';
