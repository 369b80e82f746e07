import { kinds, type Option } from 'gargalo';
import { useState } from 'preact/hooks';
import { optionsOf, optionText, readOption } from '../address.js';
import { commandOf, programOf } from '../commands.js';
import { dataNames, isDataName } from '../engine/data-names.js';
import { messageOf } from '../engine/message.js';
import type { OptionValue } from '../engine/protocol.js';
import { machineData } from '../machine.js';
import { Network } from '../parts/network.js';
import { course, data, go, setData, setKind, setOption, setup, start } from '../state.js';
import { words } from '../words/words.js';

/** What an option is where nobody chooses it. */
function defaultOf(option: Option): string {
  const { build } = words.value;
  if (option.byRecipe) return build.byRecipe;
  if (option.usually) return option.usually;
  return option.default === undefined ? build.none : build.byDefault(optionText(option.default));
}

function Field({
  name,
  option,
  value,
}: {
  readonly name: string;
  readonly option: Option;
  readonly value: OptionValue | undefined;
}) {
  const { build } = words.value;
  const [wrong, setWrong] = useState('');
  const id = `option-${name}`;
  const take = (text: string): void => {
    setWrong('');
    try {
      setOption(name, text === '' ? undefined : readOption(name, option, text));
    } catch (error) {
      setWrong(messageOf(error));
    }
  };
  const choices = option.type === 'choice' ? option.choices : option.type === 'flag' ? ['true', 'false'] : undefined;
  const text = value === undefined ? '' : optionText(value);
  return (
    <div class={value === undefined ? 'field' : 'field changed'}>
      <label for={id}>{name}</label>
      {choices ? (
        <select
          id={id}
          value={text}
          aria-describedby={`${id}-says`}
          onChange={({ currentTarget }) => take(currentTarget.value)}
        >
          <option value="">{defaultOf(option)}</option>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {option.type === 'flag' ? (choice === 'true' ? build.yes : build.no) : choice}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          value={text}
          placeholder={defaultOf(option)}
          aria-invalid={wrong !== ''}
          aria-describedby={`${id}-says`}
          inputMode={option.type === 'integers' ? 'text' : 'decimal'}
          onChange={({ currentTarget }) => take(currentTarget.value.trim())}
        />
      )}
      <small id={`${id}-says`}>
        {wrong && <span class="failure">{`${build.wrong(wrong)} `}</span>}
        {option.description}
      </small>
    </div>
  );
}

function Fields({ names }: { readonly names: readonly string[] }) {
  const { kind, options } = setup.value;
  const known = optionsOf(kind);
  return (
    <div class="fields">
      {names.map((name) => {
        const option = known[name];
        return option && <Field key={`${kind}-${name}`} name={name} option={option} value={options[name]} />;
      })}
    </div>
  );
}

/** The layers that are named, or those of the last training of this setup. */
function Layers() {
  const { build } = words.value;
  const { kind, options } = setup.value;
  const size = data.value?.facts.shape.reduce((product, side) => product * side, 1);
  const { encoder, code, decoder, body = kinds.find(({ name }) => name === kind)?.defaults.body } = options;
  const isPlain = decoder === undefined && (body === undefined || body === 'dense');
  if (size && isPlain && typeof encoder === 'object' && typeof code === 'number') {
    const widths = [size, ...encoder, code, ...[...encoder].reverse(), size];
    return <Drawn widths={widths} code={encoder.length + 1} text={widths.join(' – ')} />;
  }
  const start = course.value?.start;
  if (!start || course.value?.setup !== setup.value) return <p>{build.unknownLayers}</p>;
  const at = start.widths.indexOf(start.codeWidth, 1);
  return <Drawn widths={start.widths} code={at} text={build.layers(start.widths.join(' – '), start.parameters)} />;
}

function Drawn({
  widths,
  code,
  text,
}: {
  readonly widths: readonly number[];
  readonly code: number;
  readonly text: string;
}) {
  return (
    <figure>
      <Network widths={widths} code={code} label={text} />
      <figcaption>{text}</figcaption>
    </figure>
  );
}

/** The options that most people change come first; the others are folded away. */
const early = ['code', 'encoder', 'loss', 'activation', 'beta', 'bottleneck'];
const earlyTraining = ['epochs', 'batch', 'learningRate', 'seed'];

export function BuildPlace() {
  const { build, start: begin } = words.value;
  const { kind, options, data: source } = setup.value;
  const definition = kinds.find(({ name }) => name === kind);
  const names = Object.keys(definition?.options ?? {});
  const training = Object.keys(optionsOf(kind)).filter((name) => !names.includes(name));
  return (
    <>
      <h1>{build.title}</h1>
      <div class="build">
        <div>
          <div class="field">
            <label for="data">{build.data}</label>
            <select id="data" value={source} onChange={({ currentTarget }) => setData(currentTarget.value)}>
              {[...dataNames, ...(source === 'own' ? (['own'] as const) : [])].map((name) => (
                <option key={name} value={name}>
                  {begin.data[name][0]}
                </option>
              ))}
              {machineData.value.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
            {data.value?.facts.leftOut !== undefined && (
              <small>{begin.dropped(data.value.facts.examples, data.value.facts.leftOut)}</small>
            )}
          </div>
          <div class="field">
            <label for="kind">{build.kind}</label>
            <select
              id="kind"
              value={kind}
              onChange={({ currentTarget }) => {
                const chosen = kinds.find(({ name }) => name === currentTarget.value);
                if (chosen) setKind(chosen.name);
              }}
            >
              {kinds.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
            <small>{definition?.summary}</small>
          </div>
          <p class="formula">
            {build.formula}: <code>{definition?.formula}</code>
            <br />
            <small>
              {build.paper}: {definition?.paper}
            </small>
          </p>
        </div>
        <Layers />
      </div>
      <p class="actions">
        <button
          type="button"
          class="primary"
          onClick={() => {
            go({ place: 'train' });
            if (isDataName(source) || source === 'own') void start();
          }}
        >
          {words.value.places.train}
        </button>
        <button
          type="button"
          disabled={Object.keys(options).length === 0}
          onClick={() => go({ setup: { ...setup.value, options: {} } })}
        >
          {build.reset}
        </button>
      </p>
      <h2>{build.network}</h2>
      <Fields names={names.filter((name) => early.includes(name))} />
      <details>
        <summary>{build.more(names.filter((name) => !early.includes(name)).length)}</summary>
        <Fields names={names.filter((name) => !early.includes(name))} />
      </details>
      <h2>{build.training}</h2>
      <Fields names={earlyTraining} />
      <details>
        <summary>{build.more(training.filter((name) => !earlyTraining.includes(name)).length)}</summary>
        <Fields names={training.filter((name) => !earlyTraining.includes(name))} />
      </details>
      <h2>{build.command}</h2>
      <pre>{commandOf(setup.value)}</pre>
      <h2>{build.program}</h2>
      <pre>{programOf(setup.value)}</pre>
    </>
  );
}
