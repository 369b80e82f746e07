import { type Command, Option as Flag } from 'commander';
import { GargaloError } from '../core/errors.js';
import { nameInList } from '../data/table/cells.js';
import { completeOptions, defaultWords, flagName, type Option, parseOption } from '../models/options.js';

const placeholders: Readonly<Record<Option['type'], string>> = {
  number: ' <number>',
  integer: ' <n>',
  integers: ' <n,n,…>',
  choice: ' <name>',
  flag: '',
};

/** The description with choices and default, where it does not name them itself. */
function describe(option: Option): string {
  const notes: string[] = [];
  if (option.type === 'choice') notes.push(`one of ${option.choices.join(', ')}`);
  const usual = option.type === 'flag' && !option.byRecipe ? undefined : defaultWords(option);
  if (usual !== undefined) notes.push(`default: ${usual}`);
  return notes.length === 0 ? option.description : `${option.description} (${notes.join('; ')})`;
}

/**
 * Gives an error about an option the name that a person typed: "learningRate: …" becomes "--lr: …".
 *
 * @param names the options by their own names
 */
export function asFlagProblem(error: unknown, names: Iterable<string>): unknown {
  if (!(error instanceof GargaloError)) return error;
  const name = [...names].find((option) => option === error.where);
  if (name === undefined) return error;
  return new GargaloError(error.code, `--${flagName(name)}`, error.problem, error.remedy, error);
}

/**
 * Adds a flag for every option; values are read and checked as they are parsed.
 *
 * @param letters of options that also go by one letter
 */
export function addFlags(
  command: Command,
  heading: string,
  options: Readonly<Record<string, Option>>,
  letters: Readonly<Record<string, string>> = {},
): void {
  for (const [name, option] of Object.entries(options)) {
    const letter = letters[name] === undefined ? '' : `-${letters[name]}, `;
    const flag = new Flag(`${letter}--${flagName(name)}${placeholders[option.type]}`, describe(option)).helpGroup(
      heading,
    );
    flag.argParser((text) => {
      const value = parseOption(option, text);
      try {
        completeOptions({ [name]: option }, { [name]: value });
      } catch (error) {
        throw asFlagProblem(error, [name]);
      }
      return value;
    });
    command.addOption(flag);
  }
}

/** The values given for some options, by their own names. */
export function valuesOf(command: Command, options: Readonly<Record<string, Option>>): Record<string, unknown> {
  const given: Readonly<Record<string, unknown>> = command.opts();
  const attribute = (name: string) => new Flag(`--${flagName(name)}`).attributeName();
  return Object.fromEntries(
    Object.keys(options).flatMap((name) => {
      const value = given[attribute(name)];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The words that give some options their values on a command line. */
export function flagWords(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (name === 'header' && value === false) return ['--no-header'];
    if ((name === 'columns' || name === 'na') && Array.isArray(value))
      return [`--${name}`, value.map(nameInList).join(',')];
    if (value === '\t') return [`--${flagName(name)}`, 'tab'];
    if (value === undefined || value === false) return [];
    return value === true ? [`--${flagName(name)}`] : [`--${flagName(name)}`, String(value)];
  });
}

/** Names separated by commas; one with a comma in it stands in quotes. */
export function parseNames(text: string): string[] {
  const names = text.match(/\s*"(?:[^"]|"")*"\s*(?=,|$)|[^,]+|(?<=,|^)(?=,|$)/g) ?? [''];
  return names.map((name) => {
    const bare = name.trim();
    return /^".*"$/s.test(bare) && bare.length > 1 ? bare.slice(1, -1).replaceAll('""', '"') : bare;
  });
}

/** Quoted where a shell would take it apart. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
