// What `gargalo data` does once its flags are read.
import { dirname } from 'node:path';
import { badInput } from '../core/errors.js';
import { count, duration, figure, percent, several } from '../core/format.js';
import { describe, type ExamplesDescription } from '../data/describe.js';
import { describeImages, type ImagesDescription } from '../data/images/describe.js';
import { lookOf } from '../data/look.js';
import type { NumberSummary, TimeSummary, WordSummary } from '../data/number-figures.js';
import { type OpenOptions, openSource, openTable } from '../data/read/open.js';
import { type ExampleSource, streamOf } from '../data/stream.js';
import { plainWidthOf, suggestReading, suggestSweep, suggestTraining } from '../data/suggest.js';
import { type ColumnDescription, describeTable, type TableDescription } from '../data/table/describe.js';
import { pictureSheet } from '../data/write/picture-sheet.js';
import { writePicture } from '../data/write/pictures.js';
import { checkWritable } from '../data/write/write.js';
import { type CodeSuggestion, openForCode, suggestCode } from './data-code-width.js';
import { flagWords, shellWord } from './flags.js';
import { longWork } from './long-work.js';
import { formOnly, givenOnly } from './run-record.js';
import { windowFor } from './series-window.js';
import type { Speech } from './shared-flags.js';
import { aligned, type Terminal } from './terminal.js';

/** What was asked for on the command line. */
export interface DataCommand {
  readonly source: string;
  readonly output: string | undefined;
  readonly data: OpenOptions;
  readonly speech: Speech;
}

/** Images on a sheet. */
const SHEET = 64;
/** Columns and classes that are listed; --json has all. */
const LISTED = 40;

const atLeast = ({ distinct, distinctIsMinimum }: WordSummary | NumberSummary) =>
  `${distinctIsMinimum ? 'more than ' : ''}${count(distinct)}`;
const range = ({ minimum, mean, median, maximum }: NumberSummary) =>
  `${figure(minimum)} … ${figure(maximum)}, mean ${figure(mean)}, median ${figure(median)}`;
const short = (text: string, most = 24) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function timeWords({ first, last, step, ordered, backward }: TimeSummary, unit: 'date' | 'number'): string {
  const moment = (time: number) => (unit === 'date' ? new Date(time).toISOString() : String(time));
  const length = (time: number) => (unit === 'date' ? duration(time / 1000) : figure(time));
  const steps = step && step.median > 0 ? `, steps of ${length(step.median)}` : '';
  const longest = step && step.median > 0 && step.maximum > step.median ? `, ${length(step.maximum)} at most` : '';
  return `${moment(first)} … ${moment(last)}${steps}${longest}${ordered ? '' : `, goes back ${backward === 1 ? 'once' : `${count(backward)} times`}`}`;
}

function columnWords({ name, constant, numbers, words, times, problem }: ColumnDescription): string {
  const said: string[] = [];
  if (times && problem !== undefined) said.push(`! dates: --time ${shellWord(name)} takes them`);
  else if (problem !== undefined) said.push(`! ${problem}`);
  if (constant) said.push('! constant');
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

function listed(rows: readonly (readonly string[])[]): string {
  const more = rows.length > LISTED ? `\n… and ${count(rows.length - LISTED)} more; --json has all` : '';
  return aligned(rows.slice(0, LISTED)) + more;
}

function tableWords(source: string, table: TableDescription, label: string | undefined): string {
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
    ...notes,
    '',
    listed(described),
    ...(classes ? ['', `classes of ${label}: ${classWords(classes, unknown)}`] : []),
    ...(time ? ['', `time ${time.column}: ${timeWords(time, time.unit)}`] : []),
    '',
    'first rows:',
    aligned(
      preview.map((row) => [...row.slice(0, 10).map((cell) => short(cell, 16)), ...(row.length > 10 ? ['…'] : [])]),
    ),
  ].join('\n');
}

function exampleWords(source: string, description: ExamplesDescription, images: ImagesDescription | undefined): string {
  const { kind, examples, shape, type, values, missing, constant, columns, classes, unlabelled, time, preview } =
    description;
  const what = { images: 'image', windows: 'window', rows: 'row' }[kind];
  const same = constant > 0 && constant === shape.reduce((product, side) => product * side, 1);
  const few = (columns ?? []).length > 1 ? columns! : [];
  return [
    `${source}: ${several(examples, what)} of shape [${shape.join(', ')}], ${type}`,
    ...(description.notes ?? images?.notes ?? []),
    ...(values ? [`values: ${range(values)}, deviation ${figure(values.deviation)}`] : []),
    ...(missing > 0 ? [`! ${several(missing, 'value')} missing`] : []),
    ...(same ? ['! all examples are the same: there is nothing to learn'] : []),
    ...(constant > 0 && !same ? [`${several(constant, 'feature')} ${constant === 1 ? 'is' : 'are'} constant`] : []),
    ...(classes && classes.length > 0 ? [`classes: ${classWords(classes, unlabelled ?? 0)}`] : []),
    ...(time ? [`time ${time.column}: ${timeWords(time, time.unit)}`] : []),
    ...(few.length > 0
      ? ['', listed(few.map((column) => [short(column.name), column.numbers ? range(column.numbers) : 'all missing']))]
      : []),
    ...(preview && preview.length > 0
      ? ['', 'first examples:', aligned(preview.map((row) => row.map((value) => figure(value))))]
      : []),
  ].join('\n');
}

