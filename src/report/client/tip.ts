// The note that stands beside what is pointed at on a chart.

import { element, setAttributes } from './elements.js';

const tip = document.querySelector<HTMLElement>('#tip');

/** Where along a room a note of some length stands beside a place: after it, or before it where it would stick out. */
export const besides = (place: number, length: number, room: number, gap: number): number =>
  place + gap + length > room ? place - gap - length : place + gap;

/** Shows lines, the first in bold, at a place on the screen. Texts are set as text, never as markup. */
function showTip(text: string, x: number, y: number, picture?: Element): void {
  if (!tip) return;
  const [first = '', ...rest] = text.split('\n');
  tip.replaceChildren(...(picture ? [picture] : []), element('b', {}, first), `\n${rest.join('\n')}`);
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const [left, top] = [besides(x, width, innerWidth - 8, 16), besides(y, height, innerHeight - 8, 16)];
  tip.style.transform = `translate(${Math.max(8, Math.min(left, innerWidth - width - 8))}px,${Math.max(8, top)}px)`;
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

/** What a chart does when it is pointed at, or given a key; x and y in units of the drawing. */
interface Pointing {
  /** What marks the place that the note is about. */
  readonly marker: SVGElement;
  follow(x: number, y: number, scale: number): void;
  /** @returns whether the key was meant for it */
  key(name: string): boolean;
}

/** Connects a chart to pointer and keys; gives what shows a note beside a place of it, and what takes the note away. */
export function connectPointing(chart: SVGSVGElement, { marker, follow, key }: Pointing) {
  const frame = () => {
    const box = chart.getBoundingClientRect();
    return { box, scale: chart.viewBox.baseVal.width / box.width };
  };
  const leave = (): void => {
    marker.setAttribute('visibility', 'hidden');
    if (tip) tip.hidden = true;
  };
  const point = ({ clientX, clientY }: PointerEvent): void => {
    const { box, scale } = frame();
    follow((clientX - box.left) * scale, (clientY - box.top) * scale, scale);
  };
  chart.addEventListener('pointermove', point);
  chart.addEventListener('pointerdown', point);
  chart.addEventListener('pointerleave', leave);
  chart.addEventListener('blur', leave);
  chart.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') leave();
    if (key(event.key)) event.preventDefault();
  });
  const show = (
    place: Readonly<Record<string, number>>,
    text: string,
    x: number,
    y: number,
    picture?: Element,
  ): void => {
    const { box, scale } = frame();
    setAttributes(marker, { ...place, visibility: 'visible' });
    showTip(text, box.left + x / scale, box.top + y / scale, picture);
  };
  return { show, leave };
}
