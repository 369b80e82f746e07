// Where the latent space is weak, in figures.

import { signal } from '@preact/signals';
import { messageOf } from '../engine/message.js';
import type { Interval, Measured } from '../engine/protocol.js';
import { engine, look, status } from '../state.js';
import { figure, percent, words } from '../words/words.js';

const isWorking = signal(false);
const failure = signal('');
/** What was measured, of which look. */
const measured = signal<{ readonly of: unknown; readonly figures: Measured } | undefined>(undefined);

async function run(): Promise<void> {
  isWorking.value = true;
  failure.value = '';
  const of = look.value;
  try {
    measured.value = { of, figures: await engine.measure() };
  } catch (error) {
    failure.value = messageOf(error);
  }
  isWorking.value = false;
}

const withInterval = ({ value, interval: [low, high] }: Interval, write: (value: number) => string): string =>
  `${write(value)} (${write(low)} … ${write(high)})`;

/** The figures as rows of text. */
function rowsOf({ gapsOnLines, gapsInRegion, jump, components, clusters, ...others }: Measured) {
  const { neighbours, chance = 0, trustworthiness, dimension, activeUnits } = others;
  return [
    ['gapsOnLines', withInterval(gapsOnLines, percent)],
    ['gapsInRegion', withInterval(gapsInRegion, percent)],
    ['jump', withInterval(jump, figure)],
    ['components', figure(components)],
    ['clusters', figure(clusters)],
    ...(neighbours ? [['neighbours', `${withInterval(neighbours, percent)} [${percent(chance)}]`] as const] : []),
    ['trustworthiness', withInterval(trustworthiness, figure)],
    ['dimension', withInterval(dimension, figure)],
    ['activeUnits', figure(activeUnits)],
  ] as const;
}

export function Measures() {
  const { map } = words.value;
  if (status.value !== 'ended') return null;
  const found = measured.value?.of === look.value ? measured.value?.figures : undefined;
  return (
    <section aria-live="polite">
      <p>
        <button type="button" disabled={isWorking.value} onClick={() => void run()}>
          {isWorking.value ? map.measuring : map.measure}
        </button>
      </p>
      {failure.value && <p class="failure">{failure.value}</p>}
      {found && (
        <>
          <p>
            <small>{map.measured(found.examples)}</small>
          </p>
          <table class="figures measures">
            <tbody>
              {rowsOf(found).map(([name, value]) => (
                <tr key={name}>
                  <th scope="row">
                    {map.figures[name][0]}
                    <small>{map.figures[name][1]}</small>
                  </th>
                  <td>{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}
