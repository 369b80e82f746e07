import type { Estimate } from '../statistics/estimate.js';
import type { CodeUse } from './codes.js';

/** What places that no example was encoded to are like: places on lines between codes, or anywhere in their region. */
export interface PlaceFigures {
  /** The part of the places that lie in a gap, by either of the next two: 0 … 1. */
  readonly gaps: Estimate;
  /** The part that φ(ψ(z)) misses by more than it misses all but 1 % of real codes. */
  readonly unfaithful: Estimate;
  /** The part that is farther from the nearest code than all but 1 % of real codes are from their nearest other. */
  readonly empty: Estimate;
  /** Median of ‖φ(ψ(z)) − z‖, over the codes' root mean square distance from their mean. */
  readonly roundTrip: Estimate;
  /** Median distance to the nearest code, over the same median of the codes themselves: 1 is as near as codes are. */
  readonly distance: Estimate;
}

/** Gaps: places between codes that decode to nothing real. */
export interface GapFigures {
  /** On straight lines between two codes. */
  readonly lines: PlaceFigures;
  /** In the rounded region that holds 98 % of the codes. */
  readonly region: PlaceFigures;
  /** Median round trip of real codes, in the unit of the places'. */
  readonly codesRoundTrip: Estimate;
}

/** Whether different things get different regions. */
export interface SeparabilityFigures {
  /** Against the classes of the examples, where there are any. */
  readonly labelled?: {
    /** Codes looked at. */
    readonly points: number;
    readonly classes: number;
    /** The part of the examples in the largest class: what guessing gets right. */
    readonly chance: number;
    /** Neighbours that vote. */
    readonly k: number;
    /** Accuracy of k nearest neighbours among the other codes, 0 … 1. */
    readonly neighbours: Estimate;
    /** Accuracy of a linear classifier on held-out codes, 0 … 1. */
    readonly probe: Estimate;
    /** Mean silhouette of the classes, −1 … 1. */
    readonly silhouette: Estimate;
  };
  /** Without classes: k-means, with the number of clusters that has the best silhouette. */
  readonly clusters: {
    /** Codes looked at. */
    readonly points: number;
    readonly count: number;
    readonly silhouette: Estimate;
    /** Adjusted Rand index between clusterings of two halves' worth of the codes: 1 where they agree, 0 by chance. */
    readonly stability: Estimate;
  };
}

/** Whether the space is islands instead of a continuum. */
export interface DiscretenessFigures {
  /** Connected components of the codes at a density level. */
  readonly components: {
    readonly count: number;
    /** Of counts over subsamples. */
    readonly interval: readonly [number, number];
    /** The part of the codes that are dense enough to count. */
    readonly level: number;
    /** The part of those codes in each component, largest first. */
    readonly parts: readonly number[];
  };
  /** The largest change of the output along a line between codes over the mean one, median over lines; 1 … steps. */
  readonly jump: Estimate;
  /** Equal steps of a line. */
  readonly steps: number;
}

/** The shape of the codes, whatever they stand for. */
export interface ShapeFigures {
  /** Dimensions that the codes really fill, by the distances to the nearest two. */
  readonly intrinsicDimension: Estimate;
  /** e to the entropy of the codes' singular values: 1 … width. */
  readonly effectiveRank: Estimate;
  /** Units whose variance over the examples is above 0.01 of the most varied one's. */
  readonly activeUnits: number;
  /** [width] variance of each unit. */
  readonly variances: readonly number[];
}

/** How well neighbourhoods of one space live on in another. */
export interface PreservationFigures {
  /** Neighbours looked at. */
  readonly k: number;
  /** 1: whoever is near in the new space was near in the old one. */
  readonly trustworthiness: Estimate;
  /** 1: whoever was near in the old space is near in the new one. */
  readonly continuity: Estimate;
  /** Points compared. */
  readonly points: number;
}

/** Everything that is said of a latent space in numbers. */
export interface LatentFigures {
  readonly width: number;
  /** Examples whose codes these figures come from. */
  readonly examples: number;
  /** Squared error summed over an example in scaled units, mean over the examples. */
  readonly squaredError: Estimate;
  readonly gaps: GapFigures;
  readonly separability: SeparabilityFigures;
  readonly discreteness: DiscretenessFigures;
  readonly shape: ShapeFigures;
  /** From examples to codes. */
  readonly preservation: PreservationFigures;
  /** Of codes that are entries of a codebook, or made to be rounded. */
  readonly codebook?: CodeUse;
}

/** A picture of codes in the plane. */
export interface LatentMap {
  /** `code`: two code values themselves. `pca`: their first two principal components. `umap`: McInnes, Healy & Melville 2018. */
  readonly method: 'code' | 'pca' | 'umap';
  /** [n, 2] one for each code, in order. */
  readonly points: Float32Array;
  /** The part of the codes' variance that the plane shows; of planes. */
  readonly explained?: number;
  /** Of planes (`code`, `pca`): codes of the plane are origin + u · across + v · up. */
  readonly plane?: { readonly origin: Float32Array; readonly across: Float32Array; readonly up: Float32Array };
  /** From codes to the map. */
  readonly preservation: PreservationFigures;
}
