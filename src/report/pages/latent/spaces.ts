import type { LatentFigures } from '../../../analysis/latent/figures.js';
import type { Estimate } from '../../../analysis/statistics/estimate.js';
import { badInput } from '../../../core/errors.js';
import { listed, several } from '../../../core/format.js';
import { colorOf } from '../../kit/parts.js';
import type { InspectedRun, LatentReportInput } from './input.js';
import { type Metric, written } from './metrics.js';

/** A latent space on the page: a run's, or that of PCA at some width. */
export interface Space {
  /** Absent for PCA. */
  readonly run?: InspectedRun;
  readonly name: string;
  /** The name of its colour in the style sheet. */
  readonly color: string;
  readonly width: number;
  readonly figures: LatentFigures;
}

/** Runs of one code width, and PCA at that width. */
export interface WidthGroup {
  readonly width: number;
  readonly runs: readonly Space[];
  readonly pca: Space;
}

/** The colour of a run: that of its kind, so that a kind has the same one at every width; PCA's is no run's. */
export const runColor = ({ runs }: Pick<LatentReportInput, 'runs'>, run: Pick<InspectedRun, 'kind'>): string =>
  colorOf([...new Set(runs.map(({ kind }) => kind))], run.kind);

/** The figures of the first run, which say which metrics there are. */
export function firstFigures({ runs: [first] }: Pick<LatentReportInput, 'runs'>): LatentFigures {
  if (!first) throw badInput('report', 'expected at least one run, got none');
  return first.figures;
}

/** All spaces of the page, by width. */
export function widthGroups(input: Pick<LatentReportInput, 'runs'>): WidthGroup[] {
  const groups = new Map<number, { runs: Space[]; pca: Space }>();
  for (const run of input.runs) {
    const { name, figures, pca } = run;
    const { width } = figures;
    const group = groups.get(width) ?? { runs: [], pca: { name: 'PCA', color: 'pca', width, figures: pca } };
    group.runs.push({ run, name, color: runColor(input, run), width, figures });
    groups.set(width, group);
  }
  return [...groups].map(([width, group]) => ({ width, ...group })).sort((a, b) => a.width - b.width);
}

/** Whether two intervals have a value in common: then the figures may well be the same. */
export function meet(a: Estimate, b: Estimate): boolean {
  return a.interval[0] <= b.interval[1] && b.interval[0] <= a.interval[1];
}

/** How a figure stands beside another: by which is better, where their intervals do not meet. */
export function beside(metric: Metric, ours: Estimate, theirs: Estimate): 'better' | 'same' | 'worse' | 'apart' {
  if (meet(ours, theirs)) return 'same';
  if (!metric.better) return 'apart';
  return ours.value < theirs.value === (metric.better === 'low') ? 'better' : 'worse';
}

/** The best run of a width by one figure. */
export interface Leader {
  readonly best: Space;
  readonly estimate: Estimate;
  /** Others whose intervals meet its. */
  readonly tied: readonly Space[];
  /** How the best stands beside PCA. */
  readonly beside: ReturnType<typeof beside>;
}

/** The best of several runs, where a figure has a better end; of one run there is no best. */
export function leaderOf(metric: Metric, { runs, pca }: WidthGroup): Leader | undefined {
  const { better, of } = metric;
  if (!better || runs.length < 2) return undefined;
  const found = runs.flatMap((space) => {
    const estimate = of(space.figures);
    return estimate && Number.isFinite(estimate.value) ? [{ space, estimate }] : [];
  });
  if (found.length < 2) return undefined;
  const sign = better === 'low' ? 1 : -1;
  const best = found.reduce((a, b) => (sign * (b.estimate.value - a.estimate.value) < 0 ? b : a));
  const linear = of(pca.figures);
  return {
    best: best.space,
    estimate: best.estimate,
    tied: found.filter((one) => one !== best && meet(one.estimate, best.estimate)).map(({ space }) => space),
    beside: linear ? beside(metric, best.estimate, linear) : 'same',
  };
}

/** Who is best by a figure at each width, and who may be as good: "with 2 numbers basic (2.4 %; PCA 0.1 %), apart from all others". */
export function leadersWords(metric: Metric, groups: readonly WidthGroup[]): string {
  const found = groups.flatMap((group) => {
    const leader = leaderOf(metric, group);
    if (!leader) return [];
    const { best, estimate, tied } = leader;
    const others = tied.length > 0 ? `not apart from ${listed(tied.map(({ name }) => name))}` : 'apart from all others';
    const linear = written(metric, metric.of(group.pca.figures)?.value);
    const width = groups.length > 1 ? `with ${several(group.width, 'number')} ` : '';
    return [`${width}${best.name} (${written(metric, estimate.value)}; PCA ${linear}), ${others}`];
  });
  return found.join('; ');
}
