import { standing } from '../../analysis/latent/compare.js';
import type { LatentFigures } from '../../analysis/latent/figures.js';
import { adversarialKind } from '../../models/kinds/adversarial.js';
import { variationalKind } from '../../models/kinds/variational.js';
import { inputSize, penaltyOf, type Specification } from '../../models/specification.js';
import type { Mend, Verdict } from './inspection.js';

/** Places in gaps that real codes have too: each of two limits leaves 1 % of them out. */
const OF_REAL_CODES = 0.02;
/** Dimensions of the codes over the code's width from which on the code is full. */
const FULL = 0.8;
/** Neighbours that agree so often leave nothing to mend. */
const AGREED = 0.98;
/** The largest step over the mean one below which no kind was seen to make steps more even without making islands. */
const UNEVEN = 1.75;

/** How much a shortfall weighs beside PCA: what PCA does better, a network has no excuse for. */
const weight = { better: 0.25, same: 0.5, worse: 1 } as const satisfies Record<Verdict['beside'], number>;

const percent = (share: number): string => {
  const value = 100 * share;
  const digits = value === 0 || value > 99.95 ? 0 : value < 0.95 ? 2 : 1;
  return `${value.toFixed(digits)}\u202f%`;
};
const times = (value: number): string => `${value.toFixed(value < 9.95 ? 1 : 0)} times`;

const severityOf = (shortfall: number, beside: Verdict['beside']): number =>
  Number.isFinite(shortfall) ? Math.min(1, Math.max(0, shortfall)) * weight[beside] : 0;

/** Whether training pulls the codes to N(0, I), by a divergence or by a discriminator. */
const isPulled = (specification: Specification): boolean =>
  specification.code.type === 'gaussian' || penaltyOf(specification, 'adversarial') !== undefined;

const variational: Mend = { kind: variationalKind.name, socket: 'code: gaussian' };

/**
 * What closes gaps. MNIST, 16 code values, places on lines in gaps: basic 6.8 %, denoising 14.4 %, contractive 10.2 %,
 * variational 1.4 %, with beta 4 0.7 %, adversarial 1.7 %, with five times the weight 0.4 %.
 */
function mendGaps(specification: Specification): Mend | undefined {
  const { code } = specification;
  const opponent = penaltyOf(specification, 'adversarial');
  if (opponent) {
    const weight = Number((5 * opponent.weight).toPrecision(3));
    const socket = `a larger weight of the discriminator: ${weight}`;
    return { kind: adversarialKind.name, socket, values: { adversarial: weight } };
  }
  if (code.type !== 'gaussian') return variational;
  const beta = Number((4 * Math.max(code.beta, 0.25)).toPrecision(3));
  return { kind: variationalKind.name, socket: `a larger weight of the divergence: beta ${beta}`, values: { beta } };
}

function gapsVerdict({ gaps }: LatentFigures, { gaps: linear }: LatentFigures, specification: Specification): Verdict {
  const { lines } = gaps;
  const beside = standing(lines.gaps, linear.lines.gaps, 'low');
  const found = lines.gaps.interval[0] > OF_REAL_CODES;
  const figures = `${percent(lines.gaps.value)} of the places between two codes are gaps (PCA: ${percent(linear.lines.gaps.value)})`;
  const sentence = found
    ? `${figures}: ${percent(lines.unfaithful.value)} decode to something that is encoded elsewhere, ${percent(lines.empty.value)} are far from every code.`
    : `${figures}: about as many as of real codes, up to ${percent(OF_REAL_CODES)} of which count as such.`;
  const mend = found ? mendGaps(specification) : undefined;
  return {
    weakness: 'gaps',
    beside,
    severity: found ? severityOf((lines.gaps.value - OF_REAL_CODES) / (1 - OF_REAL_CODES), beside) : 0,
    sentence,
    ...(mend && { mend }),
  };
}

/**
 * What sets classes apart. MNIST, neighbours that agree: 2 code values 78.5 % and no kind better, 16 code values basic
 * 93.9 %, denoising 93.0 %, contractive 84.0 %, adversarial 93.2 %, variational 95.7 %. Of the basic kind's 2, 4 and 16 values,
 * which fill 2.0, 4.1 and 8.5 dimensions, neighbours agree 78.5 %, 88.4 % and 93.9 % of the time. Flat boundaries do not gain from a gaussian code: 90.0 % basic,
 * 87.7 % variational.
 */
function mendSeparability(figures: LatentFigures, specification: Specification): Mend | undefined {
  const { kind, code } = specification;
  const { intrinsicDimension } = figures.shape;
  const wider = Math.min(2 * code.width, inputSize(specification));
  // A map of features or the state of cells has the width that its body gives it.
  const isFree = specification.body.type === 'dense' || specification.body.codeLayer;
  if (intrinsicDimension.value >= FULL * code.width) {
    if (!isFree || wider === code.width) return undefined;
    return { kind, socket: `a wider code: ${wider} values`, values: { code: wider } };
  }
  return isPulled(specification) ? undefined : variational;
}

