// The score of the Numenta Anomaly Benchmark (Lavin and Ahmad 2015), by the rules of its own sweeper, for labelled series.

/** The weights of the benchmark's standard application profile. */
export const standardProfile = { hit: 1, falseAlarm: 0.11, miss: 1 };

/** Rows at the start of a series that are not scored: 15 % of it, of 5,000 rows at most. */
const PROBATION = 0.15;
const MOST_PROBATION = 5000;

/** +1 far ahead of the end of a labelled stretch, 0 at its end, −1 far behind it; positions in lengths of the stretch. */
const reward = (position) => (position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1);
const LARGEST = reward(-1);

/**
 * What each row of a series that is scored counts where it is flagged, and the stretch that it lies in.
 *
 * @param {{ times: number[], stretches: number[][] }} series  stretches begin and end with a row
 */
function countedRows({ times, stretches }, profile) {
  const first = Math.floor(PROBATION * Math.min(times.length, MOST_PROBATION));
  const ends = stretches.map(([from, to]) => [times.indexOf(from), times.indexOf(to)]);
  if (ends.flat().includes(-1)) throw new Error('a labelled stretch does not begin and end with a row of its series');
  return times.flatMap((_, row) => {
    if (row < first) return [];
    const stretch = ends.findIndex(([from, to]) => row >= from && row <= to);
    if (stretch >= 0) {
      const [from, to] = ends[stretch];
      return [{ row, stretch, value: (profile.hit * reward(-(to - row + 1) / (to - from + 1))) / LARGEST }];
    }
    const before = ends.findLast(([, to]) => to < row);
    const value = profile.falseAlarm * (before ? reward((row - before[1]) / (before[1] - before[0])) : -1);
    return [{ row, stretch, value }];
  });
}

/**
 * The benchmark's score of some series at the one threshold for all of them that is best: 100 where each stretch is flagged at its
 * first row and nothing else, 0 where nothing is flagged.
 *
 * @param {{ times: number[], stretches: number[][], scores: ArrayLike<number> }[]} all  scores that can be compared between series
 */
export function nabScore(all, profile = standardProfile) {
  const rows = all.flatMap((series, i) =>
    countedRows(series, profile).map(({ row, stretch, value }) => ({
      value,
      stretch: stretch < 0 ? undefined : `${i}/${stretch}`,
      score: series.scores[row],
    })),
  );
  rows.sort((a, b) => b.score - a.score);
  const asked = new Set(rows.flatMap(({ stretch }) => stretch ?? []));
  const none = -profile.miss * asked.size;
  const hit = new Map();
  let [sum, best] = [none, none];
  for (const [i, { score, stretch, value }] of rows.entries()) {
    if (stretch === undefined) sum += value;
    else {
      const before = hit.get(stretch) ?? -profile.miss;
      hit.set(stretch, Math.max(before, value));
      sum += hit.get(stretch) - before;
    }
    if (rows[i + 1]?.score !== score) best = Math.max(best, sum);
  }
  return (100 * (best - none)) / (profile.hit * asked.size - none);
}

/** The share of the scores of a series that each of them reaches: what makes scores of different series comparable. */
export function shares(scores) {
  const sorted = Float64Array.from(scores).sort();
  return Float64Array.from(scores, (score) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] <= score) low = middle + 1;
      else high = middle;
    }
    return low / sorted.length;
  });
}
