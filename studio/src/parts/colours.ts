// The colours of points: of their class, or of their error.
import type { DataFacts, Look, Sample } from '../engine/protocol.js';

/** Steps of the ramp from small to large errors. */
const STEPS = 12;

export interface Colouring {
  readonly classes: Uint8Array;
  readonly colors: readonly string[];
}

const variable = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export const classColour = (k: number): string => `var(--c${k % 10})`;

export function byClass({ labels, count }: Sample, { classes }: DataFacts): Colouring {
  if (classes.length === 0) return { classes: new Uint8Array(count), colors: [variable('network')] };
  return {
    // what has no class is drawn in a colour of its own, the last
    classes: Uint8Array.from(labels, (label) => (label < 0 ? 10 : label % 10)),
    colors: [...Array.from({ length: 10 }, (_, k) => variable(`c${k}`)), variable('faint')],
  };
}

/** The rank of the error decides: one large error leaves the others their differences. */
export function byError({ errors }: Look): Colouring {
  const sorted = errors.slice().sort();
  const rank = (error: number): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) < error) low = middle + 1;
      else high = middle;
    }
    return low / Math.max(1, sorted.length);
  };
  const [cool, hot] = [variable('network'), variable('gap')];
  return {
    classes: Uint8Array.from(errors, (error) => Math.min(STEPS - 1, Math.floor(rank(error) * STEPS))),
    colors: Array.from({ length: STEPS }, (_, i) => `color-mix(in oklab, ${hot} ${(100 * i) / (STEPS - 1)}%, ${cool})`),
  };
}
