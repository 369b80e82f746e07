import { figure } from '../../core/format.js';
import { exampleView } from './drawing.js';
import { button, element } from './elements.js';
import { BROKEN } from './panel.js';
import { isInGap, type Space } from './space.js';

/** Units with a slider at first. */
const FIRST = 12;

/** Sliders for the units of a code. */
export interface Units {
  /** Where the sliders are. */
  readonly host: HTMLElement;
  /** Puts them onto a code, and says whose. */
  start(code: Float32Array, name: string): void;
}

/** Puts a slider for each unit into a place, beside what the code decodes to. */
export function createUnits(host: HTMLElement, space: Space): Units {
  const { run } = space;
  const view = exampleView(space.data);
  const words = element('p', { class: 'live-note', role: 'status' });
  const list = element('div', { class: 'live-sliders' });
  let code = new Float32Array(run.width);
  let origin = code;
  let originName = '';
  let calls = 0;
  const decode = async (): Promise<void> => {
    const call = ++calls;
    const decoded = await space.decode(code).catch(() => undefined);
    if (!decoded) {
      words.textContent = BROKEN;
      return;
    }
    const { outputs, back } = decoded;
    const inGap = isInGap(await space.depths(code, back));
    if (call !== calls) return;
    view.show(outputs, 'what the code of these sliders decodes to');
    words.textContent = `From ${originName}. ${inGap ? 'In a gap.' : 'Not in a gap.'}`;
  };
  const rows = run.units.map(({ unit, low, high }, i) => {
    const name = `Unit ${unit + 1}`;
    const range = { min: String(low), max: String(high), step: String((high - low) / 200) };
    const slider = element('input', { type: 'range', ...range, 'aria-label': name });
    const value = element('output');
    slider.addEventListener('input', () => {
      const moved = Number(slider.value);
      code = code.slice();
      code[unit] = moved;
      value.textContent = figure(moved);
      void decode();
    });
    const row = element('label', {}, element('span', {}, name), slider, value);
    row.hidden = i >= FIRST;
    const set = (): void => {
      const now = code[unit] ?? 0;
      slider.value = String(now);
      value.textContent = figure(now);
    };
    return { row, set };
  });
  const setAll = (): void => {
    for (const { set } of rows) set();
  };
  list.append(...rows.map(({ row }) => row));
  const reset = button('Back to the start', () => {
    code = origin.slice();
    setAll();
    void decode();
  });
  const more = button(`All ${rows.length} units`, () => {
    for (const { row } of rows) row.hidden = false;
    more.remove();
  });
  host.replaceChildren(
    element('div', {}, view.element, words, reset),
    element('div', {}, list, ...(rows.length > FIRST ? [more] : [])),
  );
  view.element.classList.add('empty');
  return {
    host,
    start(from, name) {
      origin = from.slice();
      code = from.slice();
      originName = name;
      setAll();
      void decode();
    },
  };
}
