import { numberOf, shown } from './cells.js';
import { isInfinite } from './words.js';

/** The marks that may stand between thousands. ' ' is any blank, also one that does not break; "'" also ’. */
export const thousandsMarks = [',', '.', ' ', "'"] as const;
export type ThousandsMark = (typeof thousandsMarks)[number];

/**
 * How the numbers of a column are written where more is to be known than that a point is the decimal mark; plain JSON, a part of
 * the model. Numbers in parentheses are negative.
 */
export interface NumberFormat {
  readonly decimal: '.' | ',';
  readonly thousands?: ThousandsMark;
  /** '%', '‰' or a currency; the number is taken as it is written: 80% is 80. */
  readonly unit?: string;
}

/** What numbers are written with where somebody says so. */
export interface GivenFormat {
  readonly decimal?: '.' | ',' | undefined;
  readonly thousands?: ThousandsMark | 'none' | undefined;
}

const unit = '%|‰|\\p{Sc}|EUR|USD|GBP|CHF|JPY';
const body = "[\\d.,](?:[\\d.,'’\\s]*[\\d.,])?";
const pieces = new RegExp(
  `^(\\()?\\s*([+−-]?)\\s*(${unit})?\\s*([+−-]?)\\s*(${body})([eE][+-]?\\d+)?\\s*(${unit})?\\s*(\\))?$`,
  'u',
);
/** What is longer is no number. */
const LONGEST = 64;

interface Parts {
  readonly negative: boolean;
  readonly unit: string | undefined;
  readonly body: string;
  readonly exponent: string;
  readonly parentheses: boolean;
}

/** Takes a number apart that may have a sign, a unit, parentheses; undefined where the text is something else. */
function partsOf(text: string): Parts | undefined {
  if (text.length > LONGEST) return undefined;
  const [, open, sign, before, inner, digits, exponent, after, close] = pieces.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  if ((open === undefined) !== (close === undefined) || (before && after)) return undefined;
  const signs = [sign, inner].filter(Boolean);
  if (signs.length + (open ? 1 : 0) > 1) return undefined;
  const isAddress = /^\d{1,3}(\.\d{1,3}){3}$/.test(digits) && digits.split('.').every((part) => Number(part) < 256);
  if (isAddress) return undefined;
  return {
    negative: open !== undefined || signs.some((one) => one !== '+'),
    unit: before ?? after,
    body: digits,
    exponent: exponent ?? '',
    parentheses: open !== undefined,
  };
}

const spaced: Readonly<Record<ThousandsMark, string>> = { ',': ',', '.': '\\.', ' ': '\\s', "'": "['’]" };

interface Candidate extends NumberFormat {
  readonly form: RegExp;
  readonly marks: RegExp | undefined;
}

/** How digits can be grouped, the plainest form of each decimal mark first. */
const candidates: readonly Candidate[] = (['.', ','] as const).flatMap((decimal) =>
  ([undefined, ...thousandsMarks] as const)
    .filter((thousands) => thousands !== decimal)
    .map((thousands): Candidate => {
      const mark = decimal === '.' ? '\\.' : ',';
      const plain = `\\d+(?:${mark}\\d*)?|${mark}\\d+`;
      if (!thousands) return { decimal, form: new RegExp(`^(?:${plain})$`), marks: undefined };
      const grouped = `[1-9]\\d{0,2}(?:${spaced[thousands]}\\d{3})+(?:${mark}\\d*)?`;
      return {
        decimal,
        thousands,
        form: new RegExp(`^(?:${plain}|${grouped})$`),
        marks: new RegExp(spaced[thousands], 'g'),
      };
    }),
);

const candidateOf = ({ decimal, thousands }: NumberFormat): Candidate =>
  candidates.find((one) => one.decimal === decimal && one.thousands === thousands)!;

function valueIn({ negative, body: digits, exponent }: Parts, { decimal, form, marks }: Candidate): number {
  if (!form.test(digits)) return Number.NaN;
  const bare = marks ? digits.replace(marks, '') : digits;
  const value = Number((decimal === ',' ? bare.replace(',', '.') : bare) + exponent);
  return negative ? -value : value;
}

/** The number that a cell stands for in a column of such numbers; NaN where it is none. */
export function numberIn(cell: string, format: NumberFormat | undefined): number {
  if (!format) return numberOf(cell);
  const parts = partsOf(cell);
  if (!parts) return Number.NaN;
  const value = valueIn(parts, candidateOf(format));
  if (parts.unit === format.unit || value === 0) return value;
  // a currency is often left out; 0.8 among numbers of 80% may be anything
  return parts.unit === undefined && !isShare(format.unit) ? value : Number.NaN;
}

/** Whether a unit makes another number of it: with 80% beside 0.8 nobody knows what is meant. */
export const isShare = (mark: string | undefined): boolean => mark === '%' || mark === '‰';

/** Whether a text is a number in some form, plainly written or not. */
export function isNumberLike(text: string): boolean {
  const parts = partsOf(text);
  return parts !== undefined && candidates.some((one) => !Number.isNaN(valueIn(parts, one)));
}

