import { relative, resolve, sep } from 'node:path';
import { badInput } from '../../core/errors.js';
import { figure, several } from '../../core/format.js';
import { unknownName } from '../../core/names.js';
import type { RunSource, RunSummary } from '../../server/runs.js';
import { aligned } from '../aligned.js';
import { defineCommand, text } from '../command.js';
import { openBrowser } from '../open-browser.js';
import { openRunRegistry } from '../run-registry.js';
import type { Session } from '../session.js';

const actions = ['ls', 'rm', 'open'] as const;

const row = ({ id, state, data, kind, epochs, last }: RunSummary): string[] => [
  id,
  state,
  data,
  kind,
  several(epochs, 'epoch'),
  last ? figure(last.testSquaredError, 4) : '',
];

async function list(runs: RunSource, folder: string, session: Session): Promise<void> {
  const found = await runs.list();
  const words =
    found.length === 0
      ? `${folder}: no run yet`
      : aligned([['run', 'state', 'data', 'kind', 'epochs', 'test error'], ...found.map(row)]);
  session.result({ folder: runs.root, runs: found }, words);
}

async function named(runs: RunSource, folder: string, id: string): Promise<RunSummary> {
  // also as it is named elsewhere, from here: the shell completes it so
  const own = relative(resolve(folder), resolve(id)).split(sep).join('/');
  const found = (await runs.find(id)) ?? (await runs.find(own));
  if (found) return found;
  const names = (await runs.list()).map((run) => run.id);
  if (names.length === 0)
    throw badInput(folder, 'expected a folder of runs, got one without any', 'name it with --folder');
  throw unknownName('run', id, names);
}

/** `gargalo runs <action> [run...]` */
export const define = defineCommand({
  arguments: {
    '<action>': 'ls: list them; rm: delete for good; open: open the report',
    '[run]': 'its folder, as ls lists it',
  },
  options: { 'Options:': { folder: text('<folder>', 'the folder of the runs (default: runs)') } },
  examples: [
    'gargalo runs ls',
    'gargalo runs open sensors-basic-2026-11-28-10-15-00',
    'gargalo runs rm old --folder experiments',
  ],
  async run({ action, run, folder = 'runs' }, session) {
    const runs = openRunRegistry(folder);
    const wanted = actions.find((known) => known === action);
    if (!wanted) throw unknownName('action', action, actions);
    if (wanted === 'ls') {
      if (run !== undefined) throw badInput(run, 'expected no run for ls, got one', 'leave it out');
      return list(runs, folder, session);
    }
    if (run === undefined)
      throw badInput('run', `expected the name of a run to ${wanted}, got none`, 'gargalo runs ls lists them');
    const { id } = await named(runs, folder, run);
    if (wanted === 'rm') {
      if (!(await runs.remove(id)))
        throw badInput(id, 'expected a run that has ended, got one at work', 'wait for its end, or stop it');
      session.result({ removed: id }, `${id}: deleted`);
      return;
    }
    const report = await runs.fileOf(id, 'report');
    if (report === undefined)
      throw badInput(id, 'expected a run with a report, got one without', 'its training did not end');
    openBrowser(report);
    session.result({ opened: report }, report);
  },
});
