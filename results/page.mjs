// docs/results.md, from the rows and their outcomes.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sources } from './sources.mjs';
import { root } from './training.mjs';

/** Where the outcome of a row is kept. */
export const outcomePath = (name) => join(root, 'docs', 'results', `${name}.json`);

const number = (value) => {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(4)));
};

const shown = (value, { percent }) => (percent ? `${number(value * 100)} %` : number(value));

function duration(seconds) {
  return seconds < 100 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(1)} min`;
}

/** The verdict on a figure: ours over the published one. */
function ratio(ours, published, { better, unlike }) {
  if (unlike) return '';
  if (published === undefined || published === 0) return '';
  const value = ours / published;
  const better_ = better === 'lower' ? value <= 1 : better === 'higher' ? value >= 1 : undefined;
  const word = better_ === undefined ? '' : better_ ? ' ✓' : '';
  return `${value.toFixed(3)}${word}`;
}

function tableLines(row, outcome) {
  const entries = Object.entries(row.figures).filter(([key]) => outcome.figures[key] !== undefined);
  return entries.map(([key, figure], i) => {
    const ours = outcome.figures[key];
    const published = figure.published ?? outcome.figures[figure.against];
    const direction = figure.better === undefined ? '' : figure.better === 'lower' ? ' ↓' : ' ↑';
    const cells = [
      i === 0 ? `[${row.name}](#${row.name})` : '',
      i === 0 ? row.kind : '',
      i === 0 ? outcome.parameters.toLocaleString('en-US') : '',
      i === 0 ? duration(outcome.seconds) : '',
      figure.label + direction,
      shown(ours, figure),
      published === undefined ? '' : `${figure.about ? 'about ' : ''}${shown(published, figure)}`,
      ratio(ours, published, figure),
    ];
    return `| ${cells.join(' | ')} |`;
  });
}

function section(row, outcome) {
  const source = row.source && sources[row.source];
  return [
    `### ${row.name}`,
    '',
    `${row.kind}, ${row.network}. ${row.setup}${source ? ` Published: [${source.text}](${source.url}).` : ''}`,
    ...(row.remark ? ['', row.remark] : []),
    '',
    '```sh',
    `npm run results -- --row ${row.name}`,
    '```',
    '',
    ...outcome.commands.map((command) => `- \`${command}\``),
    '',
  ];
}

const preface = `# Results

Every kind of autoencoder here, trained and measured on test data, beside what was published for it. Made by \`npm run results\`, which goes on where it was
interrupted; one row alone by \`npm run results -- --row <row>\`. Figures at full precision, with the machine, are in [\`results/\`](results).

Ratio is ours over the published figure; ↓ and ↑ say which way is better, ✓ that we are there. Seconds are those of the trainings, tests included, made beside other
work on the machine: an idle one takes less. Where a set-up differs from the published one, or a row was run at a reduced length, its section says so.
`;

/** Writes docs/results.md from what outcomes there are. */
export function writePage(rows) {
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
  writeFileSync(join(root, 'docs', 'results.md'), `${lines.join('\n').trimEnd()}\n`);
}
