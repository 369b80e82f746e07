import type { LiveData } from '../pages/latent/live-data.js';
import { oneAlone } from './elements.js';
import { readLabels } from './islands.js';

/** What all maps of the page have in common: a class seen alone, what is shown, the example pointed at. */
export interface Shared {
  readonly data: LiveData;
  readonly labels: () => Promise<Int16Array | undefined>;
  alone: number | undefined;
  readonly shows: { points: boolean; plane: boolean; gaps: boolean };
  /** Pointed at on some map, seen on all. */
  readonly hovered: number | undefined;
  /** Says that what maps show has changed. */
  changed(): void;
  /** Points at an example, or at none. */
  point(example: number | undefined): void;
  onChange(listener: () => void): void;
  onPoint(listener: () => void): void;
}

export function createShared(data: LiveData): Shared {
  const changes: (() => void)[] = [];
  const points: (() => void)[] = [];
  let hovered: number | undefined;
  return {
    data,
    labels: async () => (data.names ? readLabels() : undefined),
    alone: undefined,
    shows: { points: true, plane: true, gaps: true },
    get hovered() {
      return hovered;
    },
    changed() {
      for (const listener of changes) listener();
    },
    point(example) {
      hovered = example;
      for (const listener of points) listener();
    },
    onChange: (listener) => changes.push(listener),
    onPoint: (listener) => points.push(listener),
  };
}

/** The legend and the switches over the maps. */
export function connectToolbar(shared: Shared): void {
  oneAlone('.live-legend button', (alone) => {
    shared.alone = alone;
    shared.changed();
  });
  for (const box of document.querySelectorAll<HTMLInputElement>('.live-switches input')) {
    const name = box.name as keyof Shared['shows'];
    // A browser keeps what was ticked over a reload.
    shared.shows[name] = box.checked;
    box.addEventListener('change', () => {
      shared.shows[name] = box.checked;
      shared.changed();
    });
  }
}
