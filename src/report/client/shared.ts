import type { LiveData } from '../pages/latent/live-data.js';
import { oneAlone } from './elements.js';
import { readLabels } from './islands.js';

/** What all maps of the page have in common: a class seen alone, what is shown, the example pointed at. */
export type Shared = ReturnType<typeof createShared>;

export function createShared(data: LiveData) {
  const changes: (() => void)[] = [];
  const points: (() => void)[] = [];
  const state: { alone: number | undefined; hovered: number | undefined } = { alone: undefined, hovered: undefined };
  return {
    data,
    labels: async (): Promise<Int16Array | undefined> => (data.names ? readLabels() : undefined),
    shows: { points: true, plane: true, gaps: true },
    state,
    /** Says that what maps show has changed. */
    changed() {
      for (const listener of changes) listener();
    },
    /** Points at an example on all maps, or at none. */
    point(example: number | undefined) {
      state.hovered = example;
      for (const listener of points) listener();
    },
    onChange: (listener: () => void) => changes.push(listener),
    onPoint: (listener: () => void) => points.push(listener),
  };
}

/** The legend and the switches over the maps. */
export function connectToolbar(shared: Shared): void {
  oneAlone('.live-legend button', (alone) => {
    shared.state.alone = alone;
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
