import { count, duration, several } from '../core/format.js';
import { type CarriedCells, concatenated, type Times } from './dataset.js';
import { durationOf, type Gap } from './table/gap.js';

/** Rows of one kind of fault: how many, and the first of them, from 0. */
export interface Faults {
  readonly count: number;
  readonly first: number;
}

/** What is odd about the times of a series. */
export interface ClockFaults {
  /** Rows whose time is before that of the row before: there the series breaks, and no window reaches across. */
  readonly backward?: Faults;
  /** Rows that have the time of the row before. */
  readonly repeated?: Faults;
  /** Rows behind a step that is longer than the limit: the series breaks there too. */
  readonly gaps?: Faults & {
    /** The longest step, and the row behind it. */
    readonly longest: number;
    readonly at: number;
    /** The limit there. */
    readonly limit: number;
  };
  /** Rows where the clock goes back or forth by an hour in the night to a Sunday in spring or autumn, as local times do. */
  readonly changes?: Faults;
}

/** A step is longer than usual from so many times what 95 of 100 steps do not exceed … */
const BEYOND = 1.5;
/** … and where these differ among each other, from so many times. */
const BEYOND_IRREGULAR = 3;
const MOST_STEPS = 0.95;
/** Of fewer steps than these nothing is usual: those of all groups together say what is. */
const FEW_STEPS = 8;
const HOUR = 3_600_000;

/** The usual step among some, and the longest that is not unusual. */
function usualOf(steps: Float64Array): { readonly usual: number; readonly limit: number } {
  const sorted = steps.sort();
  const usual = sorted[(sorted.length - 1) >> 1] ?? 0;
  const most = sorted[Math.floor(MOST_STEPS * (sorted.length - 1))] ?? 0;
  return { usual, limit: most * (most > BEYOND * usual ? BEYOND_IRREGULAR : BEYOND) };
}

/** The limit that was asked for; what is usual by default. */
function limitOf(gap: Gap | undefined, usual: { readonly usual: number; readonly limit: number }): number {
  if (gap === undefined) return usual.limit;
  if (gap === 'none') return Number.POSITIVE_INFINITY;
  return typeof gap === 'number' ? gap * usual.usual : (durationOf(gap) ?? Number.POSITIVE_INFINITY);
}

/** Whether local time may change there: in the first hours of a Sunday in spring or autumn. */
function isChangeNight(time: number): boolean {
  const at = new Date(time);
  return at.getUTCDay() === 0 && at.getUTCHours() <= 4 && [2, 3, 8, 9, 10].includes(at.getUTCMonth());
}

/** Gathers faults of one kind. */
function faultCounter() {
  let [number, first] = [0, -1];
  return {
    add(row: number): void {
      if (number++ === 0) first = row;
    },
    get: (): Faults | undefined => (number === 0 ? undefined : { count: number, first }),
  };
}

/** What {@link markPieces} is told of a series: its rows, those of a group one after the other. */
export interface SeriesTimes {
  readonly times?: Times | undefined;
  /** The group of each row. */
  readonly groups?: Int32Array | undefined;
  readonly gap?: Gap | undefined;
}

/** Where a piece begins: behind a gap in time, or for another reason. */
export const beginnings = { none: 0, break: 1, gap: 2 } as const;

/** The groups of a series, as rows from … to (without). */
function segmentsOf(rows: number, groups: Int32Array | undefined): (readonly [number, number])[] {
  const starts = [0, ...(groups ? [...groups.keys()].filter((i) => i > 0 && groups[i] !== groups[i - 1]) : [])];
  return starts.map((from, i) => [from, starts[i + 1] ?? rows] as const);
}

/** The groups of a series with what is usual among the steps of each; where a group has few of them, among those of all. */
function usualSteps({ values }: Times, groups: Int32Array | undefined) {
  const segments = segmentsOf(values.length, groups);
  const positive = ([from, to]: readonly [number, number]) =>
    Float64Array.from(
      { length: Math.max(0, to - from - 1) },
      (_, i) => values[from + i + 1]! - values[from + i]!,
    ).filter((step) => step > 0);
  const pooled = usualOf(concatenated(segments.map(positive)) ?? new Float64Array(0));
  return segments.map((segment) => {
    const steps = positive(segment);
    return { segment, usual: steps.length < FEW_STEPS ? pooled : usualOf(steps) };
  });
}

