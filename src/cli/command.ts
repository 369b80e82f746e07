// One definition of a command, from which follow its parsing, the names in its errors, its help and the command that repeats it.
import { type Command as Commander, Option as Flag } from 'commander';
import { GargaloError, oneLine } from '../core/errors.js';
import { flagName } from '../core/option-flags.js';
import { nameInList } from '../data/table/cells.js';
import { rememberFolders, removeEmptyFolders } from '../data/write/write.js';
import { completeOptions, defaultWords, type Option, parseOption, type ValueOf } from '../models/options.js';
import { openSession, type Session } from './session.js';

/** What any option of a command may have. */
interface OnCommandLine {
  /** It also goes by this letter. */
  readonly letter?: string;
  readonly required?: true;
}

/** An option whose text the command line reads by itself. */
export interface TextOption<Value = unknown> {
  readonly type: 'text';
  /** What help calls the text: "<file>". */
  readonly placeholder: string;
  readonly description: string;
  /** @throws GargaloError named by the option */
  parse(text: string): Value;
  /** The text again; by default as String() has it. */
  write?(value: Value): string;
}

/** An option that is on, off or left open: --header, --no-header. */
export interface SwitchOption {
  readonly type: 'switch';
  readonly description: string;
  readonly off: string;
}

export type CommandOption = (Option | TextOption | SwitchOption) & OnCommandLine;
/** Options by their own names. */
export type Options = Readonly<Record<string, CommandOption>>;
/** Options by the heading that help has them under. */
export type OptionGroups = Readonly<Record<string, Options>>;

type OptionValue<O extends CommandOption> = O extends TextOption
  ? ReturnType<O['parse']>
  : O extends SwitchOption
    ? boolean
    : O extends Option
      ? ValueOf<O>
      : never;

/** The values given for some options. */
export type Given<O extends Options> = {
  readonly [Name in keyof O as O[Name] extends { required: true } ? Name : never]: OptionValue<O[Name]>;
} & {
  readonly [Name in keyof O as O[Name] extends { required: true } ? never : Name]?: OptionValue<O[Name]>;
};

type GivenInGroups<G extends OptionGroups> = {
  [Heading in keyof G]: (given: Given<G[Heading]>) => void;
}[keyof G] extends (given: infer All) => void
  ? All
  : never;

/** What arguments are called, "<model>", "[data]" or "<runs...>", and what they are. */
type Arguments = Readonly<Record<string, string>>;
type GivenArguments<A extends Arguments> = {
  readonly [Name in keyof A as Name extends `${'<' | '['}${infer Bare}${'...>' | '>' | ']'}`
    ? Bare
    : never]: Name extends `${string}...>`
    ? readonly string[]
    : Name extends `[${string}`
      ? string | undefined
      : string;
};

/** Arguments and options of a command, by their names. */
export type Asked<A extends Arguments, G extends OptionGroups> = GivenArguments<A> & GivenInGroups<G>;

/** A command: all but its name and summary, which help needs before anything is loaded. */
export interface CommandDefinition<A extends Arguments, G extends OptionGroups> {
  readonly arguments: A;
  readonly options: G;
  /** Where it is not as the arguments say. */
  readonly usage?: string;
  /** Shown below the options. */
  readonly notes?: string;
  readonly examples?: readonly string[];
  run(asked: Asked<A, G>, session: Session): void | Promise<void>;
}

/** What a command's module offers: it adds arguments, options and the action. */
export interface CommandModule {
  readonly define: (command: Commander) => void;
}

/** A text as it is given. */
export const text = (placeholder: string, description: string) =>
  ({
    type: 'text',
    placeholder,
    description,
    parse: (given: string): string => given,
  }) as const satisfies TextOption<string>;

/** Names separated by commas. */
export const list = (placeholder: string, description: string) =>
  ({ type: 'text', placeholder, description, parse: parseNames, write: writeNames }) as const satisfies TextOption<
    readonly string[]
  >;

/** Names separated by commas; one with a comma in it stands in quotes. */
export function parseNames(given: string): readonly string[] {
  const parts = given.match(/\s*"(?:[^"]|"")*"\s*(?=,|$)|[^,]+|(?<=,|^)(?=,|$)/g) ?? [''];
  return parts.map((part) => {
    const bare = part.trim();
    return /^".*"$/s.test(bare) && bare.length > 1 ? bare.slice(1, -1).replaceAll('""', '"') : bare;
  });
}

const writeNames = (given: readonly string[]): string => given.map(nameInList).join(',');

const placeholders: Readonly<Record<Exclude<CommandOption['type'], 'text'>, string>> = {
  number: ' <number>',
  integer: ' <n>',
  integers: ' <n,n,…>',
  choice: ' <name>',
  flag: '',
  switch: '',
};

/** The description with choices and default, where it does not name them itself. */
function describe(option: CommandOption): string {
  if (option.type === 'text' || option.type === 'switch') return option.description;
  const remarks: string[] = [];
  if (option.type === 'choice') remarks.push(`one of ${option.choices.join(', ')}`);
  const usual = option.type === 'flag' && !option.byRecipe ? undefined : defaultWords(option);
  if (usual !== undefined) remarks.push(`default: ${usual}`);
  return remarks.length === 0 ? option.description : `${option.description} (${remarks.join('; ')})`;
}

/** Gives an error about an option the name that a person typed: "learningRate: …" becomes "--lr: …". */
function inFlags(error: unknown, isOption: (name: string) => boolean): unknown {
  if (!(error instanceof GargaloError) || !isOption(error.where)) return error;
  return new GargaloError(error.code, `--${flagName(error.where)}`, error.problem, error.remedy, error);
}

