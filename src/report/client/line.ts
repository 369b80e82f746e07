import { interpolate, type Path } from '../../analysis/latent/interpolate.js';
import { figure } from '../../core/format.js';
import { exampleView } from './drawing.js';
import { element } from './elements.js';
import { BROKEN } from './panel.js';
import { fromBytes, isInGap, type Space } from './space.js';

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
  readonly outputs?: Uint8Array;
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
  const marks = element('div', { class: 'live-gaps', 'aria-hidden': 'true' });
  const steps = gaps.length;
  for (let i = 0; i < steps; i++) {
    if (!gaps[i]) continue;
    const low = Math.max(0, (i - 0.5) / (steps - 1));
    const high = Math.min(1, (i + 0.5) / (steps - 1));
    marks.append(element('i', { style: `left:${100 * low}%;width:${100 * (high - low)}%` }));
  }
  return marks;
}

/** Puts a slider along a line into a place, beside what is decoded there. */
export function lineSlider(host: HTMLElement, space: Space, line: Line, name: string): void {
  const { data } = space;
  const view = exampleView(data, 'small');
  const slider = element('input', { type: 'range', min: '0', max: String(STOPS), value: '0', 'aria-label': name });
  const words = element('output');
  host.replaceChildren(view.element, element('div', { class: 'live-track' }, gapMarks(line.gaps), slider, words));
  let wanted = -1;
  const show = async (): Promise<void> => {
    const stop = Number(slider.value);
    wanted = stop;
    const part = stop / STOPS;
    const step = Math.round(part * (line.gaps.length - 1));
    let inGap = line.gaps[step] === 1;
    let values: Float32Array;
    if (space.isLive) {
      const code = codesAlong(line, part);
      const { outputs, back } = await space.decode(code);
      inGap = isInGap(await space.depths(code, back));
      values = outputs;
    } else {
      const outputs = line.outputs ?? new Uint8Array(line.gaps.length * data.size);
      values = fromBytes(outputs.subarray(step * data.size, (step + 1) * data.size), data.range);
    }
    if (wanted !== stop) return;
    const where = `${Math.round(100 * part)} % of the way`;
    words.textContent = `${where}${inGap ? ', in a gap' : ''}${space.isLive ? '' : ` (step ${step + 1} of ${line.gaps.length}, decoded beforehand)`}`;
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

/** What is found along a line when all of its steps are decoded. */
export interface Walked {
  readonly codes: Float32Array;
  readonly outputs: Float32Array;
  readonly gaps: Uint8Array;
  /** Largest change of the output over the mean one. */
  readonly jump: number;
}

/** Decodes a line in equal steps. */
async function walk(space: Space, { from, to, path }: Ends): Promise<Walked> {
  const { size } = space.data;
  const codes = interpolate(from, to, STEPS + 1, path);
  const { outputs, back } = await space.decode(codes);
  const gaps = Uint8Array.from(await space.depths(codes, back), (depth) => (depth > 1 ? 1 : 0));
  const changes = Array.from({ length: STEPS }, (_, step) => {
    let squared = 0;
    for (let i = step * size; i < (step + 1) * size; i++) squared += (outputs[i + size]! - outputs[i]!) ** 2;
    return Math.sqrt(squared);
  });
  const mean = changes.reduce((sum, change) => sum + change, 0) / STEPS;
  return { codes, outputs, gaps, jump: mean > 0 ? Math.max(...changes) / mean : 1 };
}

/** Shows a line that somebody drew: pictures on the way, its largest jump, and a slider. */
export async function showOwnLine(host: HTMLElement, space: Space, ends: Ends): Promise<Walked> {
  const { path } = ends;
  const walked = await walk(space, ends);
  const { size } = space.data;
  const pictures = element('div', { class: 'live-steps' });
  for (let step = 0; step <= STEPS; step += 4) {
    const view = exampleView(space.data, 'small');
    const inGap = walked.gaps[step] === 1;
    view.show(
      walked.outputs.subarray(step * size, (step + 1) * size),
      `${Math.round((100 * step) / STEPS)} % of the way${inGap ? ', in a gap' : ''}`,
    );
    view.element.classList.toggle('gap', inGap);
    pictures.append(view.element);
  }
  const part = walked.gaps.reduce((sum, gap) => sum + gap, 0) / walked.gaps.length;
  const slider = element('div', { class: 'live live-line' });
  lineSlider(slider, space, { ...ends, gaps: walked.gaps }, 'Along your line');
  host.replaceChildren(
    element(
      'p',
      { role: 'status' },
      `Your line, ${path}: ${Math.round(100 * part)} % of its steps lie in gaps; its largest step changes the output ${figure(walked.jump)} times as much as the mean one.`,
    ),
    pictures,
    slider,
  );
  host.dataset.jump = String(walked.jump);
  return walked;
}
