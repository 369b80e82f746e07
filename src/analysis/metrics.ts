import { count, figure, percent } from '../core/format.js';
import type { LatentFigures, PlaceFigures } from './latent/figures.js';
import type { Estimate } from './statistics/estimate.js';

/** One figure: what it is called, what it says, how it is written and where it comes from. */
export interface Metric {
  /** In a table: "in gaps, on lines". */
  readonly name: string;
  readonly unit: string;
  /** Which way is better; absent where a figure is neither good nor bad. */
  readonly better?: 'low' | 'high';
  readonly format: (value: number) => string;
  readonly definition: string;
  readonly source: string;
}

/** One figure of a latent space. */
export interface LatentMetric extends Metric {
  /** What it is about: figures of one group are shown together. */
  readonly group: 'lines' | 'region' | 'separability' | 'discreteness' | 'preservation' | 'fidelity' | 'shape';
  /** Where the group is named beside it: "in gaps"; the name by default. */
  readonly short?: string;
  /** Undefined where there is none: of separability without classes. */
  readonly of: (figures: LatentFigures) => Estimate | undefined;
  /** A value worth comparing with. */
  readonly reference?: (figures: LatentFigures) => { readonly name: string; readonly value: number } | undefined;
}

const times = (value: number): string => `${figure(value, 3)}×`;
const plain = (value: number): string => figure(value, 3);

const HERE = 'defined by this project';
const CHANCE: LatentMetric['reference'] = ({ separability: { labelled } }) =>
  labelled && { name: 'guessing', value: labelled.chance };

/** The five figures of places, on lines or in the region. */
function placeMetrics<Where extends 'lines' | 'region'>(where: Where, at: string, places: string) {
  const about = (key: keyof PlaceFigures) =>
    ({ group: where, better: 'low', source: HERE, of: ({ gaps }: LatentFigures) => gaps[where][key] }) as const;
  const named = (short: string) => ({ short, name: `${short}, ${at}` });
  const metrics: Record<keyof PlaceFigures, LatentMetric> = {
    gaps: {
      ...{ ...about('gaps'), ...named('in gaps'), unit: '% of places', format: percent },
      definition: `${places}: the part that is unfaithful or empty, as the next two say.`,
    },
    unfaithful: {
      ...{ ...about('unfaithful'), ...named('unfaithful'), unit: '% of places', format: percent },
      definition: `${places}: the part whose round trip φ(ψ(z)), decoded and encoded again, misses z by more than it misses all but 1\u202f% of real codes.`,
    },
    empty: {
      ...{ ...about('empty'), ...named('empty'), unit: '% of places', format: percent },
      definition: `${places}: the part that is farther from the nearest code than all but 1\u202f% of real codes are from their nearest other.`,
    },
    roundTrip: {
      ...{ ...about('roundTrip'), ...named('round trip'), unit: '× the codes’ spread', format: plain },
      definition: `${places}: the median of ‖φ(ψ(z)) − z‖, over the root mean square distance of the codes from their mean.`,
    },
    distance: {
      ...{ ...about('distance'), ...named('distance'), unit: '× that of codes', format: times },
      definition: `${places}: the median distance to the nearest code, over the same median of the codes themselves. 1 is as near as codes are to one another.`,
    },
  };
  return Object.fromEntries(Object.entries(metrics).map(([key, metric]) => [`${where}.${key}`, metric])) as Record<
    `${Where}.${keyof PlaceFigures}`,
    LatentMetric
  >;
}

/** A figure of how a discrete code is used, which has no interval of its own. */
const ofCodebook = (key: 'share' | 'perplexity') =>
  ({
    group: 'shape',
    better: 'high',
    of: ({ codebook }: LatentFigures) =>
      codebook && { value: codebook[key], interval: [codebook[key], codebook[key]] as const },
  }) as const;

/**
 * Every figure of a latent space, in the order in which they are shown. The report, the terminal, docs/latent.md and docs/results.md
 * take names, definitions and values from here: a new metric is an entry here, and what measures it.
 */
