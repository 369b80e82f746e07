// docs/results.md, from the rows and their outcomes.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sources } from './sources.mjs';
import { root } from './training.mjs';

/** Where the outcome of a row is kept. */
export const outcomePath = (name) => join(root, 'docs', 'results', `${name}.json`);

const number = (value, digits = 4) => {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(digits)));
};

const shown = (value, { percent, digits }) => (percent ? `${number(value * 100, digits)} %` : number(value, digits));

function duration(seconds) {
  return seconds < 100 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(1)} min`;
}

/** What a figure is compared with, as the table shows it. */
function comparison(published, figure) {
  if (published === undefined) return '';
  const words = `${figure.about ? 'about ' : ''}${shown(published, figure)}`;
  return figure.published === undefined ? `(${figure.beside}: ${words})` : words;
}

/** The verdict on a figure: ours over the published one, to three digits. */
function ratio(ours, published, { better, unlike }) {
  if (unlike || !published) return '';
  const value = Math.round((ours / published) * 1000) / 1000;
  const reached = (better === 'lower' && value <= 1) || (better === 'higher' && value >= 1);
  return `${value.toFixed(3)}${reached ? ' ✓' : ''}`;
}

const arrows = { lower: ' ↓', higher: ' ↑' };

function tableLines(row, outcome) {
  const entries = Object.entries(row.figures).filter(([key]) => outcome.figures[key] !== undefined);
  return entries.map(([key, figure], i) => {
    const ours = outcome.figures[key];
    const published = figure.published ?? outcome.figures[figure.against];
    const cells = [
      ...(i === 0
        ? [`[${row.name}](#${row.name})`, row.kind, number(outcome.parameters), duration(outcome.seconds)]
        : ['', '', '', '']),
      figure.label + (arrows[figure.better] ?? ''),
      shown(ours, figure),
      comparison(published, figure),
      ratio(ours, published, figure),
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
}

function section(row, outcome) {
  const remark = typeof row.remark === 'function' ? row.remark(outcome.figures) : row.remark;
  const source = row.source && sources[row.source];
  return [
    `### ${row.name}`,
    '',
    `${row.kind}, ${row.network}. ${row.setup}${source ? ` Published: [${source.text}](${source.url}).` : ''}`,
    ...(remark ? ['', remark] : []),
    ...(row.table ? ['', ...row.table(outcome)] : []),
    '',
    '```sh',
    `npm run results -- --row ${row.name}${row.data ? ` --data <folder with ${row.data}/>` : ''}`,
    '```',
    '',
    ...outcome.commands.map((command) => `- \`${command}\``),
    '',
  ];
}

const preface = `# Results

Every kind of autoencoder here, trained and measured on test data, beside what was published for it. Made by \`npm run results\`, which goes on where it was
interrupted; one row alone by \`npm run results -- --row <row>\`. Figures at full precision, with the machine, are in [\`results/\`](results).

Ratio is ours over the published figure, to three digits; ↓ and ↑ say which way is better, ✓ that we are there. Where nothing was published, the figure in brackets is
what it is to be compared with. Seconds are those of the trainings, tests included, made beside other
work on the machine: an idle one takes less. Where a set-up differs from the published one, or a row was run at a reduced length, its section says so.
`;

/** docs/results.md from what outcomes there are. */
export function pageOf(rows) {
  const done = rows
    .filter(({ name }) => existsSync(outcomePath(name)))
    .map((row) => ({ row, outcome: JSON.parse(readFileSync(outcomePath(row.name), 'utf8')) }));
  const lines = [
    preface,
    '| row | kind | parameters | time | figure on test data | ours | published | ratio |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...done.flatMap(({ row, outcome }) => tableLines(row, outcome)),
    '',
    '## The rows',
    '',
    ...done.flatMap(({ row, outcome }) => section(row, outcome)),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

const path = join(root, 'docs', 'results.md');

export function writePage(rows) {
  writeFileSync(path, pageOf(rows));
}

/** Whether docs/results.md is what the outcomes say. */
export function isCurrent(rows) {
  return existsSync(path) && readFileSync(path, 'utf8') === pageOf(rows);
}
