import { interpolate, type Path } from '../../analysis/latent/interpolate.js';
import { jumpsAlong } from '../../analysis/latent/jumps.js';
import { figure } from '../../core/format.js';
import { rowAt } from '../../core/vectors.js';
import { exampleView } from './drawing.js';
import { element } from './elements.js';
import { BROKEN } from './panel.js';
import { fromBytes, type Space } from './space.js';

/** Stops of a slider. */
const STOPS = 200;
/** Steps that a line's largest jump is measured over, as on the server. */
const STEPS = 32;

/** A way from one code to another. */
export interface Ends {
  readonly from: Float32Array;
  readonly to: Float32Array;
  readonly path: Path;
}

/** A way with what is known of its steps. */
export interface Line extends Ends {
  /** Of steps from end to end, 1 where it lies in a gap. */
  readonly gaps: ArrayLike<number>;
  /** Outputs of the same steps, bytes of the range; where there is no decoder. */
  readonly outputs?: Uint8Array | undefined;
}

/** Codes at parts of a line, 0 … 1. */
function codesAlong({ from, to, path }: Line, part: number): Float32Array {
  // The middle of three places lies halfway; any part is reached by the way it is split.
  const places = interpolate(from, to, STOPS + 1, path);
  const at = Math.round(part * STOPS) * from.length;
  return places.slice(at, at + from.length);
}

/** Runs of steps in gaps as parts of the whole, for marks along a slider. */
function gapMarks(gaps: ArrayLike<number>): HTMLElement {
  const marks = Array.from(gaps, (gap, i) => {
    const at = (step: number) => Math.max(0, Math.min(1, step / (gaps.length - 1)));
    const [low, high] = [at(i - 0.5), at(i + 0.5)];
    return gap ? [element('i', { style: `left:${100 * low}%;width:${100 * (high - low)}%` })] : [];
  });
  return element('div', { class: 'live-gaps', 'aria-hidden': 'true' }, ...marks.flat());
}

/** Puts a slider along a line into a place, beside what is decoded there. */
export function lineSlider(host: HTMLElement, space: Space, line: Line, name: string): void {
  const { data, isLive } = space;
  const steps = line.gaps.length;
  const view = exampleView(data, 'small');
  const slider = element('input', { type: 'range', min: 0, max: STOPS, value: 0, 'aria-label': name });
  const words = element('output');
  host.replaceChildren(view.element, element('div', { class: 'live-track' }, gapMarks(line.gaps), slider, words));
  /** What is decoded at a part of the line now, or was beforehand at the nearest step. */
  const decodedAt = async (part: number, step: number) => {
    if (!isLive) {
      const outputs = line.outputs ?? new Uint8Array(steps * data.size);
      return { inGap: line.gaps[step] === 1, values: fromBytes(rowAt(outputs, data.size, step), data.range) };
    }
    const code = codesAlong(line, part);
    const { outputs, back } = await space.decode(code);
    const [inGap] = await space.gaps(code, back);
    return { inGap, values: outputs };
  };
  const show = async (): Promise<void> => {
    const stop = slider.value;
    const part = Number(stop) / STOPS;
    const step = Math.round(part * (steps - 1));
    const { inGap, values } = await decodedAt(part, step);
    if (slider.value !== stop) return;
    const where = `${Math.round(100 * part)} % of the way`;
    words.textContent = `${where}${inGap ? ', in a gap' : ''}${isLive ? '' : ` (step ${step + 1} of ${steps}, decoded beforehand)`}`;
    slider.setAttribute('aria-valuetext', words.textContent);
    view.show(values, `decoded at ${where}`);
    host.dataset.part = String(part);
  };
  const fail = (): void => {
    words.textContent = BROKEN;
  };
  slider.addEventListener('input', () => void show().catch(fail));
  show().catch(fail);
}

/** Shows a line that somebody drew: pictures on the way, its largest jump, and a slider. */
export async function showOwnLine(host: HTMLElement, space: Space, ends: Ends): Promise<void> {
  const { size } = space.data;
  const codes = interpolate(ends.from, ends.to, STEPS + 1, ends.path);
  const { outputs, back } = await space.decode(codes);
  const gaps = (await space.gaps(codes, back)).map(Number);
  const [jump = 1] = jumpsAlong(outputs, STEPS, size);
  const pictures = element('div', { class: 'live-steps' });
  for (let step = 0; step <= STEPS; step += 4) {
    const view = exampleView(space.data, 'small');
    const inGap = gaps[step] === 1;
    const where = `${Math.round((100 * step) / STEPS)} % of the way${inGap ? ', in a gap' : ''}`;
    view.show(rowAt(outputs, size, step), where);
    view.element.classList.toggle('gap', inGap);
    pictures.append(view.element);
  }
  const part = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const words = `Your line, ${ends.path}: ${Math.round(100 * part)} % of its steps lie in gaps; its largest step changes the output ${figure(jump)} times as much as the mean one.`;
  const slider = element('div', { class: 'live live-line' });
  lineSlider(slider, space, { ...ends, gaps }, 'Along your line');
  host.replaceChildren(element('p', { role: 'status' }, words), pictures, slider);
  host.dataset.jump = String(jump);
}
