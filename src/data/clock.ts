import { count } from '../core/format.js';
import type { Times } from './dataset.js';

/** What is odd about the times of a series. */
export interface ClockFaults {
  /** The rows, from 0, whose time is before that of the row before: there the series breaks, and no window reaches across. */
  readonly breaks: readonly number[];
  /** Rows that have the time of the row before. */
  readonly repeated: number;
  /** Steps of more than {@link LONG_STEPS} usual ones. Windows are so many rows and reach across them. */
  readonly gaps: number;
  /** The longest of those, in usual steps, and the row, from 0, behind it. */
  readonly longest?: { readonly steps: number; readonly row: number };
}

/** A step of more than so many usual ones is a gap. */
const LONG_STEPS = 5;

/** The middle one of some numbers, 0 of none. */
function median(values: Float64Array): number {
  return values.length === 0 ? 0 : (values.sort()[values.length >> 1] as number);
}

/** Looks over the times of a series. */
export function clockFaults(times: ArrayLike<number>): ClockFaults {
  const steps = new Float64Array(Math.max(0, times.length - 1));
  for (let i = 0; i < steps.length; i++) steps[i] = times[i + 1]! - times[i]!;
  const usual = median(steps.filter((step) => step > 0));
  const breaks: number[] = [];
  let [repeated, gaps, longest, row] = [0, 0, 0, 0];
  for (const [i, step] of steps.entries()) {
    if (step < 0) breaks.push(i + 1);
    if (step === 0) repeated++;
    if (!(step > LONG_STEPS * usual)) continue;
    gaps++;
    if (step > longest) [longest, row] = [step, i + 1];
  }
  return { breaks, repeated, gaps, ...(gaps > 0 && { longest: { steps: longest / usual, row } }) };
}

const times = (number: number) => (number === 1 ? 'once' : number === 2 ? 'twice' : `${count(number)} times`);

/** What a person should know of them, a sentence each. */
export function clockNotes({ breaks, repeated, gaps, longest }: ClockFaults, { unit, values }: Times): string[] {
  const at = (row: number) => {
    const time = values[row]!;
    return `row ${count(row + 1)}, ${unit === 'date' && Number.isFinite(time) ? new Date(time).toISOString() : time}`;
  };
  return [
    ...(breaks.length > 0
      ? [`the clock goes back ${times(breaks.length)} (first at ${at(breaks[0]!)}): the series is split there`]
      : []),
    ...(repeated > 0 ? [`${count(repeated)} ${repeated === 1 ? 'row repeats' : 'rows repeat'} the time before`] : []),
    ...(longest
      ? [
          `${count(gaps)} ${gaps === 1 ? 'gap' : 'gaps'} in time, the longest of ${count(longest.steps)} usual steps before ${at(longest.row)}: windows are so many rows and reach across`,
        ]
      : []),
  ];
}

/** The pieces of a series between two breaks, as rows from … to (without). */
export function piecesBetween(breaks: readonly number[], rows: number): (readonly [from: number, to: number])[] {
  return [0, ...breaks].map((from, i) => [from, breaks[i] ?? rows] as const);
}
