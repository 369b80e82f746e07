import { count, figure, percent } from '../../core/format.js';
import type { Estimate } from '../statistics/estimate.js';
import type { LatentFigures, PlaceFigures } from './figures.js';

/** One figure of a latent space: what it is called, how it is written and where it comes from. */
export interface Metric {
  readonly key: string;
  /** In a table: "in gaps, on lines". */
  readonly name: string;
  /** Above a chart whose heading says the rest: "in gaps". */
  readonly short: string;
  readonly unit: string;
  /** Which way is better; absent where a figure is neither good nor bad. */
  readonly better?: 'low' | 'high';
  readonly of: (figures: LatentFigures) => Estimate | undefined;
  readonly format: (value: number) => string;
  readonly definition: string;
  readonly source: string;
  /** A value worth comparing with. */
  readonly reference?: (figures: LatentFigures) => { readonly name: string; readonly value: number } | undefined;
}

/** Figures that belong together, in one chart. */
export interface MetricGroup {
  readonly title: string;
  readonly words: string;
  readonly metrics: readonly Metric[];
}

const times = (value: number): string => `${figure(value, 3)}×`;
const plain = (value: number): string => figure(value, 3);
/** What stands for a figure that there is none of. */
const NONE = '–';

/** A value in the unit of its metric, a dash for none. */
export function written(metric: Pick<Metric, 'format'>, value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? NONE : metric.format(value);
}

/** The interval of a figure: "11.8 % – 12.9 %". */
export function interval(metric: Pick<Metric, 'format'>, estimate: Estimate | undefined): string {
  if (!estimate?.interval.every(Number.isFinite)) return '';
  const [low, high] = estimate.interval;
  const [from, to] = [metric.format(low), metric.format(high)];
  return from === to ? '' : `${from} – ${to}`;
}

/** A count that has no interval of its own. */
const exact = (value: number): Estimate => ({ value, interval: [value, value] });

const HERE = 'defined by this project';

/** The five figures of places, on lines or in the region. */
function placeMetrics(where: 'lines' | 'region'): Metric[] {
  const at = where === 'lines' ? 'on lines' : 'in the region';
  const places =
    where === 'lines'
      ? 'Of places on straight lines between the codes of two examples'
      : 'Of places drawn evenly from a rounded body around the codes’ mean that holds 98\u202f% of them';
  const of = (key: keyof PlaceFigures) => (figures: LatentFigures) => figures.gaps[where][key];
  return [
    {
      key: `${where}.gaps`,
      name: `in gaps, ${at}`,
      short: 'in gaps',
      unit: '% of places',
      better: 'low',
      of: of('gaps'),
      format: percent,
      definition: `${places}: the part that is unfaithful or empty, as the next two say.`,
      source: HERE,
    },
    {
      key: `${where}.unfaithful`,
      name: `unfaithful, ${at}`,
      short: 'unfaithful',
      unit: '% of places',
      better: 'low',
      of: of('unfaithful'),
      format: percent,
      definition: `${places}: the part whose round trip φ(ψ(z)), decoded and encoded again, misses z by more than it misses all but 1\u202f% of real codes.`,
      source: HERE,
    },
    {
      key: `${where}.empty`,
      name: `empty, ${at}`,
      short: 'empty',
      unit: '% of places',
      better: 'low',
      of: of('empty'),
      format: percent,
      definition: `${places}: the part that is farther from the nearest code than all but 1\u202f% of real codes are from their nearest other.`,
      source: HERE,
    },
    {
      key: `${where}.roundTrip`,
      name: `round trip, ${at}`,
      short: 'round trip',
      unit: '× the codes’ spread',
      better: 'low',
      of: of('roundTrip'),
      format: plain,
      definition: `${places}: the median of ‖φ(ψ(z)) − z‖, over the root mean square distance of the codes from their mean.`,
      source: HERE,
    },
    {
      key: `${where}.distance`,
      name: `distance, ${at}`,
      short: 'distance',
      unit: '× that of codes',
      better: 'low',
      of: of('distance'),
      format: times,
      definition: `${places}: the median distance to the nearest code, over the same median of the codes themselves. 1 is as near as codes are to one another.`,
      source: HERE,
    },
  ];
}