function separabilityVerdict(figures: LatentFigures, pca: LatentFigures, specification: Specification): Verdict {
  const [{ labelled, clusters }, linear] = [figures.separability, pca.separability];
  if (!labelled || !linear.labelled) {
    const beside = standing(clusters.silhouette, linear.clusters.silhouette, 'high');
    return {
      weakness: 'separability',
      beside,
      // Data need not have clusters: without labels only less of them than PCA shows is a fault.
      severity: severityOf(linear.clusters.silhouette.value - clusters.silhouette.value, beside),
      sentence: `Without labels: the codes part best into ${clusters.count} clusters, which are ${clearness(clusters.silhouette.value)} (silhouette ${clusters.silhouette.value.toFixed(2)}; PCA: ${linear.clusters.silhouette.value.toFixed(2)}) and ${clusters.stability.value > 0.8 ? 'found again' : 'not the same'} in another half of the codes (agreement ${clusters.stability.value.toFixed(2)}; PCA: ${linear.clusters.stability.value.toFixed(2)}).`,
    };
  }
  const { neighbours, probe, chance, k } = labelled;
  const beside = standing(neighbours, linear.labelled.neighbours, 'high');
  const found = neighbours.interval[0] < AGREED;
  const mend = found ? mendSeparability(figures, specification) : undefined;
  return {
    weakness: 'separability',
    beside,
    severity: severityOf((1 - neighbours.value) / (1 - chance || 1), beside),
    sentence: `The ${k} nearest codes tell the class of an example ${percent(neighbours.value)} of the time (PCA: ${percent(linear.labelled.neighbours.value)}), flat boundaries between the classes ${percent(probe.value)} (PCA: ${percent(linear.labelled.probe.value)}); guessing would be right ${percent(chance)}.`,
    ...(mend && { mend }),
  };
}

const clearness = (silhouette: number): string =>
  silhouette > 0.5 ? 'clearly apart' : silhouette > 0.25 ? 'somewhat apart' : 'hardly apart';

/**
 * What makes a continuum of islands and of sudden steps. MNIST, 2 code values, largest step over the mean one: basic 2.1,
 * denoising 2.7, adversarial 1.7, variational 1.6, all of them on one island. Contractive training made steps as even as
 * 1.3, but the codes three islands and the gaps more.
 */
const mendDiscreteness = (specification: Specification): Mend | undefined =>
  isPulled(specification) ? undefined : variational;

function discretenessVerdict(figures: LatentFigures, pca: LatentFigures, specification: Specification): Verdict {
  const [{ components, jump, steps }, linear] = [figures.discreteness, pca.discreteness];
  const beside = standing(jump, linear.jump, 'low');
  const isUneven = jump.interval[0] > UNEVEN;
  const isIslands = components.interval[0] > Math.max(1, linear.components.interval[1]);
  const outside = isIslands ? 1 - (components.parts[0] ?? 1) : 0;
  const mend = isUneven || isIslands ? mendDiscreteness(specification) : undefined;
  const islands =
    components.count > 1
      ? `The codes lie on ${components.count} islands (PCA: ${linear.components.count}).`
      : `The codes hang together${linear.components.count > 1 ? ` (PCA: ${linear.components.count} islands)` : ''}.`;
  return {
    weakness: 'discreteness',
    beside,
    severity: severityOf(Math.max((jump.value - 1) / (steps - 1 || 1), outside), beside),
    sentence: `On the way from one code to another the largest of ${steps} steps of the output is ${times(jump.value)} the mean one (PCA: ${times(linear.jump.value)}). ${islands}`,
    ...(mend && { mend }),
  };
}

/**
 * What the figures of a latent space mean, the worst weakness first: each beside PCA at the same width, where intervals that
 * do not meet decide, and with the kind that mends it. None is named where the figures show nothing to mend, where the model
 * has all that was seen to help, or where
 * what was measured speaks against it: on MNIST, one training of each kind.
 *
 * Severity is what is missing from the best there can be: of gaps the part of the places beyond what real codes have, of
 * separability the part of the classes beyond guessing that neighbours do not tell, of discreteness how far steps are from
 * even or, if that is more, the codes beside the largest island. It counts whole where PCA does better, half where it does as
 * well, and a quarter where PCA does worse.
 */
export function verdictsOf(figures: LatentFigures, pca: LatentFigures, specification: Specification): Verdict[] {
  return [
    gapsVerdict(figures, pca, specification),
    separabilityVerdict(figures, pca, specification),
    discretenessVerdict(figures, pca, specification),
  ].sort((a, b) => b.severity - a.severity);
}
