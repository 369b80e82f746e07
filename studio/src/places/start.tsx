import { signal } from '@preact/signals';
import type { KindName } from 'gargalo';
import { dataNames } from '../engine/data-names.js';
import { messageOf } from '../engine/message.js';
import type { OptionValue } from '../engine/protocol.js';
import { giveToMachine, machine } from '../machine.js';
import { SampleMap } from '../parts/sample-map.js';
import { go, isBusy, setData, setup, start, takeFiles } from '../state.js';
import { words } from '../words/words.js';

interface Beginning {
  readonly data: string;
  readonly kind: KindName;
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** What people begin with: few, and each shows another use. */
const beginnings: Readonly<Record<'compress' | 'map' | 'anomalies' | 'draw', Beginning>> = {
  compress: { data: 'digits', kind: 'basic', options: { code: 32, epochs: 20, seed: 1 } },
  map: { data: 'digits', kind: 'basic', options: { code: 2, encoder: [128, 32], epochs: 40, seed: 1 } },
  anomalies: { data: 'machine', kind: 'basic', options: { code: 2, seed: 1 } },
  draw: { data: 'digits', kind: 'variational', options: { code: 2, encoder: [128], epochs: 40, seed: 1 } },
};

const failure = signal('');

function begin(beginning: Beginning): void {
  go({ place: 'train', setup: beginning });
  void start();
}

async function take(files: FileList | null | undefined): Promise<void> {
  if (!files?.length) return;
  failure.value = '';
  try {
    const table = [...files].find(({ type }) => !type.startsWith('image/'));
    if (table && machine.value !== undefined) {
      const { name } = await giveToMachine(table);
      go({ place: 'build', setup: { data: name, kind: 'basic', options: { seed: 1 } } });
      return;
    }
    await takeFiles([...files]);
    go({ place: 'build', setup: { data: 'own', kind: 'convolutional', options: { code: 16, seed: 1 } } });
  } catch (error) {
    failure.value = messageOf(error);
  }
}

// Files may be dropped anywhere.
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  event.preventDefault();
  if (!isBusy.value) void take(event.dataTransfer?.files);
});

function Drop() {
  const { start: said } = words.value;
  return (
    <section class="drop">
      <label>
        <span>{machine.value === undefined ? said.drop : said.dropMachine}</span>
        <input
          type="file"
          multiple
          {...(machine.value === undefined && { accept: 'image/*' })}
          onChange={({ currentTarget }) => void take(currentTarget.files)}
        />
      </label>
      {failure.value && (
        <p class="failure" role="alert">
          {failure.value}
        </p>
      )}
    </section>
  );
}

export function StartPlace() {
  const { start: said } = words.value;
  return (
    <>
      <div class="opening">
        <div>
          <h1>{said.title}</h1>
          <p class="lead">{said.lead}</p>
        </div>
        <SampleMap />
      </div>
      <h2>{said.recommended}</h2>
      <ul class="cards">
        {(Object.keys(beginnings) as (keyof typeof beginnings)[]).map((name) => (
          <li key={name}>
            <h3>{said.recipes[name][0]}</h3>
            <p>{said.recipes[name][1]}</p>
            <button type="button" class="primary" disabled={isBusy.value} onClick={() => begin(beginnings[name])}>
              {said.go}
            </button>
          </li>
        ))}
      </ul>
      <h2>{said.shelf}</h2>
      <ul class="shelf">
        {dataNames.map((name) => (
          <li key={name}>
            <button
              type="button"
              aria-pressed={setup.value.data === name}
              onClick={() => {
                setData(name);
                go({ place: 'build' });
              }}
            >
              <b>{said.data[name][0]}</b>
              <span>{said.data[name][1]}</span>
            </button>
          </li>
        ))}
      </ul>
      <Drop />
    </>
  );
}
