// The note that stands beside what is pointed at on a chart.

import { element } from './elements.js';

const tip = document.querySelector<HTMLElement>('#tip');

export function hideTip(): void {
  if (tip) tip.hidden = true;
}

/** Where along a room a note of some length stands beside a place: after it, or before it where it would stick out. */
export const besides = (place: number, length: number, room: number, gap: number): number =>
  place + gap + length > room ? place - gap - length : place + gap;

/** Shows lines, the first in bold, at a place on the screen. Texts are set as text, never as markup. */
export function showTip(text: string, x: number, y: number, picture?: Element): void {
  if (!tip) return;
  const [first = '', ...rest] = text.split('\n');
  tip.replaceChildren(...(picture ? [picture] : []), element('b', {}, first), `\n${rest.join('\n')}`);
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const [left, top] = [besides(x, width, innerWidth - 8, 16), besides(y, height, innerHeight - 8, 16)];
  tip.style.transform = `translate(${Math.max(8, Math.min(left, innerWidth - width - 8))}px,${Math.max(8, top)}px)`;
}

/** Where a drawing is on the screen, and its units for a pixel. */
export function frameOf(chart: SVGSVGElement): { readonly box: DOMRect; readonly scale: number } {
  const box = chart.getBoundingClientRect();
  return { box, scale: chart.viewBox.baseVal.width / box.width };
}

/** The item at the least distance, and that distance. */
export function nearestOf(items: number, distance: (i: number) => number): readonly [item: number, distance: number] {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (let i = 0; i < items; i++) {
    const here = distance(i);
    if (here < least) [least, best] = [here, i];
  }
  return [best, least];
}

/** What a chart does when it is pointed at, left, or given a key. */
export interface Pointing {
  follow(event: PointerEvent): void;
  leave(): void;
  /** @returns whether the key was meant for it */
  key(name: string): boolean;
}

/** Connects a chart to pointer and keys. */
export function connectPointing(chart: SVGSVGElement, { follow, leave, key }: Pointing): void {
  chart.addEventListener('pointermove', follow);
  chart.addEventListener('pointerdown', follow);
  chart.addEventListener('pointerleave', leave);
  chart.addEventListener('blur', leave);
  chart.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') leave();
    if (key(event.key)) event.preventDefault();
  });
}
