import { dirname } from 'node:path';
import { badInput } from '../../core/errors.js';
import { count, duration, exactly, figure, percent, several } from '../../core/format.js';
import { asFlags } from '../../core/option-flags.js';
import { describe, type ExamplesDescription } from '../../data/describe.js';
import { describeImages, type ImagesDescription } from '../../data/images/describe.js';
import type { NumberSummary, TimeSummary, WordSummary } from '../../data/number-figures.js';
import { openSource, openTable } from '../../data/read/open.js';
import { windowFor } from '../../data/series-window.js';
import { plainWidthOf, suggestReading, suggestSweep, suggestTraining } from '../../data/suggest.js';
import { type ColumnDescription, describeTable, type TableDescription } from '../../data/table/describe.js';
import type { RawTable } from '../../data/table/raw.js';
import { writeFirstImages } from '../../data/write/first-images.js';
import { checkWritable } from '../../data/write/write.js';
import { type CodeSuggestion, openForCode, suggestCode } from '../../tasks/suggest-code.js';
import { aligned } from '../aligned.js';
import { defineCommand, flagWords, shellWord, text } from '../command.js';
import { type Reading, readingGroups, readingOf, readingOptions } from '../options.js';
import type { Session } from '../session.js';

/** Rows of a window that is suggested where nobody looked, and the fewest that are worth it. */
const [WINDOW, FEWEST_STEPS] = [64, 8];
/** Columns and classes that are listed; --json has all. */
const LISTED = 40;

const atLeast = ({ distinct, distinctIsMinimum }: WordSummary | NumberSummary) =>
  `${distinctIsMinimum ? 'more than ' : ''}${count(distinct)}`;
/** Numbers of a range, with as many digits as tell a hundredth of it; whole numbers as they are. */
function range({ minimum, mean, median, maximum }: NumberSummary): string {
  const largest = Math.max(Math.abs(minimum), Math.abs(maximum));
  const digits = maximum > minimum ? Math.ceil(Math.log10(largest / (maximum - minimum))) + 3 : 15;
  const words = (value: number) => exactly(value, Math.min(15, Math.max(3, digits)));
  return `${words(minimum)} … ${words(maximum)}, mean ${words(mean)}, median ${words(median)}`;
}
const short = (text: string, most = 24) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function timeWords(summary: TimeSummary, unit: 'date' | 'number'): string {
  const { first, last, step, backward, firstBackward, repeated, firstRepeated } = summary;
  const moment = (time: number) => (unit === 'date' ? new Date(time).toISOString() : String(time));
  const length = (time: number) => (unit === 'date' ? duration(time / 1000) : figure(time));
  const steps = step && step.median > 0 ? `, steps of ${length(step.median)}` : '';
  const longest = step && step.median > 0 && step.maximum > step.median ? `, ${length(step.maximum)} at most` : '';
  const often = (number: number) => (number === 1 ? 'once' : `${count(number)} times`);
  const back = backward > 0 ? `, goes back ${often(backward)} (first at row ${count(firstBackward ?? 0)})` : '';
  const same = repeated > 0 ? `, repeats ${often(repeated)} (first at row ${count(firstRepeated ?? 0)})` : '';
  return `${moment(first)} … ${moment(last)}${steps}${longest}${back}${same}`;
}

function columnWords({ name, constant, numbers, words, times, problem }: ColumnDescription): string {
  const said: string[] = [];
  if (times && problem !== undefined) said.push(`! dates: --time ${shellWord(name)} takes them`);
  else if (problem !== undefined) said.push(`! ${asFlags(problem)}`);
  if (constant) said.push('! constant');
  if (numbers?.rounded !== undefined) said.push(`! ${numbers.rounded}`);
  if (numbers) said.push(`${range(numbers)}, ${atLeast(numbers)} different`);
  if (words)
    said.push(
      `${atLeast(words)} different: ${words.top.map(([word, n]) => `${short(word)} (${count(n)})`).join(', ')}`,
    );
  if (times) said.push(timeWords(times, 'date'));
  return said.join('; ');
}

function classWords(classes: readonly (readonly [string, number])[], missing: number): string {
  const total = classes.reduce((sum, [, n]) => sum + n, 0);
  const shown = classes.slice(0, LISTED).map(([name, n]) => `${short(name)} ${count(n)} (${percent(n / total)})`);
  const more = classes.length > LISTED ? [`${count(classes.length - LISTED)} more`] : [];
  return [...shown, ...more, ...(missing > 0 ? [`${count(missing)} unknown`] : [])].join(', ');
}