const labelled: readonly Metric[] = [
  {
    key: 'neighbours',
    name: 'neighbours agree',
    short: 'neighbours agree',
    unit: '% right',
    better: 'high',
    of: (figures) => figures.separability.labelled?.neighbours,
    format: percent,
    reference: ({ separability: { labelled: known } }) => known && { name: 'guessing', value: known.chance },
    definition: 'How often the class of an example is that which most of the nearest other codes have.',
    source: 'k nearest neighbours: Cover & Hart 1967',
  },
  {
    key: 'probe',
    name: 'linear probe',
    short: 'linear probe',
    unit: '% right',
    better: 'high',
    of: (figures) => figures.separability.labelled?.probe,
    format: percent,
    reference: ({ separability: { labelled: known } }) => known && { name: 'guessing', value: known.chance },
    definition: 'How often a linear classifier on the codes is right about codes that it was not fitted to.',
    source: 'Alain & Bengio 2016',
  },
  {
    key: 'silhouette',
    name: 'silhouette of classes',
    short: 'silhouette',
    unit: '−1 … 1',
    better: 'high',
    of: (figures) => figures.separability.labelled?.silhouette,
    format: plain,
    definition:
      'Mean over the codes of (b − a) / max(a, b): a is the mean distance to the codes of its own class, b to those of the nearest other class. 1: classes lie apart; below 0: they lie within one another.',
    source: 'Rousseeuw 1987',
  },
];

const unlabelled: readonly Metric[] = [
  {
    key: 'clusters',
    name: 'silhouette of clusters',
    short: 'clusters apart',
    unit: '−1 … 1',
    better: 'high',
    of: (figures) => figures.separability.clusters.silhouette,
    format: plain,
    definition:
      'The same silhouette for clusters found without labels, by k-means with the number of clusters that has the best one.',
    source: 'Rousseeuw 1987; k-means: Lloyd 1982',
  },
  {
    key: 'stability',
    name: 'stability of clusters',
    short: 'clusters stay',
    unit: 'adjusted Rand index',
    better: 'high',
    of: (figures) => figures.separability.clusters.stability,
    format: plain,
    definition:
      'How well the clusters found in two halves of the codes agree about all of them: 1 where they are the same, 0 where they agree by chance alone.',
    source: 'Hubert & Arabie 1985; Ben-Hur, Elisseeff & Guyon 2002',
  },
];

const discreteness: readonly Metric[] = [
  {
    key: 'jump',
    name: 'largest jump',
    short: 'largest jump',
    unit: '× the mean step',
    better: 'low',
    of: (figures) => figures.discreteness.jump,
    format: times,
    definition:
      'The largest change of the output from one step to the next along a line between two codes, over the mean change; the median over the lines. 1: all steps are alike.',
    source: HERE,
  },
  {
    key: 'components',
    name: 'islands',
    short: 'islands',
    unit: 'components',
    better: 'low',
    of: ({ discreteness: { components } }) => ({ value: components.count, interval: components.interval }),
    format: (value) => (Number.isInteger(value) ? count(value) : value.toFixed(1)),
    definition:
      'Connected components of the codes at a density level: codes in the thinnest places are left out, the others belong together where they are near. The interval is that of counts over subsamples.',
    source: 'level sets: Hartigan 1975',
  },
];

const preservation: readonly Metric[] = [
  {
    key: 'trustworthiness',
    name: 'trustworthiness',
    short: 'trustworthiness',
    unit: '0 … 1',
    better: 'high',
    of: (figures) => figures.preservation.trustworthiness,
    format: plain,
    definition: '1: whoever is near by code is near by value. Strangers among the neighbours cost by their rank.',
    source: 'Venna & Kaski 2001',
  },
  {
    key: 'continuity',
    name: 'continuity',
    short: 'continuity',
    unit: '0 … 1',
    better: 'high',
    of: (figures) => figures.preservation.continuity,
    format: plain,
    definition: '1: whoever is near by value is near by code. Lost neighbours cost by their rank.',
    source: 'Venna & Kaski 2001',
  },
];

