import { signal } from '@preact/signals';
import { messageOf } from '../engine/message.js';
import type { DataFacts, Job, JobName, Used } from '../engine/protocol.js';
import { NotYet } from '../parts/not-yet.js';
import { Example } from '../parts/picture.js';
import { save } from '../parts/save.js';
import { course, engine, look, status, trainedOn } from '../state.js';
import { figure, percent, words } from '../words/words.js';

const jobs = ['detect', 'sample', 'denoise', 'compress'] as const satisfies readonly JobName[];
const working = signal<JobName | undefined>(undefined);
const failure = signal<{ readonly job: JobName; readonly message: string } | undefined>(undefined);
/** What came out, of which training. */
const results = signal<{ readonly of: unknown; readonly used: Partial<Record<JobName, Used>> }>({
  of: undefined,
  used: {},
});

async function run(job: Job): Promise<void> {
  working.value = job.name;
  failure.value = undefined;
  const of = course.value?.started;
  try {
    const used = await engine.use(job);
    const before = results.value.of === of ? results.value.used : {};
    results.value = { of, used: { ...before, [job.name]: used } };
  } catch (error) {
    failure.value = { job: job.name, message: messageOf(error) };
  }
  working.value = undefined;
}

function Anomalies({ used, facts }: { readonly used: Extract<Used, { job: 'detect' }>; readonly facts: DataFacts }) {
  const { use: said } = words.value;
  const nameOf = (value: number): string =>
    facts.form.type === 'row' ? (facts.form.columns[value] ?? said.place(value + 1)) : said.place(value + 1);
  return (
    <>
      <p>
        <strong>{said.anomalies(used.anomalies, used.examples)}</strong>{' '}
        {said.threshold(used.threshold, percent(used.quantile))}
      </p>
      <div class="scroll">
        <table class="figures cases">
          <thead>
            <tr>
              <th scope="col">{said.example}</th>
              <th scope="col">{said.score}</th>
              {facts.classes.length > 0 && <th scope="col">{said.label}</th>}
              <th scope="col">{said.causes}</th>
            </tr>
          </thead>
          <tbody>
            {used.cases.map(({ index, score, isAnomaly, causes }, i) => (
              <tr key={index} class={isAnomaly ? 'anomaly' : ''}>
                <th scope="row">
                  {figure(index + 1)}
                  <Example values={used.rows[i] ?? []} facts={facts} label={`${said.example} ${index + 1}`} size={48} />
                </th>
                <td>{figure(score)}</td>
                {facts.classes.length > 0 && <td>{facts.classes[used.labels[i] ?? -1] ?? '–'}</td>}
                <td>
                  {facts.form.type === 'picture'
                    ? '–'
                    : causes
                        .filter(({ share }) => share > 0.1)
                        .map(({ value, observed, expected }) => said.cause(nameOf(value), observed, expected))
                        .join(' · ')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>
        <button type="button" onClick={() => save(used.file, 'scores.csv')}>
          {said.save}
        </button>
      </p>
    </>
  );
}

/** Examples side by side, row by row. */
function Sheet({
  rows,
  facts,
}: {
  readonly rows: readonly (readonly [name: string, values: Float32Array])[];
  readonly facts: DataFacts;
}) {
  const size = facts.shape.reduce((product, side) => product * side, 1);
  return (
    <div class="scroll">
      <table class="sheet">
        <tbody>
          {rows.map(([name, values]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {Array.from({ length: values.length / size }, (_, i) => (
                <td key={`${i}`}>
                  <Example
                    values={values.subarray(i * size, (i + 1) * size)}
                    facts={facts}
                    label={`${name} ${i + 1}`}
                    size={56}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Result({ used, facts }: { readonly used: Used; readonly facts: DataFacts }) {
  const { use: said } = words.value;
  switch (used.job) {
    case 'detect':
      return <Anomalies used={used} facts={facts} />;
    case 'sample': {
      const size = facts.shape.reduce((product, side) => product * side, 1);
      return (
        <>
          <ul class="pairs">
            {Array.from({ length: used.values.length / size }, (_, i) => (
              <li key={`${i}`}>
                <Example
                  values={used.values.subarray(i * size, (i + 1) * size)}
                  facts={facts}
                  label={`${i + 1}`}
                  size={56}
                />
              </li>
            ))}
          </ul>
          <p>
            <small>{said.priors[used.prior]}</small>
          </p>
        </>
      );
    }
    case 'denoise':
      return (
        <>
          <Sheet
            facts={facts}
            rows={[
              [said.original, used.original],
              [said.damaged, used.corrupted],
              [said.cleaned, used.cleaned],
            ]}
          />
          <p>{said.cleaning(used.before, used.after)}</p>
        </>
      );
    case 'compress':
      return (
        <>
          <table class="figures">
            <tbody>
              <tr>
                <th scope="row">{said.raw}</th>
                <td>{figure(used.raw)}</td>
              </tr>
              <tr>
                <th scope="row">{said.bytes}</th>
                <td>{figure(used.bytes)}</td>
              </tr>
              <tr>
                <th scope="row">{said.withDecoder}</th>
                <td>{figure(used.withDecoder)}</td>
              </tr>
              <tr>
                <th scope="row">{said.mse}</th>
                <td>{figure(used.mse)}</td>
              </tr>
              {used.psnr !== undefined && (
                <tr>
                  <th scope="row">{said.psnr}</th>
                  <td>{figure(used.psnr)}</td>
                </tr>
              )}
            </tbody>
          </table>
          <p>
            <small>{said.packed(used.examples)}</small>
          </p>
          <button type="button" onClick={() => save(used.file, 'examples.gar')}>
            {said.save}
          </button>
        </>
      );
  }
}

export function UsePlace() {
  const { use: said } = words.value;
  const known = trainedOn.value;
  if (!known || !look.value || status.value !== 'ended') {
    return <NotYet title={said.title} says={said.empty} />;
  }
  const used = results.value.of === course.value?.started ? results.value.used : {};
  return (
    <>
      <h1>{said.title}</h1>
      {jobs.map((name) => {
        const [title, about] = said.jobs[name];
        const found = used[name];
        const seed = Math.floor(performance.now());
        return (
          <section key={name}>
            <h2>{title}</h2>
            <p class="lead">{about}</p>
            <p>
              <button
                type="button"
                class="primary"
                disabled={working.value !== undefined}
                onClick={() => void run(name === 'sample' ? { name, seed } : { name })}
              >
                {found && name === 'sample' ? said.again : said.run}
              </button>
            </p>
            <div aria-live="polite">
              {working.value === name && <p>{said.working}</p>}
              {failure.value?.job === name && <p class="failure">{failure.value.message}</p>}
              {found && <Result used={found} facts={known.facts} />}
            </div>
          </section>
        );
      })}
    </>
  );
}
