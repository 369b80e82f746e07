import { badInput } from '../../core/errors.js';
import { shown } from './cells.js';

/** The order of day, month and year in a date. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy';

const clock = String.raw`(?:(?:T|\s+|,\s*)(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*([AP]M)?)?(?:\s*(?:(Z|UTC)|([+-])(\d\d):?(\d\d)?))?$`;
const yearFirst = new RegExp(String.raw`^(\d{4})([-/.])(\d\d?)\2(\d\d?)${clock}`, 'i');
const yearLast = new RegExp(String.raw`^(\d\d?)([-/.])(\d\d?)\2(\d{4}|\d\d)${clock}`, 'i');

/** Years of two digits from here on are those of the century before. */
const LAST_CENTURY = 70;

function yearOf(text: string): number {
  const year = Number(text);
  return text.length > 2 ? year : year + (year < LAST_CENTURY ? 2000 : 1900);
}

/** The hour of a day of 24, of one that may be said in halves of 12. */
function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  return hour > 12 || hour === 0 ? Number.NaN : (hour % 12) + (/p/i.test(half) ? 12 : 0);
}

/**
 * The moment that a date stands for (ISO 8601, "2026-01-31 23:59:59", or with the year last: "31/01/2026 11:59 PM"), in milliseconds since
 * 1970; UTC where it names no other zone. NaN where it is no such date.
 *
 * @param order of day, month and year; dates with the year first are read whatever it is
 */
export function toTime(text: string, order: DateOrder = 'ymd'): number {
  const trimmed = text.trim();
  const first = yearFirst.exec(trimmed);
  const parts = first ?? (order === 'ymd' ? null : yearLast.exec(trimmed));
  if (!parts) return Number.NaN;
  const [a, b, c] = [parts[1] ?? '', parts[3] ?? '', parts[4] ?? ''];
  const [year, month, day] = first ? [a, b, c] : order === 'dmy' ? [c, b, a] : [c, a, b];
  const whole = new Date(0);
  whole.setUTCFullYear(yearOf(year), Number(month) - 1, Number(day));
  // 2026-02-30 is no day, though Date would take it for the second of March
  if (whole.getUTCMonth() !== Number(month) - 1 || whole.getUTCDate() !== Number(day)) return Number.NaN;
  const part = (at: number) => Number(parts[at] ?? 0);
  const [hour, minute, second] = [hourOf(part(5), parts[9]), part(6), part(7)];
  if (!(hour <= 24) || minute > 59 || second > 60) return Number.NaN;
  const fraction = Number(`0.${parts[8] ?? '0'}`) * 1000;
  const zone = (parts[11] === '-' ? -1 : 1) * (part(12) * 60 + part(13));
  return whole.getTime() + ((hour * 60 + minute - zone) * 60 + second) * 1000 + fraction;
}

/** Whether a date says its zone: "2026-01-31T23:59:59Z", "… +01:00". */
export const hasZone = (text: string): boolean =>
  /\d(Z|\s*UTC|[+-]\d\d:?(\d\d)?)$/i.test(text.trim()) && /:/.test(text);

const dateLike = /^\d{1,4}([-/.])\d{1,2}\1\d{1,4}([T ,].*)?$/;

/** Whether the text looks like a date of any order, readable by {@link toTime} or not. */
export const isDateLike = (text: string): boolean => dateLike.test(text.trim());

/** What dates say of the order of day, month and year. */
export interface DateSurvey {
  /** The order that they leave no doubt of; undefined where it could be one or the other. */
  readonly order?: DateOrder | undefined;
  /** The first date with the year last. */
  readonly example: string;
  /** A date by which the order was told; by points between its parts where there is none. */
  readonly witness?: string;
}

/**
 * Looks at dates with the year last: a part above 12 is the day; points stand between day, month and year.
 *
 * @returns undefined where none is of that form
 */
export function surveyDates(cells: Iterable<string>): DateSurvey | undefined {
  let example: string | undefined;
  for (const cell of cells) {
    const parts = yearLast.exec(cell.trim());
    if (!parts) continue;
    example ??= cell;
    if (parts[2] === '.') return { order: 'dmy', example };
    if (Number(parts[1]) > 12) return { order: 'dmy', example, witness: cell };
    if (Number(parts[3]) > 12) return { order: 'mdy', example, witness: cell };
  }
  return example === undefined ? undefined : { example };
}

/** How people write the orders. */
export const dateForms: Readonly<Record<DateOrder, string>> = {
  ymd: 'yyyy-mm-dd',
  dmy: 'dd/mm/yyyy',
  mdy: 'mm/dd/yyyy',
};

/**
 * The order that a form such as "dd/mm/yyyy" says; what stands between its parts does not matter.
 *
 * @throws GargaloError `bad-input` naming `timeFormat`
 */
export function parseDateForm(text: string): DateOrder {
  const letters = /^(y{2,4}|[dm]{1,2})[-/. ]?(d{1,2}|m{1,2})[-/. ]?(y{2,4}|d{1,2})$/i.exec(text.trim());
  const order = letters?.slice(1).map((part) => part[0]!.toLowerCase());
  const known = (['ymd', 'dmy', 'mdy'] as const).find((one) => one === order?.join(''));
  if (known) return known;
  throw badInput(
    'timeFormat',
    `expected the order of day, month and year, got ${shown(text)}`,
    `write ${Object.values(dateForms).join(', ')}`,
  );
}

/** The error about a cell that is no date of an order. */
export const noDate = (where: string, order: DateOrder | undefined, word: string): Error =>
  badInput(
    where,
    `expected a date${order === undefined || order === 'ymd' ? '' : `, ${dateForms[order]}`}, got ${shown(word)}`,
    'write it as 2026-01-31 23:59:59; `timeFormat: "dd/mm/yyyy"` or `timeFormat: "mm/dd/yyyy"` says the order where the year is last',
  );