const shape: readonly Metric[] = [
  {
    key: 'dimension',
    name: 'intrinsic dimension',
    short: 'intrinsic dimension',
    unit: 'dimensions',
    of: (figures) => figures.shape.intrinsicDimension,
    format: plain,
    definition: 'Dimensions that the codes really fill, by the distances of each to its nearest two.',
    source: 'Facco, d’Errico, Rodriguez & Laio 2017',
  },
  {
    key: 'rank',
    name: 'effective rank',
    short: 'effective rank',
    unit: 'directions',
    of: (figures) => figures.shape.effectiveRank,
    format: plain,
    definition: 'e to the entropy of the codes’ singular values: as many directions in equal use would carry as much.',
    source: 'Roy & Vetterli 2007',
  },
  {
    key: 'active',
    name: 'active units',
    short: 'active units',
    unit: 'units',
    of: (figures) => exact(figures.shape.activeUnits),
    format: count,
    definition: 'Units whose variance over the examples is above 0.01 of that of the most varied one.',
    source: 'after Burda, Grosse & Salakhutdinov 2016',
  },
];

const fidelity: readonly Metric[] = [
  {
    key: 'error',
    name: 'squared error',
    short: 'squared error',
    unit: 'per example',
    better: 'low',
    of: (figures) => figures.squaredError,
    format: plain,
    definition: 'Squared error summed over an example in scaled units, mean over the examples.',
    source: 'as every report here',
  },
  {
    key: 'codes.roundTrip',
    name: 'round trip of codes',
    short: 'round trip of codes',
    unit: '× the codes’ spread',
    better: 'low',
    of: (figures) => figures.gaps.codesRoundTrip,
    format: plain,
    definition: 'Median of ‖φ(ψ(z)) − z‖ for the codes of examples, in the unit of the places’.',
    source: HERE,
  },
];

/** What comes back, of every space. */
export const squaredError: Metric = fidelity[0]!;

/** The figures of the three weaknesses that a verdict shows first. */
export const headline = {
  gaps: (): Metric => onLines[0]!,
  separability: (figures: LatentFigures): Metric => (figures.separability.labelled ? labelled[0]! : unlabelled[0]!),
  discreteness: (): Metric => discreteness[0]!,
} as const;

const onLines = placeMetrics('lines');

/** All figures, those that none of the spaces has left out. */
export function metricGroups(all: readonly LatentFigures[]): MetricGroup[] {
  const groups: readonly MetricGroup[] = [
    {
      title: 'Gaps on lines',
      words: 'Places on straight lines between two codes. A gap is where nothing real was encoded to.',
      metrics: onLines,
    },
    {
      title: 'Gaps in the region',
      words: 'The same for places anywhere in the rounded body that holds 98\u202f% of the codes, between them or not.',
      metrics: placeMetrics('region'),
    },
    {
      title: 'Separability',
      words: 'Whether different things get different regions.',
      metrics: [...labelled, ...unlabelled],
    },
    {
      title: 'Discreteness, and neighbourhoods kept',
      words: 'Whether the space is islands instead of a continuum, and whether near stays near from examples to codes.',
      metrics: [...discreteness, ...preservation],
    },
    {
      title: 'Fidelity and shape',
      words: 'What comes back, and how much of its width a code uses. The shape is neither good nor bad by itself.',
      metrics: [...fidelity, ...shape],
    },
  ];
  return groups
    .map((group) => ({ ...group, metrics: group.metrics.filter(({ of }) => all.some((figures) => of(figures))) }))
    .filter(({ metrics }) => metrics.length > 0);
}