/** The longest distance in time that a gap which somebody asked for allows at a row; without one any. */
export function gapLimits({ times, groups, gap }: SeriesTimes): (row: number) => number {
  if (gap === undefined || !times) return () => Number.POSITIVE_INFINITY;
  const limits = usualSteps(times, groups).map(({ segment, usual }) => ({
    to: segment[1],
    limit: limitOf(gap, usual),
  }));
  let at = 0;
  return (row) => {
    if (row < (limits[at - 1]?.to ?? 0)) at = 0;
    while (at < limits.length - 1 && row >= limits[at]!.to) at++;
    return limits[at]!.limit;
  };
}

/**
 * Finds the pieces of a series: a group ends there, its clock goes back, or a step in time is longer than usual.
 *
 * @param begins [rows] marked with {@link beginnings}, beside those that are there already
 */
export function markPieces(begins: Uint8Array, { times, groups, gap }: SeriesTimes): ClockFaults {
  for (const [from] of segmentsOf(begins.length, groups).slice(1)) begins[from] = beginnings.break;
  if (!times) return {};
  const { values, unit } = times;
  const [backward, repeated, gaps, changes] = [faultCounter(), faultCounter(), faultCounter(), faultCounter()];
  let longest = { longest: 0, at: -1, limit: 0 };
  for (const { segment, usual } of usualSteps(times, groups)) {
    const limit = limitOf(gap, usual);
    for (let row = segment[0] + 1; row < segment[1]; row++) {
      const step = values[row]! - values[row - 1]!;
      if (step < 0) {
        backward.add(row);
        begins[row] = beginnings.break;
      } else if (step === 0) repeated.add(row);
      else if (step > limit) {
        gaps.add(row);
        begins[row] ||= beginnings.gap;
        if (step > longest.longest) longest = { longest: step, at: row, limit };
      }
      const isHour = Math.abs(Math.abs(step - usual.usual) - HOUR) < 1000 && usual.usual <= HOUR;
      if (unit === 'date' && isHour && isChangeNight(values[row]!)) changes.add(row);
    }
  }
  const [back, same, long, hours] = [backward.get(), repeated.get(), gaps.get(), changes.get()];
  return {
    ...(back && { backward: back }),
    ...(same && { repeated: same }),
    ...(long && { gaps: { ...long, ...longest } }),
    ...(hours && { changes: hours }),
  };
}

const times = (number: number) => (number === 1 ? 'once' : number === 2 ? 'twice' : `${count(number)} times`);

/** How rows of a series are named for people. */
export interface RowNames {
  readonly times: Times;
  /** The times as they were written. */
  readonly texts?: CarriedCells | undefined;
  /** The number of a row in its file, from 1. */
  readonly number: (row: number) => number;
}

/** A step in time in words. */
export const stepWords = (step: number, { unit }: Pick<Times, 'unit'>): string =>
  unit === 'date' ? duration(step / 1000) : count(step);

/** What a person should know of them, a sentence each. */
export function clockNotes({ backward, repeated, gaps, changes }: ClockFaults, names: RowNames): string[] {
  const { unit, values } = names.times;
  const at = (row: number) => {
    const time = values[row] ?? Number.NaN;
    const text = names.texts?.[row] ?? (unit === 'date' && Number.isFinite(time) ? new Date(time).toISOString() : time);
    return `row ${count(names.number(row))}, ${text}`;
  };
  return [
    ...(backward
      ? [`the clock goes back ${times(backward.count)} (first at ${at(backward.first)}): the series is split there`]
      : []),
    ...(repeated
      ? [
          `${several(repeated.count, 'row')} ${repeated.count === 1 ? 'repeats' : 'repeat'} the time before (first at ${at(repeated.first)})`,
        ]
      : []),
    ...(gaps
      ? [
          `${several(gaps.count, 'step')} in time ${gaps.count === 1 ? 'is' : 'are'} longer than ${stepWords(gaps.limit, names.times)}, the longest ${stepWords(gaps.longest, names.times)} before ${at(gaps.at)}: no window reaches across; \`gap\` sets the limit`,
        ]
      : []),
    ...(changes
      ? [
          `the clock changes by an hour in the night to a Sunday ${times(changes.count)} (first at ${at(changes.first)}), as local times do for summer time: write times in UTC or with their zone (2026-10-25T02:30:00+01:00), and do not sort them, which would mix two hours`,
        ]
      : []),
  ];
}
