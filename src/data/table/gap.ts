import { badInput } from '../../core/errors.js';
import { shown } from './cells.js';

/**
 * The longest step in time that windows reach across: a number of usual steps, a duration as "30m" (ms, s, m, h, d, w), or "none"
 * where they reach across all.
 */
export type Gap = number | string;

const units: Readonly<Record<string, number>> = {
  ...{ ms: 1, s: 1000, sec: 1000, m: 60_000, min: 60_000 },
  ...{ h: 3_600_000, d: 86_400_000, w: 604_800_000 },
};

/** A duration in milliseconds, "30m" or "1.5h"; undefined where the text is none. */
export function durationOf(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim());
  const unit = parts && units[parts[2]!.toLowerCase()];
  return parts && unit !== undefined && unit !== null ? Number(parts[1]) * unit : undefined;
}

/**
 * A gap as it was given.
 *
 * @throws GargaloError `bad-input` naming `gap`
 */
export function parseGap(given: Gap): Gap {
  const text = String(given).trim();
  const number = /^\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) || typeof given === 'number' ? Number(text) : undefined;
  if (number !== undefined) {
    if (number > 0 && Number.isFinite(number)) return number;
    throw badInput('gap', `expected more than 0 usual steps, got ${number}`);
  }
  if (text === 'none' || (durationOf(text) ?? 0) > 0) return text;
  throw badInput(
    'gap',
    `expected a duration, a number of usual steps or none, got ${shown(text)}`,
    'write 30m, 1.5h, 2d, 3 or none',
  );
}

/**
 * Refuses a duration where times are numbers, of which nobody says whether they are seconds, days or steps.
 *
 * @throws GargaloError `bad-input` naming `gap`
 */
export function refuseDuration(gap: Gap | undefined, column: string): void {
  if (typeof gap !== 'string' || durationOf(gap) === undefined) return;
  const problem = `expected a number of usual steps or none, since the times of the column ${shown(column)} are numbers and no dates, got ${shown(gap)}`;
  throw badInput('gap', problem, 'write `gap: 3` for three usual steps');
}