/** Draws the first images on a sheet. */
async function writeSheet(output: string, source: ExampleSource, { values }: ExamplesDescription): Promise<number> {
  const look = lookOf(source.shape, source.sequence);
  if (look.kind !== 'picture') throw badInput(output, 'expected images to draw, got other data', 'leave out -o');
  const size = source.shape.reduce((product, side) => product * side, 1);
  const bytes = new Uint8ClampedArray(SHEET * size);
  let filled = 0;
  const [low, high] = source.type === 'uint8' || !values ? [0, 255] : [values.minimum, values.maximum];
  for await (const block of streamOf(source).blocks()) {
    const part = block.values.subarray(0, (SHEET - filled) * size);
    for (let i = 0; i < part.length; i++) bytes[filled * size + i] = ((part[i]! - low) * 255) / (high - low || 1);
    filled += part.length / size;
    if (filled >= SHEET) break;
  }
  await writePicture(output, pictureSheet({ look, count: filled, bytes: new Uint8Array(bytes.buffer) }));
  return filled;
}

const line = (command: readonly string[]): string => command.map(shellWord).join(' ');

/** The command to train with, why the code is as wide as that, and how to find out whether it should be. */
function tryWords(command: readonly string[], { width, reason, values }: CodeSuggestion): string {
  return [
    `code width ${count(width)}: ${reason}`,
    `try:   ${line(command)}`,
    `check: ${line(suggestSweep(command, width, values))}  (the error at each width)`,
  ].join('\n');
}

/** `gargalo data` */
export async function runData(asked: DataCommand, terminal: Terminal): Promise<void> {
  const { source, output, data, speech } = asked;
  if (output !== undefined) await checkWritable(dirname(output));
  const table = data.window === undefined ? await openTable(source, data) : undefined;
  if (table) {
    if (output !== undefined) throw badInput(output, 'expected images to draw, got a table', 'leave out -o');
    const found = await longWork(speech, 'looked at', (work) => describeTable(table, { ...data, ...work }));
    const reading = suggestReading(found, data);
    const { label, time, columns, missing, scaling } = reading;
    const series = await windowFor(source, data, reading);
    const read = {
      ...data,
      label,
      time,
      missing,
      ...(columns && { columns }),
      ...(series && { window: series.window }),
    };
    const code = await longWork(speech, 'measured', ({ signal }) =>
      suggestCode(() => openForCode(source, read), scaling, plainWidthOf(found, data), signal),
    );
    const told = flagWords({ ...(!columns && { columns: data.columns }), ...formOnly(data) });
    const command = [...suggestTraining(source, found, { ...data, code: code.width, window: series?.window }), ...told];
    const detect = ['gargalo', 'detect', source, ...(time === undefined ? [] : ['--time', time]), ...told];
    const usable = reading.features > 0;
    const words = [
      `${tableWords(source, found, data.label)}\n`,
      ...(series ? [series.reason] : []),
      usable
        ? tryWords(command, code)
        : 'no column can be trained on as it is: those with a ! say why, and what mends it',
      ...(series ? [`what is unusual in it: ${line(detect)}`] : []),
    ];
    terminal.result(
      { data: source, ...found, ...(series && { window: series }), code, command: usable ? line(command) : null },
      words.join('\n'),
    );
    return;
  }
  const opened = (await openSource(source, data)).train;
  const images = opened.picture ? await describeImages(opened.name, data) : undefined;
  const found = await longWork(speech, 'looked at', (work) => describe(opened, work));
  const sheet = output === undefined ? undefined : await writeSheet(output, opened, found);
  const code = await longWork(speech, 'measured', ({ signal }) =>
    suggestCode(async () => opened, undefined, plainWidthOf(found), signal),
  );
  const command = [...suggestTraining(source, found, { code: code.width }), ...flagWords(givenOnly(data))];
  const drawn = sheet === undefined ? '' : `\n${output}: the first ${several(sheet, 'image')}`;
  terminal.result(
    {
      ...{ data: source, ...found, ...(images && { images }), ...(output !== undefined && { output }) },
      ...{ code, command: line(command) },
    },
    `${exampleWords(source, found, images)}${drawn}\n\n${tryWords(command, code)}`,
  );
}
