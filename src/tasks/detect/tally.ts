import { groupName } from '../../data/groups.js';
import type { ExampleStream } from '../../data/stream.js';
import { cellState } from '../../data/table/encode.js';
import type { DetectedBlock } from './detect.js';

export type Tally = ReturnType<typeof openTally>;

/** What a group of examples came to. */
export interface GroupTally {
  readonly group: string;
  readonly examples: number;
  readonly anomalies: number;
  /** Those that lie in no whole window of their series and have no score. */
  readonly unscored: number;
  /** The highest score among them; −Infinity where none has one. */
  readonly highest: number;
}

/** Counts the scores of each group. */
function groupTally(source: Pick<ExampleStream, 'carried'>) {
  const places = (source.carried ?? []).flatMap(({ role }, i) => (role === 'group' ? [i] : []));
  const groups = new Map<string, { examples: number; anomalies: number; unscored: number; highest: number }>();
  return {
    add({ carried, scores, anomalies }: DetectedBlock): void {
      if (places.length === 0 || !carried) return;
      for (const [i, score] of scores.entries()) {
        const name = groupName(places.map((place) => carried[place]?.[i]));
        const group = groups.get(name) ?? { examples: 0, anomalies: 0, unscored: 0, highest: Number.NEGATIVE_INFINITY };
        group.examples++;
        group.anomalies += anomalies[i]!;
        if (Number.isNaN(score)) group.unscored++;
        else group.highest = Math.max(group.highest, score);
        groups.set(name, group);
      }
    },
    /** The groups with the largest part of anomalies first, and the highest score of those alike. */
    get: (): GroupTally[] =>
      [...groups]
        .map(([group, counts]) => ({ group, ...counts }))
        .sort((a, b) => b.anomalies / b.examples - a.anomalies / a.examples || (b.highest > a.highest ? 1 : -1)),
  };
}

/** What is known of examples that were scored, kept until the last of them is there. */
export function openTally(source: Pick<ExampleStream, 'carried'> = {}) {
  const groups = groupTally(source);
  const scores: number[] = [];
  const labels: (string | undefined)[] = [];
  const times: number[] = [];
  let [anomalies, unscored] = [0, 0];
  const cells = { filled: 0, unseen: 0 };
  return {
    /** Cells that were missing and filled in, and words that were not seen in training. */
    cells,
    scores,
    labels,
    times,
    anomalies: () => anomalies,
    /** How many have no score: rows of a series that lie in no whole window of it. */
    unscored: () => unscored,
    /** What each group came to, the worst first; none where there are no groups. */
    groups: groups.get,
    add(block: DetectedBlock): void {
      groups.add(block);
      for (const score of block.scores) {
        scores.push(score);
        if (Number.isNaN(score)) unscored++;
      }
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
