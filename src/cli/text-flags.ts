// Flags for files of text whose form is to be told.
import { type Command, Option as Flag } from 'commander';
import {
  parseComment,
  parseDecimal,
  parseDelimiter,
  parseEncoding,
  parseThousands,
  type TextOptions,
} from '../data/table/text-options.js';
import type { Option } from '../models/options.js';
import { addFlags, asFlagProblem, parseNames, valuesOf } from './flags.js';

const heading = 'Tables of text:';

const plainFlags = {
  skip: {
    type: 'integer',
    default: undefined,
    minimum: 0,
    description:
      'lines before the table, which are left out (default: those of fewer cells than the table, which is said)',
  },
  keepNa: {
    type: 'flag',
    default: false,
    description: 'NA is a word in a column of words, as for Namibia (default: a missing cell)',
  },
} as const satisfies Record<string, Option>;

/** Each with what it takes, its parser and what it does. */
const parsed = {
  delimiter: [
    '<character>',
    parseDelimiter,
    'what separates cells: one character, tab or blanks (default: what all lines agree on)',
  ],
  decimal: [
    '<mark>',
    parseDecimal,
    'the decimal mark, point or comma, of columns that can be read with it (default: by the cells of each column)',
  ],
  thousands: [
    '<mark>',
    parseThousands,
    'the mark between thousands: comma, point, blank, apostrophe or none (default: by the cells of each column)',
  ],
  na: ['<a,b,…>', parseNames, 'further texts that stand for a missing cell, as -999'],
  encoding: [
    '<name>',
    parseEncoding,
    'as windows-1252 or iso-8859-2 (default: UTF-8 or UTF-16; windows-1252 where it is neither)',
  ],
  comment: ['<character>', parseComment, 'lines that begin with it are left out (default: # before the table)'],
} as const satisfies Record<
  keyof Omit<TextOptions, keyof typeof plainFlags | 'header'>,
  readonly [string, (text: string) => unknown, string]
>;

/** Their own names, for messages. */
export const textNames = { ...plainFlags, ...parsed, header: true };

export function addTextFlags(command: Command): void {
  for (const [name, [placeholder, parse, description]] of Object.entries(parsed)) {
    const parser = (text: string): unknown => {
      try {
        return parse(text);
      } catch (error) {
        throw asFlagProblem(error, [name]);
      }
    };
    command.addOption(
      new Flag(`--${name} ${placeholder}`, `of a table: ${description}`).argParser(parser).helpGroup(heading),
    );
  }
  command
    .addOption(
      new Flag(
        '--header',
        'the first row has the names of the columns (default: by its cells and those below)',
      ).helpGroup(heading),
    )
    .addOption(new Flag('--no-header', 'the first row has values; the columns are called 1, 2, …').helpGroup(heading));
  addFlags(command, heading, plainFlags);
}

export function textOptionsOf(command: Command): TextOptions {
  const given = command.opts<Record<string, unknown>>();
  const names = [...Object.keys(parsed), 'header'];
  // --no-header alone would make its opposite the default
  const told = names.filter((name) => given[name] !== undefined && command.getOptionValueSource(name) !== 'default');
  return { ...valuesOf(command, plainFlags), ...Object.fromEntries(told.map((name) => [name, given[name]])) };
}