function listed(rows: readonly (readonly string[])[]): string[] {
  const more = rows.length > LISTED ? [`… and ${count(rows.length - LISTED)} more; --json has all`] : [];
  return [...aligned(rows.slice(0, LISTED)), ...more];
}

function tableWords(source: string, table: TableDescription, label: string | undefined): string[] {
  const { rows, columns, rowsWithMissing, classes, time, notes, preview } = table;
  const holes = rowsWithMissing > 0 ? `; ${several(rowsWithMissing, 'row')} with missing cells` : '';
  const described = columns.map((column) => [
    short(column.name),
    column.type,
    column.missing === 0 ? '' : `${count(column.missing)} missing (${percent(column.missing / rows)})`,
    columnWords(column),
  ]);
  const unknown = columns.find(({ name }) => name === label)?.missing ?? 0;
  return [
    `${source}: a table of ${several(rows, 'row')} and ${several(columns.length, 'column')}${holes}`,
    ...notes.map(asFlags),
    '',
    ...listed(described),
    ...(classes ? ['', `classes of ${label}: ${classWords(classes, unknown)}`] : []),
    ...(time ? ['', `time ${time.column}: ${timeWords(time, time.unit)}`] : []),
    '',
    'first rows:',
    ...aligned(
      preview.map((row) => [...row.slice(0, 10).map((cell) => short(cell, 16)), ...(row.length > 10 ? ['…'] : [])]),
    ),
  ];
}

function exampleWords(
  source: string,
  description: ExamplesDescription,
  images: ImagesDescription | undefined,
): string[] {
  const { kind, examples, shape, type, values, missing, constant, columns, classes, unlabelled, time, preview } =
    description;
  const what = { images: 'image', windows: 'window', rows: 'row' }[kind];
  const same = constant > 0 && constant === shape.reduce((product, side) => product * side, 1);
  const few = (columns ?? []).length > 1 ? columns! : [];
  return [
    `${source}: ${several(examples, what)} of shape [${shape.join(', ')}], ${type}`,
    ...(description.notes ?? images?.notes ?? []).map(asFlags),
    ...(values ? [`values: ${range(values)}, deviation ${figure(values.deviation)}`] : []),
    ...(missing > 0 ? [`! ${several(missing, 'value')} missing`] : []),
    ...(same ? ['! all examples are the same: there is nothing to learn'] : []),
    ...(constant > 0 && !same ? [`${several(constant, 'feature')} ${constant === 1 ? 'is' : 'are'} constant`] : []),
    ...(classes && classes.length > 0 ? [`classes: ${classWords(classes, unlabelled ?? 0)}`] : []),
    ...(time ? [`time ${time.column}: ${timeWords(time, time.unit)}`] : []),
    ...(few.length > 0
      ? [
          '',
          ...listed(few.map((column) => [short(column.name), column.numbers ? range(column.numbers) : 'all missing'])),
        ]
      : []),
    ...(preview && preview.length > 0
      ? ['', 'first examples:', ...aligned(preview.map((row) => row.map((value) => figure(value))))]
      : []),
  ];
}

const line = (command: readonly string[]): string => command.map(shellWord).join(' ');

/** The command to train with, why the code is as wide as that, and how to find out whether it should be. */
/** Rows of one value leave a code nothing to leave out: what is usual can be learned of them, or of windows of them. */
function ofOneValue(command: readonly string[], { values }: CodeSuggestion): readonly string[] | undefined {
  const at = command.indexOf('--code');
  return values === 1 && at >= 0 ? command.toSpliced(at, 2, '--kind', 'detecting') : undefined;
}

function tryWords(command: readonly string[], code: CodeSuggestion, rows: number): string[] {
  const { width, reason, values } = code;
  const single = ofOneValue(command, code);
  if (single) {
    const window = Math.min(WINDOW, Math.floor(rows / 4));
    const windows = command.toSpliced(command.indexOf('--code'), 2, '--window', String(window), '--code', '4');
    return [
      'one value a row leaves a code nothing to leave out: --kind detecting learns which values are usual; if the rows are steps in time, --window makes examples of several',
      `try:   ${line(single)}`,
      ...(window >= FEWEST_STEPS ? [`or:    ${line(windows)}`] : []),
    ];
  }
  return [
    `code width ${count(width)}: ${reason}`,
    `try:   ${line(command)}`,
    `check: ${line(suggestSweep(command, width, values))}  (the error at each width)`,
  ];
}

