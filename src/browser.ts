// The catalogue of what runs anywhere, in a page too: everything public, a line each.

export { createRuntime } from '#runtime';
export { binarized } from './data/binarize.js';
export { arrayDataset, type Dataset, type ElementType, type Labels, sliceDataset } from './data/dataset.js';
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
export {
  chooseWindow,
  chooseWindowOf,
  type Period,
  periodOf,
  type WindowChoice,
} from './data/period.js';
export { applyScaling, fitScaling, type Scaling, type ScalingMethod, undoScaling } from './data/scaling.js';
export { splitDataset } from './data/split.js';
export { type ColumnDescription, describeTable, type TableDescription } from './data/table/describe.js';
export { filled, learnFills } from './data/table/fill.js';
export type { RawTable } from './data/table/raw.js';
export { readTable, type TableOptions } from './data/table/read.js';
export type { Cell, RowRecord } from './data/table/records.js';
export { columnsOf, type MissingPolicy, type TableSchema, type ValueColumn } from './data/table/schema.js';
export { type WindowOptions, windowsOf } from './data/windows.js';
export { type ErrorCode, GargaloError } from './errors.js';
export { evaluate, type Value } from './graph/evaluate.js';
export { grad } from './graph/gradient.js';
export * as operators from './graph/ops/index.js';
export { print } from './graph/print.js';
export { inLayer, type Shape } from './graph/shape.js';
export { fuse, simplify } from './graph/simplify.js';
export { constant, type DataType, type Tensor, variable } from './graph/tensor.js';
export { type CodeSpace, modelSpace, pcaSpace } from './latent/code-space.js';
export {
  type CodeActivity,
  type CodebookUse,
  codeActivity,
  codebookUse,
  drawnCodes,
  perplexity,
} from './latent/codes.js';
export { type ComponentOptions, densityComponents } from './latent/components.js';
export {
  type Discrepancy,
  type DiscrepancyOptions,
  type Kernel,
  maximumMeanDiscrepancy,
  priorDiscrepancy,
} from './latent/discrepancy.js';
export { type DiscretenessOptions, discretenessFigures } from './latent/discreteness.js';
export {
  type BootstrapOptions,
  bootstrap,
  type Estimate,
  meanEstimate,
  medianEstimate,
} from './latent/estimate.js';
export { peakSignalToNoise } from './latent/fidelity.js';
export type {
  DiscretenessFigures,
  GapFigures,
  LatentFigures,
  LatentMap,
  PlaceFigures,
  PreservationFigures,
  SeparabilityFigures,
  ShapeFigures,
} from './latent/figures.js';
export {
  type GapDepths,
  type GapLimits,
  type GapReference,
  type GapReferenceOptions,
  gapDepths,
  gapReference,
} from './latent/gap-reference.js';
export { type GapOptions, gapFigures } from './latent/gaps.js';
export { interpolate, type Path } from './latent/interpolate.js';
export { type IntrinsicDimensionOptions, intrinsicDimension } from './latent/intrinsic-dimension.js';
export { type JacobianFigures, type JacobianOptions, jacobianOf } from './latent/jacobian.js';
export { type JumpOptions, jumpEstimate } from './latent/jumps.js';
export { type LatentFiguresOptions, latentFigures, type MeasuredSpace } from './latent/latent-figures.js';
export { type Likelihood, type LikelihoodOptions, logLikelihood } from './latent/likelihood.js';
export { type LinearComponents, linearComponents, principalAngles } from './latent/linear.js';
export { latentMaps, type MapOptions } from './latent/map.js';
export { codeAtPlace } from './latent/map-codes.js';
export {
  fitMixture,
  type MixtureFit,
  type MixtureOptions,
  mixtureLogDensity,
  sampleMixture,
} from './latent/mixture.js';
export { type Neighbours, nearestNeighbours } from './latent/neighbours.js';
export { type PcaError, type PcaErrors, pcaErrors } from './latent/pca-errors.js';
export { type PlaceOptions, placeFigures } from './latent/place-figures.js';
export { type PreservationOptions, preservation } from './latent/preservation.js';
export {
  openSampleJudge,
  type SampleJudge,
  type SampleJudgeOptions,
  type SampleQuality,
} from './latent/sample-quality.js';
export { type SeparabilityOptions, separabilityFigures } from './latent/separability.js';
export { activeUnits, effectiveRank, shapeFigures } from './latent/shape.js';
export { structuralSimilarity } from './latent/ssim.js';
export { type Autoencoder, type Model, openAutoencoder, type Weights } from './models/autoencoder.js';
export type {
  Calibration,
  CodeRange,
  PartDistribution,
  References,
  ScoreDistribution,
  ScoreDistributions,
  ScoreName,
  ScorePart,
} from './models/calibration.js';
export type { InputDescription, Kind, SocketValues } from './models/kind.js';
export { type KindName, kinds } from './models/kinds/index.js';
export { kindsPage } from './models/kinds-page.js';
export type { Mixture } from './models/mixture.js';
export type { Option } from './models/options.js';
export { fitPca, type Pca, type PcaOptions, projectPca, reconstructPca, throughPca } from './models/pca.js';
export type { Specification } from './models/specification.js';
export { decodeModel } from './onnx/decode.js';
export { encodeLoop, encodeProgram, type Program } from './onnx/encode.js';
export { adam } from './optim/adam.js';
export type { Optimizer } from './optim/optimizer.js';
export { sgd } from './optim/sgd.js';
export { createRandom, permutation, type Random } from './random.js';
export type { Device, Executable, HostTensor, ResidentTensor, Runtime, RuntimeOptions } from './runtime/runtime.js';
export type { CellFigures } from './tasks/cell-figures.js';
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
export type { ByteSource, Bytes } from './tasks/compress/byte-source.js';
export {
  type Compressed,
  type CompressionFigures,
  type CompressOptions,
  compress,
  compressParts,
} from './tasks/compress/compress.js';
export { type GarFile, type IntegerBlock, openGar } from './tasks/compress/container.js';
export { decoderHash } from './tasks/compress/decoder-part.js';
export {
  type DecompressedBlock,
  type Decompression,
  type DecompressOptions,
  decompress,
  openCompressed,
} from './tasks/compress/decompress.js';
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
export {
  anomalyClasses,
  averagePrecision,
  type Curve,
  type DetectionEvaluation,
  detectionCurves,
  evaluateDetection,
  rocAuc,
} from './tasks/detect/evaluation.js';
export { type InspectOptions, inspect } from './tasks/inspect/inspect.js';
export type {
  DecodedPlane,
  InspectedRun,
  Kin,
  Strip,
  Traversal,
} from './tasks/inspect/inspection.js';
export { type Repair, type RepairOptions, type RepairSubject, repair } from './tasks/inspect/repair.js';
export { mendedRequest, type RetrainOptions, retrain, worstMended } from './tasks/inspect/retrain.js';
export { readSubject, type Subject } from './tasks/inspect/subject.js';
export { verdictsOf } from './tasks/inspect/verdict.js';
export type { KindFindings, RatePoint } from './tasks/rate-distortion.js';
export { drawCodes, type Prior, type SampleOptions, type Samples, sample, samplerOf } from './tasks/sample.js';
export {
  type CellOutcome,
  type SweepCell,
  type SweepEvent,
  type SweepOptions,
  type SweepResult,
  sweep,
} from './tasks/sweep.js';
export type { ImageValues } from './tasks/tiles.js';
export type { EndReason, EpochRecord, TrainingEvent, TrainingState } from './train/events.js';
export { type FitOptions, type FitResult, fit, modelOf, prepare, type TrainedModel } from './train/fit.js';
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
export { decodeModelFile, encodeModelFile } from './train/model-format.js';
export { type TrainingOptions, trainingOptions } from './train/options.js';
export { type DataDescription, type Recipe, recipe } from './train/recipe.js';
export { initialWeights, type Preparation, train } from './train/train.js';
