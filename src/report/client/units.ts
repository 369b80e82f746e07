import { figure } from '../../core/format.js';
import { exampleView } from './drawing.js';
import { button, element } from './elements.js';
import { BROKEN } from './panel.js';
import type { Space } from './space.js';

/** Units with a slider at first. */
const FIRST = 12;

/** Sliders for the units of a code. */
export type Units = ReturnType<typeof createUnits>;

/** Puts a slider for each unit into a place, beside what the code decodes to. */
export function createUnits(host: HTMLElement, space: Space) {
  const { run } = space;
  const view = exampleView(space.data);
  const words = element('p', { class: 'live-note', role: 'status' });
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
    const [inGap] = await space.gaps(code, back);
    if (call !== calls) return;
    view.show(outputs, 'what the code of these sliders decodes to');
    words.textContent = `From ${originName}. ${inGap ? 'In a gap.' : 'Not in a gap.'}`;
  };
  const rows = run.units.map(({ unit, low, high }, i) => {
    const name = `Unit ${unit + 1}`;
    const range = { min: low, max: high, step: (high - low) / 200 };
    const slider = element('input', { type: 'range', ...range, 'aria-label': name });
    const value = element('output');
    const row = element('label', {}, element('span', {}, name), slider, value);
    const set = (now = 0): void => {
      slider.value = String(now);
      value.textContent = figure(now);
    };
    slider.addEventListener('input', () => {
      code = code.slice();
      code[unit] = Number(slider.value);
      value.textContent = figure(Number(slider.value));
      void decode();
    });
    row.hidden = i >= FIRST;
    return { row, unit, set };
  });
  const start = (from: Float32Array, name: string): void => {
    [origin, code, originName] = [from.slice(), from.slice(), name];
    for (const { unit, set } of rows) set(code[unit]);
    void decode();
  };
  const reset = button('Back to the start', () => start(origin, originName));
  const more = button(`All ${rows.length} units`, () => {
    for (const { row } of rows) row.hidden = false;
    more.remove();
  });
  const list = element('div', { class: 'live-sliders' }, ...rows.map(({ row }) => row));
  host.replaceChildren(
    element('div', {}, view.element, words, reset),
    element('div', {}, list, ...(rows.length > FIRST ? [more] : [])),
  );
  view.element.classList.add('empty');
  /** `start` puts the sliders onto a code, and says whose. */
  return { host, start };
}
