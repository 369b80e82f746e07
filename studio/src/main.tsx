import './style.css';
import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { type PlaceName, placeNames, writeAddress } from './address.js';
import { findMachine } from './machine.js';
import { BuildPlace } from './places/build.js';
import { LessonsPlace } from './places/lessons.js';
import { MapPlace } from './places/map.js';
import { RunsPlace } from './places/runs.js';
import { StartPlace } from './places/start.js';
import { TrainPlace } from './places/train.js';
import { UsePlace } from './places/use.js';
import { address, describe, findUnfinished, forget, goOn, isBusy, setup, unfinished } from './state.js';
import { language, words } from './words/words.js';

const places: Readonly<Record<PlaceName, () => preact.JSX.Element>> = {
  start: StartPlace,
  build: BuildPlace,
  train: TrainPlace,
  map: MapPlace,
  use: UsePlace,
  lessons: LessonsPlace,
  runs: RunsPlace,
};

const remembered = (name: string): string | null => {
  try {
    return localStorage.getItem(`gargalo-${name}`);
  } catch {
    // a page without storage forgets
    return null;
  }
};
const remember = (name: string, value: string): void => {
  try {
    localStorage.setItem(`gargalo-${name}`, value);
  } catch {
    // as above
  }
};

const theme = signal(remembered('theme') ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'));
language.value = (remembered('language') ?? navigator.language).startsWith('pt') ? 'pt' : 'en';
effect(() => {
  document.documentElement.dataset.theme = theme.value;
  document.documentElement.lang = language.value === 'pt' ? 'pt-BR' : 'en';
});

function switchLanguage(): void {
  language.value = language.value === 'pt' ? 'en' : 'pt';
  remember('language', language.value);
}

function switchTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  remember('theme', theme.value);
}

function App() {
  const { places: names, skip, theme: themes, otherLanguage, local } = words.value;
  const { place } = address.value;
  const Place = places[place];
  const addressOf = (name: PlaceName) => {
    const { item: _, ...others } = address.value;
    return writeAddress({ ...others, place: name });
  };
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        {skip}
      </button>
      <header class="bar">
        <div>
          <a class="brand" href={addressOf('start')}>
            <Mark />
            Gargalo
          </a>
          <nav>
            <ul>
              {placeNames.map((name) => (
                <li key={name}>
                  <a href={addressOf(name)} aria-current={place === name ? 'page' : undefined}>
                    {names[name]}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <button type="button" lang={language.value === 'pt' ? 'en' : 'pt-BR'} onClick={switchLanguage}>
            {otherLanguage}
          </button>
          <button type="button" aria-label={themes.name} onClick={switchTheme}>
            {theme.value === 'dark' ? themes.light : themes.dark}
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <Unknown />
        <Interrupted />
        <Place />
      </main>
      <footer>{local}</footer>
    </>
  );
}

/** Says what of the address nothing here knows. */
function Unknown() {
  const { unknown } = address.value;
  if (!unknown) return null;
  return (
    <div class="warnings" role="status">
      <p>{words.value.unknown(unknown.join(', '))}</p>
    </div>
  );
}

/** Offers to go on with a training whose tab was closed. */
function Interrupted() {
  const { train } = words.value;
  const found = unfinished.value;
  if (!found || isBusy.value) return null;
  return (
    <div class="warnings" role="status">
      <p>{train.interrupted(found.epoch)}</p>
      <p class="actions">
        <button type="button" onClick={() => void goOn()}>
          {train.resume}
        </button>
        <button type="button" onClick={() => void forget()}>
          {train.forget}
        </button>
      </p>
    </div>
  );
}

/** The sign of the studio: a bottleneck. */
function Mark() {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <path
        d="M2 3 C9 9 9 9 9 12 C9 15 9 15 2 21 M22 3 C15 9 15 9 15 12 C15 15 15 15 22 21"
        fill="none"
        stroke="var(--network)"
        stroke-width="2.2"
        stroke-linecap="round"
      />
      <circle cx="12" cy="12" r="1.8" fill="var(--pca)" />
    </svg>
  );
}

// What is set up is read when a place that shows it is open.
effect(() => {
  const { place } = address.value;
  const { data } = setup.value;
  if (data && place !== 'start' && place !== 'lessons' && place !== 'runs') void describe();
});

void findMachine();
void findUnfinished();
// Without a network the studio works on; so it does where its server sends no headers for threads.
if ('serviceWorker' in navigator && import.meta.env.PROD)
  void navigator.serviceWorker.register('sw.js').catch(() => undefined);
const host = document.getElementById('app');
if (host) render(<App />, host);
