import type { LatentFigures, LatentMap } from '../../analysis/latent/figures.js';
import type { Estimate } from '../../analysis/statistics/estimate.js';
import type { RatePoint } from '../rate-distortion.js';

/** Decoded places on a straight or curved path; the first and the last are codes of examples. */
export interface Strip {
  /** Positions of the examples at the ends. */
  readonly from: number;
  readonly to: number;
  /** `spherical`: along the great circle through both, as White 2016; for codes that are near N(0, I). */
  readonly path: 'straight' | 'spherical';
  /** [steps, width] */
  readonly codes: Float32Array;
  /** [steps, size] */
  readonly outputs: Float32Array;
  /** [steps] 1 where the place lies in a gap. */
  readonly gaps: Uint8Array;
  /** Largest change of the output over the mean one. */
  readonly jump: number;
}

/** What one unit of the code does: all others stay as the code of an example has them. */
export interface Traversal {
  /** Position of that example. */
  readonly example: number;
  readonly unit: number;
  /** [steps] values of the unit, rising. */
  readonly values: Float32Array;
  /** [steps, size] */
  readonly outputs: Float32Array;
  /** Root mean square change of an output value from end to end. */
  readonly effect: number;
}

/** An example with the examples nearest to it by code and by value. */
export interface Kin {
  readonly example: number;
  readonly byCode: readonly number[];
  readonly byValue: readonly number[];
}

/** The plane behind a map, decoded at the cells of a grid, row by row from the top. */
export interface DecodedPlane {
  /** The map that it lies behind. */
  readonly method: LatentMap['method'];
  readonly columns: number;
  readonly rows: number;
  readonly extent: { readonly left: number; readonly right: number; readonly bottom: number; readonly top: number };
  /** [rows, columns, size] */
  readonly outputs: Float32Array;
  /** Finer: how deep each cell lies in a gap, 0 (as good as codes of examples) … 255. */
  readonly gaps: { readonly columns: number; readonly rows: number; readonly depth: Uint8Array };
}

/** One way to draw new examples, and how good they are. */
export interface SampledFrom {
  /** "the prior N(0, I)", "a mixture of 32 gaussians". */
  readonly name: string;
  readonly model: string;
  /** [count, size] */
  readonly samples: Float32Array;
  readonly figures: {
    /** The part of the samples that lie in gaps. */
    readonly gaps: Estimate;
    /** The part of the samples among real examples, and of real examples among samples (Kynkäänniemi et al. 2019). */
    readonly precision: Estimate;
    readonly recall: Estimate;
    /** Fréchet distance between samples and real examples in the space of the data's principal components. */
    readonly frechet: Estimate;
  };
}

/** A run that was inspected. */
export interface InspectedRun {
  /** Unique on the page: "basic-16". */
  readonly id: string;
  /** As people call it. */
  readonly name: string;
  readonly kind: string;
  /** A gaussian code: strips have a spherical twin. */
  readonly gaussian: boolean;
  readonly parameters: number;
  readonly figures: LatentFigures;
  /** PCA fitted to the training data at the same width. */
  readonly pca: LatentFigures;
  /** Sentences: what the figures mean, the worst weakness first. */
  readonly verdicts: readonly Verdict[];
  /** [points, width] codes of the first examples. */
  readonly codes: Float32Array;
  readonly maps: readonly LatentMap[];
  readonly planes: readonly DecodedPlane[];
  readonly strips: readonly Strip[];
  readonly traversals: readonly Traversal[];
  readonly kin: readonly Kin[];
  /** Filters of a linear kind beside the components of PCA, each [count, size]. */
  readonly filters?: { readonly learned: Float32Array; readonly components: Float32Array; readonly count: number };
  /** The errors of the sweep that it is a cell of, PCA's among them. */
  readonly rates?: { readonly kinds: readonly { readonly name: string; readonly points: readonly RatePoint[] }[] };
  /**
   * As ONNX, where it is small enough to travel with the page: `code` [batch, width] to `output` [batch, size] in scaled units
   * and `back` [batch, width], which is φ(ψ(z)).
   */
  readonly decoder?: Uint8Array;
  /** What `back` may be off by and how far the nearest of the first `codes` codes may be until a place counts as a gap. */
  readonly limits: { readonly roundTrip: number; readonly distance: number; readonly codes: number };
  /** The training that mends its worst weakness, as a command, where something was found to. */
  readonly offer?: { readonly kind: string; readonly command: string };
  /** Drawn before and after a repair. */
  readonly drawn?: readonly SampledFrom[];
  /** Real examples that were kept back, in the place of samples: what the figures come to for them. */
  readonly heldOut?: SampledFrom;
}

/** What to train instead. */
export interface Mend {
  readonly kind: string;
  /** What in it does: "code: gaussian". */
  readonly socket: string;
  /** Options that say so where the kind alone does not. */
  readonly values?: Readonly<Record<string, number>>;
}

/** What one weakness comes to. */
export interface Verdict {
  readonly weakness: 'gaps' | 'separability' | 'discreteness';
  /** Against PCA at the same width: intervals that do not meet decide. */
  readonly beside: 'better' | 'same' | 'worse';
  /** How bad it is, 0 (not at all) … 1, to rank the three. */
  readonly severity: number;
  readonly sentence: string;
  /** What mends it, where it has to be mended and something was found to. */
  readonly mend?: Mend;
}
