import { isDataName } from '../engine/data-names.js';
import { messageOf } from '../engine/message.js';
import type { Setup } from '../engine/protocol.js';
import {
  followRun,
  listMachineRuns,
  machine,
  machineData,
  machineProblem,
  machineRuns,
  trainOnMachine,
} from '../machine.js';
import { Curve } from '../parts/curve.js';
import { Legend, MapView } from '../parts/map-view.js';
import { Example, Filter } from '../parts/picture.js';
import { save } from '../parts/save.js';
import { course, engine, go, isBusy, look, pace, setup, showMoment, start, status, trainedOn } from '../state.js';
import { figure, percent, words } from '../words/words.js';

function Controls() {
  const { train } = words.value;
  const state = status.value;
  return (
    <p class="actions">
      {!isBusy.value && isHere(setup.value) && (
        <button type="button" class="primary" onClick={() => void start()}>
          {state === 'idle' ? train.play : train.again}
        </button>
      )}
      {machine.value !== undefined && canTrainOnMachine(setup.value) && (
        <button type="button" onClick={() => void onMachine()}>
          {train.onMachine}
        </button>
      )}
      {state === 'running' && (
        <button type="button" onClick={() => pace('pause')}>
          {train.pause}
        </button>
      )}
      {state === 'paused' && (
        <>
          <button type="button" class="primary" onClick={() => pace('run')}>
            {train.resume}
          </button>
          <button type="button" onClick={() => pace('step')}>
            {train.step}
          </button>
        </>
      )}
      {isBusy.value && (
        <button type="button" onClick={() => pace('stop')}>
          {train.stop}
        </button>
      )}
      {state === 'ended' && <Fork />}
      {state === 'ended' && (
        <button type="button" onClick={() => void download()}>
          {train.download}
        </button>
      )}
    </p>
  );
}

/** Data that the page has. */
const isHere = ({ data: name }: Setup): boolean => isDataName(name) || name === 'own';

/** Data that the machine has too. */
const canTrainOnMachine = ({ data: name }: Setup): boolean =>
  name === 'digits' || machineData.value.some((given) => given.name === name);

async function onMachine(): Promise<void> {
  machineProblem.value = '';
  try {
    const id = await trainOnMachine(setup.value);
    go({ place: 'runs' });
    // the run folder is there a moment later
    for (let tries = 0; tries < 50; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      await listMachineRuns();
      if (machineRuns.value.some((run) => run.id === id)) return followRun(id);
    }
  } catch (error) {
    machineProblem.value = messageOf(error);
  }
}

function Fork() {
  const epoch = Math.floor(look.value?.epoch ?? 0);
  if (epoch < 1) return null;
  return (
    <button type="button" onClick={() => void start({ forkAt: epoch })}>
      {words.value.train.fork(epoch)}
    </button>
  );
}

async function download(): Promise<void> {
  save(await engine.model(), 'model.onnx');
}

/** Where training is, in words. */
function Progress() {
  const { train } = words.value;
  const known = course.value;
  if (!known) return <p>{train.idle}</p>;
  const { start: begun, progress, reason, failure } = known;
  if (failure) return <p class="failure" role="alert">{`${train.failed}: ${failure}`}</p>;
  if (!begun) return <p>{train.preparing}</p>;
  const done = progress ? (progress.epoch - 1 + progress.step / progress.steps) / begun.epochs : 0;
  return (
    <>
      <progress value={reason ? 1 : done} max="1" aria-label={train.title} />
      <p class="state">
        {reason ? (train.ended[reason] ?? reason) : train.epoch(progress?.epoch ?? 1, begun.epochs)}
        {progress && !reason && ` · ${train.rate(progress.examplesPerSecond)}`}
        {` · ${train.threads(begun.threads)}`}
      </p>
    </>
  );
}

/** What a screen reader hears, a few times in a training. */
function Spoken() {
  const { train } = words.value;
  const known = course.value;
  const last = known?.records.at(-1);
  const isDue = known?.reason !== undefined || (last !== undefined && last.epoch % 5 === 0);
  const text =
    isDue && last
      ? `${train.epoch(last.epoch, known?.start?.epochs ?? last.epoch)}. ${train.error}: ${figure(last.testSquaredError)}. ${known?.reason ? (train.ended[known.reason] ?? '') : ''}`
      : '';
  return (
    <p class="unseen" aria-live="polite">
      {text}
    </p>
  );
}