export const latentMetrics = {
  ...placeMetrics('lines', 'on lines', 'Of places on straight lines between the codes of two examples'),
  ...placeMetrics(
    'region',
    'in the region',
    'Of places drawn evenly from a rounded body around the codes’ mean that holds 98\u202f% of them',
  ),
  neighbours: {
    group: 'separability',
    name: 'neighbours agree',
    unit: '% right',
    better: 'high',
    of: ({ separability }) => separability.labelled?.neighbours,
    format: percent,
    reference: CHANCE,
    definition: 'How often the class of an example is that which most of the nearest other codes have.',
    source: 'k nearest neighbours: Cover & Hart 1967',
  },
  probe: {
    group: 'separability',
    name: 'linear probe',
    unit: '% right',
    better: 'high',
    of: ({ separability }) => separability.labelled?.probe,
    format: percent,
    reference: CHANCE,
    definition: 'How often a linear classifier on the codes is right about codes that it was not fitted to.',
    source: 'Alain & Bengio 2016',
  },
  silhouette: {
    group: 'separability',
    name: 'silhouette of classes',
    short: 'silhouette',
    unit: '−1 … 1',
    better: 'high',
    of: ({ separability }) => separability.labelled?.silhouette,
    format: plain,
    definition:
      'Mean over the codes of (b − a) / max(a, b): a is the mean distance to the codes of its own class, b to those of the nearest other class. 1: classes lie apart; below 0: they lie within one another.',
    source: 'Rousseeuw 1987',
  },
  clusters: {
    group: 'separability',
    name: 'silhouette of clusters',
    short: 'clusters apart',
    unit: '−1 … 1',
    better: 'high',
    of: ({ separability }) => separability.clusters.silhouette,
    format: plain,
    definition:
      'The same silhouette for clusters found without labels, by k-means with the number of clusters that has the best one.',
    source: 'Rousseeuw 1987; k-means: Lloyd 1982',
  },
  stability: {
    group: 'separability',
    name: 'stability of clusters',
    short: 'clusters stay',
    unit: 'adjusted Rand index',
    better: 'high',
    of: ({ separability }) => separability.clusters.stability,
    format: plain,
    definition:
      'How well the clusters found in two halves of the codes agree about all of them: 1 where they are the same, 0 where they agree by chance alone.',
    source: 'Hubert & Arabie 1985; Ben-Hur, Elisseeff & Guyon 2002',
  },
  jump: {
    group: 'discreteness',
    name: 'largest jump',
    unit: '× the mean step',
    better: 'low',
    of: ({ discreteness }) => discreteness.jump,
    format: times,
    definition:
      'The largest change of the output from one step to the next along a line between two codes, over the mean change; the median over the lines. 1: all steps are alike.',
    source: HERE,
  },
  components: {
    group: 'discreteness',
    name: 'islands',
    unit: 'components',
    better: 'low',
    of: ({ discreteness: { components } }) => ({ value: components.count, interval: components.interval }),
    format: (value) => (Number.isInteger(value) ? count(value) : value.toFixed(1)),
    definition:
      'Connected components of the codes at a density level: codes in the thinnest places are left out, the others belong together where they are near. The interval is that of counts over subsamples.',
    source: 'level sets: Hartigan 1975',
  },
  trustworthiness: {
    group: 'preservation',
    name: 'trustworthiness',
    unit: '0 … 1',
    better: 'high',
    of: ({ preservation }) => preservation.trustworthiness,
    format: plain,
    definition:
      '1 where the nearest codes of every example are also nearest by value; a false neighbour among them counts by its rank.',
    source: 'Venna & Kaski 2001',
  },
  continuity: {
    group: 'preservation',
    name: 'continuity',
    unit: '0 … 1',
    better: 'high',
    of: ({ preservation }) => preservation.continuity,
    format: plain,
    definition:
      '1 where the examples nearest by value are also nearest by code; a lost neighbour among them counts by its rank.',
    source: 'Venna & Kaski 2001',
  },
  error: {
    group: 'fidelity',
    name: 'squared error',
    unit: 'per example',
    better: 'low',
    of: ({ squaredError }) => squaredError,
    format: plain,
    definition: 'Squared error summed over an example in scaled units, mean over the examples.',
    source: 'as every report here',
  },
  'codes.roundTrip': {
    group: 'fidelity',
    name: 'round trip of codes',
    unit: '× the codes’ spread',
    better: 'low',
    of: ({ gaps }) => gaps.codesRoundTrip,
    format: plain,
    definition: 'Median of ‖φ(ψ(z)) − z‖ for the codes of examples, in the unit of the places’.',
    source: HERE,
  },
  dimension: {
    group: 'shape',
    name: 'intrinsic dimension',
    unit: 'dimensions',
    of: ({ shape }) => shape.intrinsicDimension,
    format: plain,
    definition: 'Dimensions that the codes really fill, by the distances of each to its nearest two.',
    source: 'Facco, d’Errico, Rodriguez & Laio 2017',
  },
  rank: {
    group: 'shape',
    name: 'effective rank',
    unit: 'directions',
    of: ({ shape }) => shape.effectiveRank,
    format: plain,
    definition: 'e to the entropy of the codes’ singular values: as many directions in equal use would carry as much.',
    source: 'Roy & Vetterli 2007',
  },
  active: {
    group: 'shape',
    name: 'active units',
    unit: 'units',
    // A count has no interval of its own.
    of: ({ shape: { activeUnits } }) => ({ value: activeUnits, interval: [activeUnits, activeUnits] }),
    format: count,
    definition: 'Units whose variance over the examples is above 0.01 of that of the most varied one.',
    source: 'after Burda, Grosse & Salakhutdinov 2016',
  },
  'codebook.share': {
    ...ofCodebook('share'),
    ...{ name: 'codebook used', unit: '% of entries', format: percent },
    definition:
      'The part of the codebook’s entries that is chosen at least once; of codes made to be rounded, of the whole numbers between the lowest and the highest of each value.',
    source: 'van den Oord, Vinyals & Kavukcuoglu 2017',
  },
  'codebook.perplexity': {
    ...ofCodebook('perplexity'),
    ...{ name: 'codebook perplexity', unit: 'entries', format: plain },
    definition:
      'e to the entropy of the choices: as many entries, chosen equally often, would be as varied. Of codes made to be rounded the geometric mean over their values.',
    source: 'van den Oord, Vinyals & Kavukcuoglu 2017',
  },
} as const satisfies Record<string, LatentMetric>;

