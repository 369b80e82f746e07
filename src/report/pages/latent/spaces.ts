import { leaderOf } from '../../../analysis/latent/compare.js';
import type { LatentFigures } from '../../../analysis/latent/figures.js';
import { type Metric, written } from '../../../analysis/latent/metrics.js';
import { groupBy, itemAt } from '../../../core/collections.js';
import { badInput } from '../../../core/errors.js';
import { listed, several } from '../../../core/format.js';
import { colorOf } from '../../kit/parts.js';
import type { InspectedRun, LatentReportInput } from './input.js';

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

type Runs = Pick<LatentReportInput, 'runs'>;

/** The colour of a run: that of its kind, so that a kind has the same one at every width; PCA's is no run's. */
export const runColor = ({ runs }: Runs, run: Pick<InspectedRun, 'kind'>): string =>
  colorOf([...new Set(runs.map(({ kind }) => kind))], run.kind);

/** The figures of the first run, which say which metrics there are. */
export function firstFigures({ runs: [first] }: Runs): LatentFigures {
  if (!first) throw badInput('report', 'expected at least one run, got none');
  return first.figures;
}

/** All spaces of the page, by width. */
export function widthGroups(input: Runs): WidthGroup[] {
  const groups = [...groupBy(input.runs, ({ figures }) => figures.width)].sort(([a], [b]) => a - b);
  return groups.map(([width, runs]) => ({
    width,
    runs: runs.map((run) => ({ run, name: run.name, color: runColor(input, run), width, figures: run.figures })),
    pca: { name: 'PCA', color: 'pca', width, figures: itemAt(runs, 0).pca },
  }));
}

/** The spaces of some widths in the order of rows: runs, then PCA. */
export const spacesOf = (groups: readonly WidthGroup[]): { readonly space: Space; readonly group: WidthGroup }[] =>
  groups.flatMap((group) => [...group.runs, group.pca].map((space) => ({ space, group })));

/** Who is best by a figure at each width, and who may be as good: "with 2 numbers basic (2.4 %; PCA 0.1 %), apart from all others". */
export function leadersWords(metric: Metric, groups: readonly WidthGroup[]): string {
  const said = groups.flatMap(({ width, runs, pca }) => {
    const leader = leaderOf(metric, runs);
    if (!leader) return [];
    const { best, value, tied } = leader;
    const others = tied.length > 0 ? `not apart from ${listed(tied.map(({ name }) => name))}` : 'apart from all others';
    const linear = written(metric, metric.of(pca.figures)?.value);
    const where = groups.length > 1 ? `with ${several(width, 'number')} ` : '';
    return [`${where}${best.name} (${written(metric, value)}; PCA ${linear}), ${others}`];
  });
  return said.join('; ');
}
