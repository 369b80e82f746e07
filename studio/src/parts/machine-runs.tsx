// The runs of this machine's folder, and one of them as it goes.

import { useEffect, useRef } from 'preact/hooks';
import type { RunSummary } from '../../../dist/server/runs.js';
import type { OptionValue } from '../engine/protocol.js';
import {
  deleteMachineRun,
  failed,
  followed,
  followRun,
  listMachineRuns,
  machine,
  machineProblem,
  machineRuns,
  stopOnMachine,
} from '../machine.js';
import { figure, moment, words } from '../words/words.js';
import { Curve } from './curve.js';
import { optionWords, RunTable } from './run-table.js';

/** Milliseconds between two looks at the folder. */
const BETWEEN = 2000;

const addressOf = (id: string, name: string): string => `api/runs/${encodeURIComponent(id)}/${name}`;

/** The options in which runs differ: those that all have alike say nothing. */
function differences(runs: readonly RunSummary[]): (run: RunSummary) => string {
  const names = new Set(runs.flatMap(({ options }) => Object.keys(options)));
  const isSame = (name: string) => new Set(runs.map(({ options }) => JSON.stringify(options[name]))).size === 1;
  const differing = [...names].filter((name) => runs.length === 1 || !isSame(name));
  return ({ options }) =>
    optionWords(
      differing.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name] as OptionValue]])),
    );
}

function Followed() {
  const { runs: said } = words.value;
  const run = followed.value;
  const host = useRef<HTMLElement>(null);
  const id = run?.id;
  useEffect(() => host.current?.scrollIntoView({ behavior: 'smooth' }), [id]);
  if (!run) return null;
  return (
    <section ref={host}>
      <h2>{run.id}</h2>
      <p class="state" aria-live="polite">
        {run.isOpen ? said.live : said.over}
      </p>
      <Curve records={run.records} pcaError={undefined} />
    </section>
  );
}

function Row({ run, says }: { readonly run: RunSummary; readonly says: string }) {
  const { runs: said } = words.value;
  return (
    <tr>
      <th scope="row">
        <span class="run-name">{run.id}</span>
        <small>{moment(Date.parse(run.started))}</small>
      </th>
      <td>{said.states[run.state]}</td>
      <td>{run.data}</td>
      <td>{run.kind}</td>
      <td>{says}</td>
      <td>{figure(run.epochs)}</td>
      <td>{run.last ? figure(run.last.testSquaredError) : '–'}</td>
      <td class="buttons">
        <button type="button" onClick={() => followRun(run.id)}>
          {said.watch}
        </button>
        {run.hasReport && (
          <a class="button" href={addressOf(run.id, 'report')} target="_blank" rel="noreferrer">
            {said.report}
          </a>
        )}
        {run.hasModel && (
          <a class="button" href={addressOf(run.id, 'model')} download="model.onnx">
            {said.model}
          </a>
        )}
        {run.state === 'running' ? (
          <button type="button" onClick={() => void stopOnMachine(run.id).catch(() => undefined)}>
            {words.value.train.stop}
          </button>
        ) : (
          <button type="button" onClick={() => confirm(said.sure) && void deleteMachineRun(run.id)}>
            {said.remove}
          </button>
        )}
      </td>
    </tr>
  );
}

export function MachineRuns() {
  const { runs: said } = words.value;
  useEffect(() => {
    void listMachineRuns();
    const timer = setInterval(() => !document.hidden && void listMachineRuns(), BETWEEN);
    return () => clearInterval(timer);
  }, [machine.value]);
  if (machine.value === undefined) return null;
  const listed = machineRuns.value;
  const says = differences(listed);
  return (
    <>
      <h2>{said.onMachine}</h2>
      <p>
        <small>{machine.value}</small>
      </p>
      {machineProblem.value && (
        <p class="failure" role="alert">
          {machineProblem.value === 'away' ? said.away : machineProblem.value}
        </p>
      )}
      {failed.value.map(({ id, problem }) => (
        <p key={id} class="failure" role="alert">
          {`${id}: ${problem ?? ''}`}
        </p>
      ))}
      {listed.length === 0 ? (
        <p>{said.emptyFolder}</p>
      ) : (
        <RunTable heads={[said.run, said.state, said.data, said.kind, said.differs, said.epochs, said.error]}>
          {listed.map((run) => (
            <Row key={run.id} run={run} says={says(run)} />
          ))}
        </RunTable>
      )}
      <Followed />
    </>
  );
}
