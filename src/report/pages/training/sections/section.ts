import type { Histogram } from '../../../../analysis/training/code-columns.js';
import { figure, percent } from '../../../../core/format.js';
import type { Bar } from '../../../kit/bars.js';
import type { Section } from '../../../kit/page.js';
import type { ReportInput } from '../input.js';

/** Makes a section of the page, or nothing where the run has nothing for it. */
export type SectionMaker = (input: ReportInput) => Section | undefined;

/** The terms that the loss of the whole network is the sum of; what an opponent minimises is none of them. */
export function termNames({ history, opponents = [] }: ReportInput): string[] {
  return Object.keys(history.at(-1)?.terms ?? {}).filter((name) => !opponents.includes(name));
}

/** A histogram as bars, each the part of all that it holds. */
export function histogramBars({ low, high, counts }: Histogram, what: string): Bar[] {
  const total = counts.reduce((sum, value) => sum + value, 0) || 1;
  const step = (high - low) / counts.length;
  return counts.map((value, i) => {
    const [x1, x2] = [low + i * step, low + (i + 1) * step];
    return {
      x1,
      x2,
      y: value / total,
      says: `${figure(x1)} to ${figure(x2)}\n${percent(value / total)} of the ${what}`,
    };
  });
}