function Scrubber() {
  const { train } = words.value;
  const moments = course.value?.moments ?? [];
  if (status.value !== 'ended' || moments.length < 2) return null;
  const epoch = Math.floor(look.value?.epoch ?? 0);
  const at = moments.findLastIndex((moment) => moment <= epoch);
  return (
    <label class="scrubber">
      <span>{`${train.moment}: ${train.epoch(moments[at] ?? 0, moments.at(-1) ?? 0)}`}</span>
      <input
        type="range"
        min="0"
        max={moments.length - 1}
        value={at}
        onInput={({ currentTarget }) => void showMoment(moments[currentTarget.valueAsNumber] ?? 0)}
      />
    </label>
  );
}

/** The first examples above what comes back. */
function Pairs() {
  const [known, now] = [trainedOn.value, look.value];
  const { train } = words.value;
  if (!known || !now) return null;
  const size = known.sample.values.length / known.sample.count;
  const shown = now.rebuilt.length / size;
  const part = (values: Float32Array, i: number) => values.subarray(i * size, (i + 1) * size);
  return (
    <section>
      <h2>{train.examples}</h2>
      <ul class="pairs">
        {Array.from({ length: shown }, (_, i) => (
          <li key={`${i}`}>
            <Example
              values={part(known.sample.values, i)}
              facts={known.facts}
              label={`${train.original} ${i + 1}`}
              size={56}
            />
            <Example
              values={part(now.rebuilt, i)}
              facts={known.facts}
              label={`${train.rebuilt} ${i + 1}`}
              size={56}
              behind={part(known.sample.values, i)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Filters() {
  const [known, now] = [trainedOn.value, look.value];
  const { train } = words.value;
  if (!known || !now || known.facts.form.type !== 'picture' || now.filters.length === 0) return null;
  const { width, height } = known.facts.form;
  const size = known.sample.values.length / known.sample.count;
  return (
    <section>
      <h2>{train.filters}</h2>
      <ul class="filters">
        {Array.from({ length: now.filters.length / size }, (_, i) => (
          <li key={`${i}`}>
            <Filter
              weights={now.filters.subarray(i * size, (i + 1) * size)}
              width={width}
              height={height}
              label={`${i + 1}`}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Figures() {
  const { train } = words.value;
  const last = course.value?.records.at(-1);
  if (!last) return null;
  const { activity, terms } = last;
  const chosen = Object.entries(course.value?.start?.chosen ?? {});
  return (
    <section class="columns">
      <div>
        <h2>{train.figures}</h2>
        <table class="figures">
          <tbody>
            <tr>
              <th scope="row">{train.error}</th>
              <td>{figure(last.testSquaredError, 4)}</td>
            </tr>
            <tr>
              <th scope="row">{train.trainLoss}</th>
              <td>{figure(last.trainLoss, 4)}</td>
            </tr>
            <tr>
              <th scope="row">{train.testLoss}</th>
              <td>{figure(last.testLoss, 4)}</td>
            </tr>
            <tr>
              <th scope="row">{train.dead}</th>
              <td>{`${figure(activity.deadUnits)} / ${figure(activity.hiddenUnits)}`}</td>
            </tr>
            <tr>
              <th scope="row">{train.inactive}</th>
              <td>{figure(activity.inactiveCode)}</td>
            </tr>
          </tbody>
        </table>
      </div>
      <div>
        <h2>{train.terms}</h2>
        <table class="figures">
          <tbody>
            {Object.entries(terms).map(([name, { test, share }]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{figure(test)}</td>
                <td>{percent(share)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {chosen.length > 0 && (
        <div>
          <h2>{train.chosen}</h2>
          <table class="figures">
            <tbody>
              {chosen.map(([name, value]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>{Array.isArray(value) ? value.join(', ') : String(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Warnings() {
  const messages = course.value?.warnings ?? [];
  if (messages.length === 0) return null;
  return (
    <div class="warnings">
      <ul aria-label={words.value.train.warnings}>
        {messages.map((message) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
    </div>
  );
}

export function TrainPlace() {
  const { train, start: begin, build } = words.value;
  const known = course.value;
  const { data: source, kind } = known?.setup ?? setup.value;
  const name = source in begin.data ? begin.data[source as keyof typeof begin.data][0] : source;
  const last = known?.records.at(-1);
  return (
    <>
      <p class="eyebrow">{`${build.data}: ${name} · ${build.kind}: ${kind}`}</p>
      <h1>{train.title}</h1>
      <Controls />
      <Progress />
      <Spoken />
      <Warnings />
      {known && (
        <div class="watch">
          <div>
            <Curve records={known.records} pcaError={known.pcaError} />
            {last && known.pcaError !== undefined && (
              <p>{train.beats(percent(last.testSquaredError / known.pcaError))}</p>
            )}
          </div>
          <div>
            {trainedOn.value && <MapView facts={trainedOn.value.facts} sample={trainedOn.value.sample} live={false} />}
            <Legend />
            <Scrubber />
          </div>
        </div>
      )}
      <Pairs />
      <Filters />
      <Figures />
    </>
  );
}