export type LatentMetricName = keyof typeof latentMetrics;

const fourDigits = (value: number): string => value.toFixed(4);

/**
 * What trainings, scores and files come to: the figures of the commands beside inspect, their pages and docs/jobs.md, by their names in
 * `--json`.
 */
export const jobMetrics = {
  testSquaredError: {
    name: 'squared error',
    unit: 'per example',
    better: 'low',
    format: (value) => figure(value, 4),
    definition: '‖x − x̂‖² in scaled units, mean over the test examples; PCA’s at the same width stands beside it.',
    source: 'mean squared error times the values of an example',
  },
  bceFloor: {
    name: 'bce of a perfect rebuild',
    unit: 'nats a value',
    format: (value) => figure(value, 4),
    definition: 'The entropy of values between 0 and 1, which binary cross-entropy cannot fall below.',
    source: 'Cover & Thomas 2006, ch. 2',
  },
  rocAuc: {
    name: 'ROC AUC',
    unit: '0 … 1',
    better: 'high',
    format: fourDigits,
    definition: 'The probability that an anomaly scores above a normal example, ties counted half. 0.5: chance.',
    source: 'Hanley & McNeil 1982; interval: DeLong et al. 1988',
  },
  averagePrecision: {
    name: 'average precision',
    unit: '0 … 1',
    better: 'high',
    format: fourDigits,
    definition: 'Σ (Rₖ − Rₖ₋₁) Pₖ over all thresholds. The share of anomalies: chance.',
    source: 'as scikit-learn',
  },
  pixelRocAuc: {
    name: 'pixel ROC AUC',
    unit: '0 … 1',
    better: 'high',
    format: fourDigits,
    definition: 'The ROC AUC of pixels: their errors against the masks, over all images at once.',
    source: 'Bergmann et al. 2019',
  },
  regionOverlap: {
    name: 'region overlap',
    unit: '0 … 1',
    better: 'high',
    format: fourDigits,
    definition:
      'PRO: the part of each connected region of a mask that is found, mean over the regions, over false alarms from 0 to 30 %, divided by 0.3.',
    source: 'Bergmann et al. 2020',
  },
  precision: {
    name: 'precision',
    unit: '% of what is reported',
    better: 'high',
    format: percent,
    definition: 'Of the examples above the threshold, the part that is anomalous.',
    source: 'van Rijsbergen 1979',
  },
  recall: {
    name: 'recall',
    unit: '% of the anomalies',
    better: 'high',
    format: percent,
    definition: 'Of the anomalies, the part above the threshold.',
    source: 'van Rijsbergen 1979',
  },
  falseAlarms: {
    name: 'false alarms',
    unit: '% of the normal examples',
    better: 'low',
    format: percent,
    definition: 'Of the normal examples, the part above the threshold.',
    source: 'false positive rate',
  },
  mse: {
    name: 'mean squared error',
    unit: 'squared units of the data',
    better: 'low',
    format: (value) => figure(value, 4),
    definition: 'Mean of (x − x̂)² over all values of all examples.',
    source: 'the usual one',
  },
  psnr: {
    name: 'PSNR',
    unit: 'dB',
    better: 'high',
    format: (value) => `${value.toFixed(2)} dB`,
    definition: '10 log₁₀(peak² / mean squared error), the peak that of the images’ type: 255 for bytes.',
    source: 'Wang, Bovik, Sheikh & Simoncelli 2004',
  },
  ssim: {
    name: 'SSIM',
    unit: '−1 … 1',
    better: 'high',
    format: fourDigits,
    definition: 'Likeness of luminance, contrast and structure in Gaussian windows of 11 pixels, mean over the image.',
    source: 'Wang, Bovik, Sheikh & Simoncelli 2004',
  },
  bitsPerPixel: {
    name: 'bits per pixel',
    unit: 'bits',
    better: 'low',
    format: fourDigits,
    definition: 'Bits of the whole file over the pixels of all images, without and with the decoder.',
    source: 'the usual one',
  },
} as const satisfies Record<string, Metric>;

/** "PSNR 31.20 dB" */
export const said = ({ name, format }: Metric, value: number): string => `${name} ${format(value)}`;

/** Figures as a table in Markdown: sections of docs/latent.md and docs/jobs.md, which `node tools/metrics-table.mjs` writes. */
export function metricsTable(metrics: Readonly<Record<string, Metric>>): string {
  const rows = Object.values(metrics).map(
    ({ name, unit, better = '', definition, source }) =>
      `| ${name} | ${unit} | ${better} | ${definition} | ${source} |\n`,
  );
  return `| figure | unit | better | what it is | source |\n| --- | --- | --- | --- | --- |\n${rows.join('')}`;
}