/** What the cells of a column say of how its numbers are written. */
export interface Survey {
  /** Forms that nearly all numbers can be read in; empty where there is none. */
  readonly fitting: readonly NumberFormat[];
  readonly unit: string | undefined;
  readonly parentheses: boolean;
  /** Whether all are numbers as they are. */
  readonly plain: boolean;
  /** The decimal mark, where no other one is possible. */
  readonly decimal: '.' | ',' | undefined;
  /** The first cells that have a point or a comma, for messages. */
  readonly examples: readonly string[];
  /** Why there is no form. */
  readonly problem?: string;
}

/** The part of cells that must be numbers, and of numbers that must be of one form. */
const MOST = 0.9;

/** Looks at the cells of a column that are not missing; undefined where it is none of numbers. */
export function surveyNumbers(cells: readonly string[]): Survey | undefined {
  const looked = cells.filter((cell) => !isInfinite(cell));
  const simple = surveyPlain(looked);
  if (simple) return simple;
  const numbers = looked.flatMap((text) => {
    const parts = partsOf(text);
    if (!parts) return [];
    const fits = candidates.map((one) => !Number.isNaN(valueIn(parts, one)));
    return fits.includes(true) ? [{ text, parts, fits }] : [];
  });
  const others = looked.filter((cell) => !Number.isNaN(numberOf(cell)) && !partsOf(cell)).length;
  if (numbers.length === 0 || numbers.length + others < MOST * looked.length) return undefined;
  const counts = candidates.map((_, i) => numbers.filter(({ fits }) => fits[i]).length);
  const most = Math.max(...counts);
  const fitting = candidates
    .filter((_, i) => counts[i] === most && most >= MOST * numbers.length)
    .map(({ decimal, thousands }): NumberFormat => ({ decimal, ...(thousands && { thousands }) }));
  const marked = numbers.filter(({ parts }) => /[.,]/.test(parts.body));
  const decimals = new Set(fitting.map(({ decimal }) => decimal));
  const examples = [...new Set((marked.length > 0 ? marked : numbers).map(({ text }) => text))].slice(0, 2);
  const common = { ...unitOf(numbers.map(({ parts }) => parts)), examples };
  return {
    fitting,
    parentheses: numbers.some(({ parts }) => parts.parentheses),
    plain: numbers.every(({ text }) => !Number.isNaN(numberOf(text))),
    decimal: marked.length > 0 && decimals.size === 1 ? [...decimals][0] : undefined,
    ...common,
    ...(fitting.length === 0 && { problem: `numbers in several forms, such as ${formsOf(numbers)}` }),
  };
}

/** The forms that plain numbers fit, without a decimal mark and with a point: the same for all columns, which may be many. */
const PLAIN = { whole: candidates, pointed: candidates.filter(({ decimal }) => decimal === '.') };

/** The same of cells that are all numbers as they are, and are so in no other form: most columns, at once. */
function surveyPlain(cells: readonly string[]): Survey | undefined {
  if (cells.length === 0 || cells.some((cell) => Number.isNaN(numberOf(cell)))) return undefined;
  const pointed = cells.filter((cell) => cell.includes('.'));
  const isSure = pointed.some((cell) => !/^[+-]?[1-9]\d{0,2}\.\d{3}$/.test(cell.trim()));
  if (pointed.length > 0 && !isSure) return undefined;
  const common = { unit: undefined, parentheses: false, plain: true, examples: pointed.slice(0, 1) };
  return { ...common, fitting: isSure ? PLAIN.pointed : PLAIN.whole, decimal: isSure ? '.' : undefined };
}

/** One cell for each form that some numbers have and others have not. */
function formsOf(numbers: readonly { readonly text: string; readonly fits: readonly boolean[] }[]): string {
  const kinds = new Map(numbers.map(({ text, fits }) => [fits.join(), text]));
  return [...kinds.values()].slice(0, 3).map(shown).join(' and ');
}

/** The unit that nearly all numbers have; currencies may be left out. */
function unitOf(parts: readonly Parts[]): { unit: string | undefined; problem?: string } {
  const counts = new Map<string | undefined, number>();
  for (const one of parts) if (!/^[0.,]*$/.test(one.body)) counts.set(one.unit, (counts.get(one.unit) ?? 0) + 1);
  const all = [...counts.values()].reduce((sum, n) => sum + n, 0);
  const [best] = [...counts].sort(([, a], [, b]) => b - a);
  const units = [...counts.keys()].filter((one) => one !== undefined);
  if (!best) return { unit: undefined };
  if (units.length === 1 && !isShare(units[0])) return { unit: units[0] };
  if (best[1] >= MOST * all) return { unit: best[0] };
  const words = [...counts.keys()].map((one) => (one === undefined ? 'none' : shown(one))).join(' and ');
  return { unit: undefined, problem: `numbers of several units: ${words}` };
}

