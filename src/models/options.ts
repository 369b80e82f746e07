import { badInput } from '../core/errors.js';
import { unknownName } from '../core/names.js';

/** What every option says of itself, for help, forms and documentation. */
export interface Described {
  /** One sentence for help, form and documentation; units where there are any. */
  readonly description: string;
  /** What the default is, in words, where it follows from other things. */
  readonly usually?: string;
  /** Whether the recipe chooses the value where it is left open: the default holds with the recipe `none` alone. */
  readonly byRecipe?: boolean;
}

/** An option that is a number, whole or not, within a range. */
export interface NumberOption extends Described {
  readonly type: 'number' | 'integer';
  readonly default: number | undefined;
  readonly minimum?: number;
  /** The minimum itself is refused. */
  readonly exclusive?: boolean;
  readonly maximum?: number;
}

/** An option that is a list of whole numbers, such as the units of hidden layers. */
export interface IntegersOption extends Described {
  readonly type: 'integers';
  readonly default: readonly number[] | undefined;
  readonly minimum: number;
  readonly maximum?: number;
}

/** An option that is one of some words. */
export interface ChoiceOption<Choice extends string = string> extends Described {
  readonly type: 'choice';
  readonly choices: readonly Choice[];
  readonly default: Choice | undefined;
}

/** An option that is on or off. */
export interface FlagOption extends Described {
  readonly type: 'flag';
  readonly default: boolean;
}

/**
 * What an option is: from this one record follow its type, its check, its flag on the command line, its form field and
 * its documentation. A default of undefined means that the value follows from other things, as `usually` or the description says.
 */
export type Option = NumberOption | IntegersOption | ChoiceOption | FlagOption;

interface OptionsByType {
  readonly number: NumberOption;
  readonly integer: NumberOption;
  readonly integers: IntegersOption;
  readonly choice: ChoiceOption;
  readonly flag: FlagOption;
}

/** What is known of an option beside its type and its sentence; its default may be left out. */
type Facts<O extends Option> = Omit<O, 'type' | 'description' | 'default'> & Partial<Pick<O, 'default'>>;

/** The maker of a type's options, of the facts and the sentence. */
const maker =
  <Type extends keyof OptionsByType>(type: Type) =>
  <const Known extends Facts<OptionsByType[Type]>>(facts: Known, description: string) =>
    ({ type, default: undefined, ...facts, description }) as {
      readonly type: Type;
      readonly description: string;
    } & Known &
      (Known extends { readonly default: unknown } ? unknown : { readonly default: undefined });

export const number = maker('number');
export const integer = maker('integer');
export const integers = maker('integers');
export const choice = maker('choice');
export const flag = maker('flag');

/** The type of an option's value. */
export type ValueOf<O extends Option> = O extends { type: 'number' | 'integer' }
  ? number
  : O extends { type: 'integers' }
    ? readonly number[]
    : O extends ChoiceOption<infer Choice>
      ? Choice
      : boolean;

/** Values for a record of options as a caller may give them: each may be left out. */
export type OptionValues<Options extends Readonly<Record<string, Option>>> = {
  readonly [Name in keyof Options]?: ValueOf<Options[Name]> | undefined;
};

/** Values with the defaults filled in. */
export type CompleteOptionValues<Options extends Readonly<Record<string, Option>>> = {
  readonly [Name in keyof Options]: Options[Name] extends { default: infer Default }
    ? undefined extends Default
      ? ValueOf<Options[Name]> | undefined
      : ValueOf<Options[Name]>
    : never;
};

/** A value as a command line gives it. */
function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return Array.isArray(value) ? value.join(',') || 'none' : String(value);
}

/**
 * What an option is where nobody gives it, in words.
 *
 * @param code how values are set off from words
 * @returns undefined where the description says it, or nothing is to be said
 */
export function defaultWords(option: Option, code: (value: string) => string = (value) => value): string | undefined {
  const { usually, byRecipe, default: value } = option;
  const fixed = usually ?? (value === undefined ? undefined : code(valueText(value)));
  return byRecipe ? `by the recipe; with ${code('--recipe none')}: ${fixed ?? 'none'}` : fixed;
}

type Range = Pick<NumberOption, 'minimum' | 'maximum' | 'exclusive'>;

const inRange = ({ minimum = -Infinity, maximum = Infinity, exclusive = false }: Range, value: number): boolean =>
  (exclusive ? value > minimum : value >= minimum) && value <= maximum;

/** "of at least 1 and of at most 100"; empty without ends. */
function range({ minimum, maximum, exclusive }: Range): string {
  const low = minimum === undefined ? [] : [`${exclusive ? 'above' : 'of at least'} ${minimum}`];
  const high = maximum === undefined ? [] : [`of at most ${maximum}`];
  return [...low, ...high].join(' and ');
}

/** What a value of the option must be, in words. */
function expectation(option: Option): string {
  switch (option.type) {
    case 'number':
    case 'integer': {
      const kind = option.type === 'integer' ? 'a whole number' : 'a number';
      return `${kind} ${range(option)}`.trimEnd();
    }
    case 'integers':
      return `whole numbers ${range(option)}, separated by commas`;
    case 'choice':
      return `one of ${option.choices.join(', ')}`;
    case 'flag':
      return 'true or false';
  }
}

function fits(option: Option, value: unknown): boolean {
  switch (option.type) {
    case 'number':
    case 'integer': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return false;
      if (option.type === 'integer' && !Number.isInteger(value)) return false;
      return inRange(option, value);
    }
    case 'integers':
      return Array.isArray(value) && value.every((item) => Number.isInteger(item) && inRange(option, item));
    case 'choice':
      return typeof value === 'string' && option.choices.includes(value);
    case 'flag':
      return typeof value === 'boolean';
  }
}

/**
 * Checks values against their options and fills in the defaults.
 *
 * @throws GargaloError `bad-input` naming the option and what it must be; for unknown names, the nearest
 */
export function completeOptions<Options extends Readonly<Record<string, Option>>>(
  options: Options,
  values: Readonly<Record<string, unknown>>,
): CompleteOptionValues<Options> {
  for (const [name, value] of Object.entries(values)) {
    // "constructor" and the like are no options, though every object has them
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option) throw unknownName('option', name, Object.keys(options));
    if (value === undefined) continue;
    if (option.type === 'choice' && typeof value === 'string' && !option.choices.includes(value)) {
      throw unknownName(name, value, option.choices);
    }
    if (!fits(option, value)) {
      const got = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
      throw badInput(name, `expected ${expectation(option)}, got ${got}`);
    }
  }
  const complete = Object.entries(options).map(([name, option]) => [name, values[name] ?? option.default]);
  return Object.fromEntries(complete) as CompleteOptionValues<Options>;
}

/**
 * Reads the value of an option from text, as the command line gives it; {@link completeOptions} checks it.
 */
export function parseOption(option: Option, text: string): unknown {
  switch (option.type) {
    case 'number':
    case 'integer':
      return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
    case 'integers':
      return text === '' || text === 'none'
        ? []
        : text.split(',').map((item) => (item.trim() === '' ? item : Number(item)));
    case 'choice':
      return text;
    case 'flag':
      return text === 'true' || (text === 'false' ? false : text);
  }
}
