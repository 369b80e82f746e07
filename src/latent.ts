// The door `gargalo/latent`: what a code space is like; a line each.

export { type CodeSpace, modelSpace, pcaSpace } from './analysis/latent/code-space.js';
export {
  type CodeActivity,
  type CodebookUse,
  type CodeUse,
  codeActivity,
  codebookUse,
  drawnCodes,
  perplexity,
  roundedUse,
} from './analysis/latent/codes.js';
export { type ComponentOptions, densityComponents } from './analysis/latent/components.js';
export {
  type Discrepancy,
  type DiscrepancyOptions,
  type Kernel,
  maximumMeanDiscrepancy,
  priorDiscrepancy,
} from './analysis/latent/discrepancy.js';
export { type DiscretenessOptions, discretenessFigures } from './analysis/latent/discreteness.js';
export { peakSignalToNoise } from './analysis/latent/fidelity.js';
export type {
  DiscretenessFigures,
  GapFigures,
  LatentFigures,
  LatentMap,
  PlaceFigures,
  PreservationFigures,
  SeparabilityFigures,
  ShapeFigures,
} from './analysis/latent/figures.js';
export {
  type GapDepths,
  type GapLimits,
  type GapReference,
  type GapReferenceOptions,
  gapDepths,
  gapReference,
  type Trips,
} from './analysis/latent/gap-reference.js';
export { type GapOptions, gapFigures } from './analysis/latent/gaps.js';
export { interpolate, type Path } from './analysis/latent/interpolate.js';
export { type IntrinsicDimensionOptions, intrinsicDimension } from './analysis/latent/intrinsic-dimension.js';
export { type JacobianFigures, type JacobianOptions, jacobianOf } from './analysis/latent/jacobian.js';
export { type JumpOptions, jumpEstimate } from './analysis/latent/jumps.js';
export { type LatentFiguresOptions, latentFigures, type MeasuredSpace } from './analysis/latent/latent-figures.js';
export { type Likelihood, type LikelihoodOptions, logLikelihood } from './analysis/latent/likelihood.js';
export { type LinearComponents, linearComponents, principalAngles } from './analysis/latent/linear.js';
export { latentMaps, type MapOptions } from './analysis/latent/map.js';
export { codeAtPlace, type MapPlaces } from './analysis/latent/map-codes.js';
export { type PcaError, type PcaErrors, pcaErrors } from './analysis/latent/pca-errors.js';
export { type PlaceOptions, placeFigures } from './analysis/latent/place-figures.js';
export { type PreservationOptions, preservation } from './analysis/latent/preservation.js';
export {
  openSampleJudge,
  type SampleJudge,
  type SampleJudgeOptions,
  type SampleQuality,
} from './analysis/latent/sample-quality.js';
export { type SeparabilityOptions, separabilityFigures } from './analysis/latent/separability.js';
export { activeUnits, effectiveRank, shapeFigures } from './analysis/latent/shape.js';
export {
  type BootstrapOptions,
  bootstrap,
  type Estimate,
  meanEstimate,
  medianEstimate,
} from './analysis/statistics/estimate.js';
export {
  fitMixture,
  type MixtureFit,
  type MixtureOptions,
  mixtureLogDensity,
  sampleMixture,
} from './analysis/statistics/mixture.js';
export { type Neighbours, nearestNeighbours } from './analysis/statistics/neighbours.js';
export { structuralSimilarity } from './analysis/statistics/ssim.js';
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