/** Reads and checks the text of an option. */
function read(name: string, option: CommandOption, given: string): unknown {
  try {
    if (option.type === 'text') return option.parse(given);
    if (option.type === 'switch') return given;
    const value = parseOption(option, given);
    completeOptions({ [name]: option }, { [name]: value });
    return value;
  } catch (error) {
    throw inFlags(error, (where) => where === name);
  }
}

function addOption(command: Commander, heading: string, name: string, option: CommandOption): string {
  const placeholder = option.type === 'text' ? ` ${option.placeholder}` : placeholders[option.type];
  const letter = option.letter === undefined ? '' : `-${option.letter}, `;
  const flag = new Flag(`${letter}--${flagName(name)}${placeholder}`, describe(option)).helpGroup(heading);
  if (option.required) flag.makeOptionMandatory();
  if (placeholder !== '') flag.argParser((given) => read(name, option, given));
  command.addOption(flag);
  if (option.type === 'switch') command.addOption(new Flag(`--no-${flagName(name)}`, option.off).helpGroup(heading));
  return flag.attributeName();
}

const messageOptions = {
  json: { type: 'flag', default: false, description: 'print the result as one JSON object, numbers unrounded' },
  quiet: {
    ...{ type: 'flag', default: false, letter: 'q' },
    description: 'no progress and no messages; results, warnings and errors only',
  },
} as const satisfies Options;

/** Makes a command of its definition. */
export function defineCommand<const A extends Arguments, const G extends OptionGroups>(
  definition: CommandDefinition<A, G>,
): CommandModule['define'] {
  const { usage, notes, examples } = definition;
  const groups: OptionGroups = {
    ...definition.options,
    'Messages:': { ...definition.options['Messages:'], ...messageOptions },
  };
  const { 'Output:': output, ...others } = groups;
  // A command that repeats it ends with what it writes.
  const options: Options = Object.assign({}, ...Object.values(others), output);
  return (command) => {
    if (usage !== undefined) command.usage(usage);
    for (const [name, description] of Object.entries(definition.arguments)) command.argument(name, description);
    const attributes = new Map<string, string>();
    for (const [heading, records] of Object.entries(groups)) {
      for (const [name, option] of Object.entries(records)) {
        attributes.set(name, addOption(command, heading, name, option));
      }
    }
    if (notes !== undefined) command.addHelpText('after', `\n${notes}`);
    if (examples) {
      const heading = examples.length > 1 ? 'Examples' : 'Example';
      command.addHelpText('after', `\n${heading}:\n${examples.map((example) => `  ${example}`).join('\n')}`);
    }
    command.action(async () => {
      const places = Object.keys(definition.arguments).map((name) => name.replaceAll(/[<>[\].]/g, ''));
      const positional = Object.fromEntries(places.map((name, i) => [name, command.processedArgs[i]]));
      const given: Readonly<Record<string, unknown>> = command.opts();
      const values: Readonly<Record<string, unknown>> = Object.fromEntries(
        [...attributes].flatMap(([name, attribute]) =>
          given[attribute] === undefined ? [] : [[name, given[attribute]]],
        ),
      );
      const { quiet, json, ...others } = values;
      const session = openSession({
        quiet: quiet === true,
        json: json === true,
        version: command.parent?.version() ?? '',
        texts: { raw: values.rawCells === true, escaped: 0 },
        commandWith: (changes) => {
          const all = { ...others, ...changes };
          const ordered = Object.keys(options).map((name) => [name, all[name]] as const);
          const inPlace = places.flatMap((name) => (name in changes ? changes[name] : positional[name]));
          return commandLine(
            command.name(),
            inPlace.filter((word) => word !== undefined),
            Object.fromEntries(ordered),
            options,
          );
        },
      });
      rememberFolders();
      try {
        // What commander read by the records above has their types.
        await definition.run({ ...others, ...positional } as Asked<A, G>, session);
      } catch (error) {
        removeEmptyFolders();
        // A file may have the name of an option.
        const words = Object.values(positional);
        throw inFlags(error, (name) => Object.hasOwn(options, name) && !words.includes(name));
      } finally {
        await session.close();
      }
    });
  };
}

/** The values given for some of the options of a command. */
export function pick<O extends Options>(asked: object, options: O): Given<O> {
  const given: Readonly<Record<string, unknown>> = { ...asked };
  const values = Object.keys(options).flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]]));
  return Object.fromEntries(values) as Given<O>;
}

/** Quoted where a shell would take it apart; controls as escapes, which bash, zsh and ksh read in $'…'. */
export function shellWord(word: string): string {
  if (oneLine(word) !== word) return `$'${oneLine(word.replaceAll(/[\\']/g, '\\$&'))}'`;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The words that give options their values on a command line, in the order of the values. */
export function flagWords(values: object, options: Options): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const option = options[name];
    const flag = option?.letter === undefined ? `--${flagName(name)}` : `-${option.letter}`;
    if (value === undefined || (value === false && option?.type !== 'switch')) return [];
    if (value === false) return [`--no-${flagName(name)}`];
    if (value === true) return [flag];
    return [flag, option?.type === 'text' && option.write ? option.write(value) : String(value)];
  });
}

/** A command as it is typed. */
export function commandLine(name: string, places: readonly string[], values: object, options: Options): string {
  return ['gargalo', name, ...places, ...flagWords(values, options)].map(shellWord).join(' ');
}
