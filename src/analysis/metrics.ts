import { count, figure, percent } from '../core/format.js';
import type { LatentFigures, PlaceFigures } from './latent/figures.js';
import type { Estimate } from './statistics/estimate.js';

/** One figure of a latent space: what it is called, what it says, how it is written and where it comes from. */
export interface LatentMetric {
  /** What it is about: figures of one group are shown together. */
  readonly group: 'lines' | 'region' | 'separability' | 'discreteness' | 'preservation' | 'fidelity' | 'shape';
  /** In a table: "in gaps, on lines". */
  readonly name: string;
  /** Where the group is named beside it: "in gaps"; the name by default. */
  readonly short?: string;
  readonly unit: string;
  /** Which way is better; absent where a figure is neither good nor bad. */
  readonly better?: 'low' | 'high';
  /** Undefined where there is none: of separability without classes. */
  readonly of: (figures: LatentFigures) => Estimate | undefined;
  readonly format: (value: number) => string;
  readonly definition: string;
  readonly source: string;
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

/** All of them as a table in Markdown: a section of docs/latent.md, which `node tools/metrics-table.mjs` writes. */
export function metricsTable(): string {
  const rows = Object.values<LatentMetric>(latentMetrics).map(
    ({ name, unit, better = '', definition, source }) =>
      `| ${name} | ${unit} | ${better} | ${definition} | ${source} |\n`,
  );
  return `| figure | unit | better | what it is | source |\n| --- | --- | --- | --- | --- |\n${rows.join('')}`;
}
