// The door `gargalo/latent`: what a code space is like; a line each.

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
export { type BootstrapOptions, bootstrap, type Estimate, meanEstimate, medianEstimate } from './latent/estimate.js';
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
  type Trips,
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
export type { CellFigures } from './tasks/cell-figures.js';
export { type InspectOptions, inspect } from './tasks/inspect/inspect.js';
export type {
  DecodedPlane,
  InspectedRun,
  Kin,
  Mend,
  SampledFrom,
  Strip,
  Traversal,
  Verdict,
} from './tasks/inspect/inspection.js';
export { type Repair, type RepairOptions, type RepairSubject, repair } from './tasks/inspect/repair.js';
export { type Mended, mendedRequest, type RetrainOptions, retrain, worstMended } from './tasks/inspect/retrain.js';
export { readSubject, type Subject } from './tasks/inspect/subject.js';
export { verdictsOf } from './tasks/inspect/verdict.js';
export type { KindFindings, RatePoint } from './tasks/rate-distortion.js';
export type { ImageValues, Sides } from './tasks/tiles.js';