/** Describes a table as it lies in its file. */
async function describeTableOf(source: string, table: RawTable, data: Reading, session: Session): Promise<void> {
  const description = await session.work('looked at', (work) => describeTable(table, { ...data, ...work }));
  const { group: found } = description;
  const reading = suggestReading(description, data);
  const { label, time, group, id, columns, missing, scaling } = reading;
  const window = await windowFor(source, data, reading);
  const roles = { label, time, ...(group && { group }), ...(id && { id }) };
  const read = { ...data, ...roles, missing, ...(columns && { columns }), ...(window && { window: window.window }) };
  const code = await session.work('measured', async ({ signal }) =>
    suggestCode(
      () => openForCode(source, read),
      scaling,
      plainWidthOf(description, data),
      await session.runtime(),
      signal,
    ),
  );
  // What the suggestion says itself is not said again.
  const { limit: _, columns: own, label: _l, time: _t, group: _g, id: _i, missing: _m, ...others } = data;
  const { window: _w, stride: _s, ...form } = others;
  const words = flagWords({ ...(!columns && { columns: own }), ...form }, readingOptions);
  const command = [
    ...suggestTraining(source, description, { ...data, code: code.width, window: window?.window }),
    ...words,
  ];
  const named = flagWords({ time, group, id }, readingOptions);
  const detect = ['gargalo', 'detect', source, ...named, ...words];
  const isUsable = reading.features > 0;
  session.result(
    {
      data: source,
      ...description,
      ...(window && { window }),
      code,
      command: isUsable ? line(ofOneValue(command, code) ?? command) : null,
    },
    [
      ...tableWords(source, description, data.label),
      '',
      ...(found
        ? [
            `${found.join(' and ')} ${found.length === 1 ? 'tells' : 'tell'} several series apart, in each of which the time rises: ${line(flagWords({ group: found }, readingOptions))}`,
          ]
        : []),
      ...(window ? [window.reason, ...window.notes.map(asFlags)] : []),
      ...(isUsable
        ? tryWords(command, code, description.rows)
        : ['no column can be trained on as it is: those with a ! say why, and what mends it']),
      ...(window ? [`what is unusual in it: ${line(detect)}`] : []),
    ],
  );
}

/** Describes examples as they are trained on. */
async function describeExamples(
  source: string,
  output: string | undefined,
  data: Reading,
  session: Session,
): Promise<void> {
  const opened = (await openSource(source, data)).train;
  const images = opened.picture ? await describeImages(opened.name, data) : undefined;
  const description = await session.work('looked at', (work) => describe(opened, work));
  const sheet = output === undefined ? undefined : await writeFirstImages(output, opened, description);
  const code = await session.work('measured', async ({ signal }) =>
    suggestCode(async () => opened, undefined, plainWidthOf(description), await session.runtime(), signal),
  );
  const command = [...suggestTraining(source, description, { code: code.width }), ...flagWords(data, readingOptions)];
  const drawn = sheet === undefined ? [] : [`${output}: the first ${several(sheet, 'image')}`];
  session.result(
    {
      ...{ data: source, ...description, ...(images && { images }), ...(output !== undefined && { output }) },
      ...{ code, command: line(ofOneValue(command, code) ?? command) },
    },
    [...exampleWords(source, description, images), ...drawn, '', ...tryWords(command, code, description.examples)],
  );
}

/** `gargalo data <data>` */
export const define = defineCommand({
  arguments: { '<data>': 'what to describe: "mnist", a file or a folder of images, as gargalo train takes them' },
  options: {
    'Output:': {
      output: { ...text('<file>', 'of images: a sheet with the first of them, .png, .jpg, .webp, …'), letter: 'o' },
    },
    ...readingGroups,
  },
  notes: `Says what was found, column by column: type, range, missing cells, words; classes with --label, steps in time with --time;
and a command to train on it with. All rows are looked at, in constant memory; --limit looks at the first so many.
The width of the code comes from a sample of at most 5,000 examples: it lies between the dimensions that they fill,
by the distances of nearest neighbours, and the components that PCA needs for 90 % of the variance.`,
  examples: [
    'gargalo data sensors.csv',
    'gargalo data sensors.parquet --label machine --json',
    'gargalo data photographs/ -o sheet.png',
  ],
  async run(asked, session) {
    const { data: source, output } = asked;
    const data = readingOf(asked);
    if (output !== undefined) await checkWritable(dirname(output));
    const table = data.window === undefined ? await openTable(source, data) : undefined;
    if (!table) return describeExamples(source, output, data, session);
    if (output !== undefined) throw badInput(output, 'expected images to draw, got a table', 'leave out -o');
    return describeTableOf(source, table, data, session);
  },
});
