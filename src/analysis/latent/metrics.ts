import { type LatentMetric, latentMetrics } from '../metrics.js';
import type { Estimate } from '../statistics/estimate.js';
import type { LatentFigures } from './figures.js';

/** A figure of a latent space, with what it is called above a chart whose heading says the rest. */
export type Metric = LatentMetric & { readonly short: string };

/** Figures that belong together, in one chart. */
export interface MetricGroup {
  readonly title: string;
  readonly words: string;
  readonly metrics: readonly Metric[];
}

/** What stands for a figure that there is none of. */
export const NONE = '–';

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

const withShort = (metric: LatentMetric): Metric => ({ ...metric, short: metric.short ?? metric.name });

export const squaredError = withShort(latentMetrics.error);

/** The figures of the three weaknesses that a verdict shows first. */
export const headline = {
  gaps: (): Metric => withShort(latentMetrics['lines.gaps']),
  separability: ({ separability }: LatentFigures): Metric =>
    withShort(separability.labelled ? latentMetrics.neighbours : latentMetrics.clusters),
  discreteness: (): Metric => withShort(latentMetrics.jump),
} as const;

const charts: readonly (Omit<MetricGroup, 'metrics'> & { readonly groups: readonly LatentMetric['group'][] })[] = [
  {
    title: 'Gaps on lines',
    words: 'Places on straight lines between two codes. A gap is where nothing real was encoded to.',
    groups: ['lines'],
  },
  {
    title: 'Gaps in the region',
    words: 'The same for places anywhere in the rounded body that holds 98\u202f% of the codes, between them or not.',
    groups: ['region'],
  },
  {
    title: 'Separability',
    words: 'Whether different things get different regions.',
    groups: ['separability'],
  },
  {
    title: 'Discreteness, and neighbourhoods kept',
    words: 'Whether the space is islands instead of a continuum, and whether near stays near from examples to codes.',
    groups: ['discreteness', 'preservation'],
  },
  {
    title: 'Fidelity and shape',
    words: 'What comes back, and how much of its width a code uses. The shape is neither good nor bad by itself.',
    groups: ['fidelity', 'shape'],
  },
];

/** All figures, those that none of the spaces has left out. */
export function metricGroups(all: readonly LatentFigures[]): MetricGroup[] {
  return charts
    .map(({ groups, ...chart }) => ({
      ...chart,
      metrics: Object.values<LatentMetric>(latentMetrics)
        .filter(({ group, of }) => groups.includes(group) && all.some((figures) => of(figures)))
        .map(withShort),
    }))
    .filter(({ metrics }) => metrics.length > 0);
}
