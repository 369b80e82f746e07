// The results: every kind trained, measured on test data and set beside what was published. A row that is done is not
// run again, one that was interrupted goes on from its checkpoint; docs/results.md is written anew after each.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isCurrent, outcomePath, writePage } from './page.mjs';
import { rows } from './rows/index.mjs';
import { gargalo, root, trainByCommand, trainByLibrary } from './training.mjs';

const usage = `npm run results -- [options]

  --row a,b      only these rows; --list names them
  --list         the rows, and whether they are done
  --force        run again what is done
  --data folder  data that are not a part of the project: it holds adbench/, nab/, bsds500/, speech/
                 (default: the folder that GARGALO_RESULTS_DATA names); rows that need it are left out without it
  --threads 1    threads of each training (default: 2 at most)
  --page         only write docs/results.md from the outcomes in docs/results/
  --check        only see whether docs/results.md is what they say
`;

function fail(problem) {
  process.stderr.write(`results: ${problem}\n\n${usage}`);
  process.exit(2);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        row: { type: 'string' },
        list: { type: 'boolean', default: false },
        force: { type: 'boolean', default: false },
        page: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        data: { type: 'string', default: process.env.GARGALO_RESULTS_DATA },
        threads: { type: 'string', default: String(Math.min(2, os.availableParallelism())) },
        help: { type: 'boolean', default: false },
      },
    });
    if (!/^[1-9]\d*$/.test(values.threads)) fail(`--threads: expected a whole number from 1, got ${values.threads}`);
    const names = values.row?.split(',') ?? rows.map(({ name }) => name);
    const unknown = names.filter((name) => !rows.some((row) => row.name === name));
    if (unknown.length > 0) {
      fail(`--row: expected some of ${rows.map(({ name }) => name).join(', ')}, got ${unknown.join(', ')}`);
    }
    return { ...values, names, threads: Number(values.threads) };
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

/** The machine in words. */
function describeMachine() {
  const processors = os.cpus();
  return `${processors.length} cores, ${processors[0]?.model.trim() || os.arch()}, Node ${process.versions.node.split('.')[0]}`;
}

const options = readOptions();
const say = (text) => process.stderr.write(`results: ${text}\n`);
if (options.help) {
  process.stdout.write(usage);
  process.exit(0);
}
if (options.list) {
  for (const { name, kind } of rows) {
    process.stdout.write(`${existsSync(outcomePath(name)) ? 'done' : '    '}  ${name.padEnd(28)} ${kind}\n`);
  }
  process.exit(0);
}
if (options.check) {
  const current = isCurrent(rows);
  if (!current) say('docs/results.md is not what docs/results/ says: npm run results -- --page');
  process.exit(current ? 0 : 1);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

if (!options.page) {
  mkdirSync(join(root, 'docs', 'results'), { recursive: true });
  const context = {
    threads: options.threads,
    say,
    command: (name, flags) => trainByCommand(name, flags, context),
    gargalo,
    dataFolder(set) {
      const folder = options.data && join(resolve(options.data), set);
      if (!folder || !existsSync(folder))
        fail(`--data: expected a folder that holds ${set}/, got ${options.data ?? 'none'}`);
      return folder;
    },
    library: (name, data, values) => trainByLibrary(name, data, values, context),
  };
  for (const row of rows) {
    if (!options.names.includes(row.name) || (existsSync(outcomePath(row.name)) && !options.force)) continue;
    if (row.data && options.data === undefined) {
      say(`row ${row.name}: left out, because it needs --data with a folder that holds ${row.data}/`);
      continue;
    }
    say(`row ${row.name}`);
    const outcome = await row.run(context);
    const record = { row: row.name, kind: row.kind, threads: options.threads, machine: describeMachine(), ...outcome };
    writeFileSync(outcomePath(row.name), `${JSON.stringify(record, null, 2)}\n`);
    say(`row ${row.name}: ${JSON.stringify(outcome.figures)}`);
    writePage(rows);
  }
}
writePage(rows);
