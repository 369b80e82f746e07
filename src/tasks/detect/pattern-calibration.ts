import { distributionOf, type Patterns, type ScoreDistribution } from '../../models/calibration.js';
import { inputSize, type Specification } from '../../models/specification.js';
import type { RuntimeOptions } from '../../runtime/runtime.js';
import { learnPatterns, openPatterns, type PatternWindows, type Span } from './pattern.js';
import { joinedRows, type PieceErrors, rowsFrom } from './pieces.js';
import { scaledBy, total } from './scoring.js';

/** Windows of pieces of a series as the pattern score takes them, and where they lie in time where all of that is known. */
function patternWindows(
  pieces: readonly PieceErrors[],
  specification: Specification,
): {
  readonly asked: PatternWindows & { readonly spans: readonly Span[] };
  readonly times: readonly Span[] | undefined;
} {
  const size = inputSize(specification);
  const all = pieces.flatMap(({ errors }) => errors);
  const errors = new Float64Array(all.length * size);
  for (const [i, error] of all.entries()) errors.set(error, i * size);
  const places = pieces.flatMap(({ places = [], from }) =>
    places.map(({ start, rows, span }) => ({ rows: [from + start, from + start + rows - 1] as const, times: span })),
  );
  const times = places.flatMap(({ times }) => (times?.every(Number.isFinite) ? [times] : []));
  return {
    asked: { windows: scaledBy(specification)(joinedRows(pieces).rows), errors, spans: places.map(({ rows }) => rows) },
    times: times.length === places.length ? times : undefined,
  };
}

/** The windows that the pattern score compares with, and the scores that the rows of a series have. */
export async function patternCalibration(
  trained: readonly PieceErrors[],
  heldOut: readonly PieceErrors[] | undefined,
  specification: Specification,
  runtime: RuntimeOptions | undefined,
): Promise<{ readonly patterns: Patterns; readonly distribution: ScoreDistribution } | undefined> {
  const { input } = specification;
  const size = inputSize(specification);
  const { asked, times } = patternWindows(trained, specification);
  const learned = await learnPatterns(asked, times, { input }, runtime);
  if (!learned) return undefined;
  const { patterns } = learned;
  let { scores } = learned;
  if (heldOut) {
    const other = patternWindows(heldOut, specification);
    const scorer = await openPatterns(patterns, { input }, runtime);
    try {
      const spans = patterns.timed && other.times ? other.times : other.asked.spans.map(() => undefined);
      const parts = await scorer.contributions({ ...other.asked, spans });
      scores = Float64Array.from(spans, (_, n) => total(parts, n * size, (n + 1) * size));
    } finally {
      await scorer.close();
    }
  }
  const rows: number[] = [];
  let done = 0;
  for (const { places = [] } of heldOut ?? trained) {
    const own = scores.subarray(done, done + places.length);
    for (const score of rowsFrom(own, places, input.shape[0] as number)) rows.push(score);
    done += places.length;
  }
  return { patterns, distribution: distributionOf(Float64Array.from(rows)) };
}
