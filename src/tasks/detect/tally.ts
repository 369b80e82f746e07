import { cellState } from '../../data/table/encode.js';
import type { DetectedBlock } from './detect.js';

export type Tally = ReturnType<typeof openTally>;

/** What is known of examples that were scored, kept until the last of them is there. */
export function openTally() {
  const scores: number[] = [];
  const labels: (string | undefined)[] = [];
  const times: number[] = [];
  let anomalies = 0;
  const cells = { filled: 0, unseen: 0 };
  return {
    /** Cells that were missing and filled in, and words that were not seen in training. */
    cells,
    scores,
    labels,
    times,
    anomalies: () => anomalies,
    add(block: DetectedBlock): void {
      for (const score of block.scores) scores.push(score);
      for (const label of block.labels ?? []) labels.push(label);
      for (const time of block.times ?? []) times.push(time);
      for (const flag of block.anomalies) anomalies += flag;
      for (const state of block.cells ?? []) {
        if (state === cellState.filled) cells.filled++;
        else if (state === cellState.unseen) cells.unseen++;
      }
    },
  };
}
