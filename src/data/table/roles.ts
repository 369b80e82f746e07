import { badInput } from '../../core/errors.js';
import type { CarriedColumn, ExampleForm } from '../dataset.js';
import { shown, unknownColumn } from './cells.js';
import { type DateOrder, dateForms, parseDateForm, surveyDates, toTime } from './dates.js';
import { type Gap, parseGap } from './gap.js';
import type { RawTable } from './raw.js';
import type { TableRoles } from './schema.js';

/** Which columns are no features, and how rows are taken for a series. */
export interface RoleOptions {
  /** The column of times: dates or numbers. It is no feature. */
  readonly time?: string | undefined;
  /** The order of day, month and year in dates: "dd/mm/yyyy" or "mm/dd/yyyy"; by default by the dates themselves. */
  readonly timeFormat?: string | undefined;
  /** The columns whose cells say which series a row belongs to: windows lie within one. They are no features. */
  readonly group?: string | readonly string[] | undefined;
  /** The columns that name a row: they stand in every output and are no features. */
  readonly id?: string | readonly string[] | undefined;
  /** The longest step in time that windows reach across: a number of usual steps, "30m", or "none" for all; default what is usual. */
  readonly gap?: Gap | undefined;
}

const listOf = (names: string | readonly string[] | undefined): readonly string[] | undefined =>
  typeof names === 'string' ? [names] : names;

/** What the columns are for, as asked for or as the model has it. */
export interface SettledRoles extends TableRoles {
  readonly notes: readonly string[];
}

/** A column of a model's table, where this table has it; what is said where it has not. */
function remembered(table: RawTable, names: readonly string[] | undefined, without: (names: string) => string) {
  if (!names) return {};
  const absent = names.filter((name) => !table.columns.includes(name));
  if (absent.length === 0) return { names };
  return { note: without(`column${absent.length > 1 ? 's' : ''} ${absent.map(shown).join(', ')}`) };
}

/**
 * Settles what the columns are for.
 *
 * @throws GargaloError `bad-input` for columns that there are not, or that are asked for twice
 */
export function settleRoles(
  table: RawTable,
  options: RoleOptions & { readonly label?: string | undefined; readonly columns?: readonly string[] | undefined },
  like: Pick<ExampleForm, 'roles' | 'sequence'> | undefined,
): SettledRoles {
  const { columns } = table;
  const asked = { time: listOf(options.time), group: listOf(options.group), id: listOf(options.id) };
  for (const [option, names] of Object.entries(asked)) {
    for (const name of names ?? []) {
      if (!columns.includes(name)) throw unknownColumn(table, name, `\`${option}\``);
      if (options.columns?.includes(name)) {
        throw badInput(
          'columns',
          `expected columns beside those of \`${option}\`, got ${shown(name)} again`,
          'leave it out',
        );
      }
      if (option === 'time' && name === options.label) {
        throw badInput('time', `expected another column than the label's, got ${shown(name)}`);
      }
    }
  }
  const { roles = {} } = like ?? {};
  const time = asked.time
    ? { names: asked.time }
    : remembered(
        table,
        roles.time === undefined ? undefined : [roles.time],
        (names) => `there is no ${names} of times, which the model's rows had: rows are taken as they come`,
      );
  const group = asked.group
    ? { names: asked.group }
    : remembered(
        table,
        roles.group,
        (names) =>
          `there is no ${names}, which told groups apart where the model was trained: all rows are taken for one group`,
      );
  const id = asked.id
    ? { names: asked.id }
    : remembered(
        table,
        roles.id,
        (names) => `there is no ${names}, which named rows where the model was trained: rows are numbered instead`,
      );
  const gap = options.gap === undefined ? roles.gap : parseGap(options.gap);
  if (options.gap !== undefined && !time.names) {
    throw badInput('gap', 'expected a column of times that steps are measured in, got none', 'name it with `time`');
  }
  const dateOrder = options.timeFormat === undefined ? roles.dateOrder : parseDateForm(options.timeFormat);
  return {
    ...(time.names && { time: time.names[0]! }),
    ...(time.names && dateOrder && { dateOrder }),
    ...(group.names && { group: group.names }),
    ...(id.names && { id: id.names }),
    ...(gap !== undefined && { gap }),
    notes: [time.note, group.note, id.note].filter((note) => note !== undefined),
  };
}

/** The roles as a model keeps them; undefined where there are none. */
export function rolesOf(
  { notes: _, ...roles }: SettledRoles,
  dateOrder: DateOrder | undefined,
): TableRoles | undefined {
  const all = { ...roles, ...(dateOrder && dateOrder !== 'ymd' && { dateOrder }) };
  return Object.keys(all).length === 0 ? undefined : all;
}

/** The columns of roles that stand in outputs beside the times. */
export const carriedOf = ({ id = [], group = [] }: TableRoles): CarriedColumn[] => [
  ...id.filter((name) => !group.includes(name)).map((name) => ({ name, role: 'id' as const })),
  ...group.map((name) => ({ name, role: 'group' as const })),
];

/** Cells of a column, some at a time: of a sample, and then of all rows. */
async function* cellsOf(table: RawTable, name: string): AsyncGenerator<readonly string[]> {
  const sample = (await table.sample?.())?.get(name);
  if (sample && sample.length > 0) yield sample;
  for await (const { columns } of table.chunks([{ name, as: 'text' }])) {
    const [column] = columns;
    if (column?.as === 'text') yield column.values.filter((cell) => cell !== undefined);
  }
}

/** The order of day, month and year in a column of dates: the order that was said, or that the dates leave no doubt of. */
export async function dateOrderOf(
  table: RawTable,
  time: string,
  given: DateOrder | undefined,
): Promise<{ readonly order: DateOrder; readonly note?: string; readonly example?: string }> {
  if (given !== undefined) return { order: given };
  let example: string | undefined;
  for await (const cells of cellsOf(table, time)) {
    const survey = surveyDates(cells);
    if (!survey) {
      if (example === undefined && cells.some((cell) => !Number.isNaN(toTime(cell)))) return { order: 'ymd' };
      continue;
    }
    const { order, witness } = survey;
    example ??= survey.example;
    if (!order) continue;
    const by = witness === undefined ? `, as with points between (${shown(example)})` : `, by ${shown(witness)}`;
    const first = order === 'dmy' ? 'day first' : 'month first';
    return {
      order,
      note: `column ${shown(time)}: dates are read ${first}, ${dateForms[order]}${by}; \`timeFormat\` says otherwise`,
    };
  }
  return { order: 'ymd', ...(example !== undefined && { example }) };
}

/** Refuses dates that could have the day or the month first. */
export function refuseAmbiguous(path: string, time: string, example: string | undefined): void {
  if (example === undefined) return;
  throw badInput(
    `${path}, column ${shown(time)}`,
    `expected dates that tell day and month apart, got none above 12, as ${shown(example)}`,
    `say it with \`timeFormat: "dd/mm/yyyy"\` or \`timeFormat: "mm/dd/yyyy"\``,
  );
}
