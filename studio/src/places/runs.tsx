import { useEffect } from 'preact/hooks';
import { machine } from '../machine.js';
import { MachineRuns } from '../parts/machine-runs.js';
import { optionWords, RunTable } from '../parts/run-table.js';
import { save } from '../parts/save.js';
import { deleteRun, listRuns, modelOfRun, runs } from '../runs.js';
import { go } from '../state.js';
import { figure, moment, words } from '../words/words.js';

export function RunsPlace() {
  const { runs: said } = words.value;
  useEffect(() => void listRuns(), []);
  const listed = runs.value;
  return (
    <>
      <h1>{said.title}</h1>
      <MachineRuns />
      {machine.value !== undefined && <h2>{said.inBrowser}</h2>}
      {listed.length === 0 ? (
        <p class="lead">{said.empty}</p>
      ) : (
        <RunTable heads={[said.when, said.data, said.kind, said.differs, said.epochs, said.error, said.pca]}>
          {listed.map((run) => (
            <tr key={run.id}>
              <th scope="row">{moment(run.started)}</th>
              <td>{run.setup.data}</td>
              <td>{run.setup.kind}</td>
              <td>{optionWords(Object.entries(run.setup.options))}</td>
              <td>{figure(run.epochs)}</td>
              <td>{run.error === undefined ? '–' : figure(run.error)}</td>
              <td>{run.pcaError === undefined ? '–' : figure(run.pcaError)}</td>
              <td class="buttons">
                <button type="button" onClick={() => go({ place: 'build', setup: run.setup })}>
                  {said.open}
                </button>
                <button type="button" onClick={() => void modelOfRun(run.id).then((file) => save(file, 'model.onnx'))}>
                  {said.model}
                </button>
                <button type="button" onClick={() => confirm(said.sure) && void deleteRun(run.id)}>
                  {said.remove}
                </button>
              </td>
            </tr>
          ))}
        </RunTable>
      )}
    </>
  );
}