/** What decides where the cells of a column alone do not. */
export interface FormatContext {
  readonly given: GivenFormat;
  /** How the model has the column. */
  readonly prior?: NumberFormat | undefined;
  /** The decimal marks that other columns surely have. */
  readonly others: ReadonlySet<'.' | ','>;
  /** Whether commas separate the cells: then a decimal comma is seldom, and a number with a comma stands in quotes. */
  readonly commaSeparated: boolean;
}

/** What is made of a survey. */
export type FormatChoice =
  | { readonly format: NumberFormat | undefined; readonly guessed?: boolean }
  | { readonly problem: string; readonly remedy: string };

const mend = '`decimal` and `thousands` say how numbers are written; or leave the column out with `columns`';

/** The decimal marks of forms: with two of them the cells have two meanings. */
const decimalsOf = (forms: readonly NumberFormat[]): ReadonlySet<string> =>
  new Set(forms.map(({ decimal }) => decimal));

/**
 * The forms of a survey that are left once all that is known was asked; whether that was more than the cells; and whether the
 * model decided against what the other columns of the file have.
 */
function settled(
  { fitting, plain }: Survey,
  context: FormatContext,
): { left: readonly NumberFormat[]; guessed: boolean; contradicted?: boolean } {
  const { given, prior, others, commaSeparated } = context;
  let left = fitting;
  const keep = (wanted: (format: NumberFormat) => boolean): void => {
    const kept = left.filter(wanted);
    if (kept.length > 0) left = kept;
  };
  const { decimal, thousands } = given;
  if (decimal !== undefined) keep((one) => one.decimal === decimal);
  if (thousands !== undefined) keep((one) => (one.thousands ?? 'none') === thousands || one.thousands === undefined);
  if (thousands !== undefined) keep((one) => one.decimal !== thousands);
  const wasOpen = decimalsOf(left).size > 1;
  if (prior) keep((one) => one.decimal === prior.decimal && (one.thousands ?? prior.thousands) === prior.thousands);
  if (decimalsOf(left).size <= 1) {
    const contradicted = wasOpen && prior !== undefined && others.size > 0 && !others.has(prior.decimal);
    return { left, guessed: false, contradicted };
  }
  const [only] = others;
  if (others.size === 1) keep((one) => one.decimal === only);
  else if (plain || commaSeparated) keep((one) => one.decimal === '.');
  return { left, guessed: true };
}

/** How the numbers of a column are read. */
export function chooseFormat(survey: Survey, context: FormatContext): FormatChoice {
  const { unit: ofColumn, parentheses, plain, problem, examples } = survey;
  if (problem !== undefined) {
    const alike = 'write all of them alike, or leave the column out with `columns`';
    return { problem: `expected numbers of one form, got ${problem}`, remedy: alike };
  }
  const { left, guessed, contradicted } = settled(survey, context);
  const hasMarks = examples.some((text) => /[.,]/.test(text));
  if (hasMarks && contradicted) {
    const [own, other] = context.prior?.decimal === ',' ? ['comma', 'point'] : ['point', 'comma'];
    return {
      problem: `expected numbers of one meaning, got ${shown(examples[0]!)} in a file whose other columns have a decimal ${other}, for a model that was trained with a decimal ${own}`,
      remedy: '`decimal` says which it is',
    };
  }
  if (hasMarks && decimalsOf(left).size > 1) {
    return {
      problem: `expected numbers of one meaning, got ${shown(examples[0]!)}, where the comma may be a decimal mark or stand between thousands`,
      remedy: mend,
    };
  }
  const best = left.find(({ thousands }) => thousands === undefined) ?? left[0]!;
  const isPlain = best.decimal === '.' && !best.thousands && !ofColumn && !parentheses && plain;
  const { given, prior, others } = context;
  const usual = given.thousands ?? (prior?.decimal === best.decimal ? prior.thousands : undefined);
  const thousands = best.thousands ?? (usual === 'none' || usual === best.decimal ? undefined : usual);
  const mark = ofColumn ?? (isShare(prior?.unit) ? undefined : prior?.unit);
  const isGuess = guessed && hasMarks && (!plain || others.has(','));
  if (isPlain && !thousands && !mark) return { format: undefined, guessed: isGuess };
  return {
    format: { decimal: best.decimal, ...(thousands && { thousands }), ...(mark && { unit: mark }) },
    guessed: isGuess,
  };
}

/** A format in words: "numbers with a decimal comma". */
export function formatWords({ decimal, thousands, unit: mark }: NumberFormat, parentheses = false): string {
  const names: Readonly<Record<ThousandsMark, string>> = {
    ...{ ',': 'a comma', '.': 'a point', ' ': 'a blank', "'": 'an apostrophe' },
  };
  const said = [
    ...(decimal === ',' ? ['a decimal comma'] : []),
    ...(thousands ? [`${names[thousands]} between thousands`] : []),
    ...(mark === undefined ? [] : [isShare(mark) ? `${mark}, taken as written (80${mark} is 80)` : mark]),
  ];
  if (said.length > 0) return `numbers with ${said.join(', ')}`;
  return parentheses ? 'numbers, negative in parentheses' : 'numbers with other signs than a plain + or - before them';
}
