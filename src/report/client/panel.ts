import { factor, figure } from '../../core/format.js';
import { exampleName } from '../kit/names.js';
import { exampleView } from './drawing.js';
import { element } from './elements.js';
import { type Answer, type At, exampleOf, overLimit, type Space } from './space.js';
import { besides } from './tip.js';

/** Milliseconds that a marker must rest before a screen reader is told of it. */
const REST = 450;
/** What is said where the decoder cannot be started. */
export const BROKEN = 'The decoder does not run in this browser: what is shown was decoded beforehand.';
/** What is said of empty places of a map that is no plane. */
const BENT = 'This map bends the space: an empty place of it stands for a blend of the codes of the nearest points.';
/** A meter is full at so many times the limit. */
const FULL = 4;

/** A measure beside its limit, which is marked at a quarter of the bar. */
function meter(name: string) {
  const bar = element('i');
  const text = element('b');
  const row = element('div', { class: 'live-meter' }, element('span', {}, name), text, element('div', {}, bar));
  return {
    row,
    set(value: number | undefined, limit: number): void {
      row.hidden = value === undefined;
      if (value === undefined) return;
      const part = overLimit(value, limit);
      text.textContent = `${figure(value)}, ${factor(part)} the limit`;
      bar.style.width = `${Math.min(100, (100 * part) / FULL)}%`;
      row.classList.toggle('over', part > 1);
    },
  };
}

/** What is said beside a map before anything is picked on it. */
function hintOf({ isLive, run }: Space): string {
  if (isLive) {
    return 'Click anywhere on the map, empty places too: the decoder runs here in the page and shows what that code stands for. The marker can be dragged.';
  }
  const why = run.decoder === 'large' ? 'is too large to travel' : 'does not travel';
  return `Click anywhere on the map to see what was decoded nearest to that place. The decoder ${why} with this page, so the pictures were made beforehand.`;
}

/** Fills the panel of a map; shows what is known of a place that somebody picked. */
export function createPanel(host: HTMLElement, says: HTMLElement, space: Space) {
  const { data, run } = space;
  const [output, beside] = [exampleView(data), exampleView(data)];
  const [outputName, besideName] = [element('figcaption'), element('figcaption')];
  const outputFigure = element('figure', {}, output.element, outputName);
  const verdict = element('p', { class: 'live-verdict' });
  const note = element('p', { class: 'live-note' });
  const [roundTrip, distance] = [meter('Round trip'), meter('Nearest code')];
  const hint = element('p', { class: 'live-hint' }, hintOf(space));
  const both = element('div', { class: 'live-two' }, outputFigure, element('figure', {}, beside.element, besideName));
  const parts = [verdict, both, roundTrip.row, distance.row, note];
  const answered = element('div', { class: 'live-answer', hidden: '' }, ...parts);
  host.prepend(answered);
  host.append(hint);

  let timer: ReturnType<typeof setTimeout> | undefined;
  let last: Answer | undefined;
  return {
    async show(answer: Answer): Promise<void> {
      last = answer;
      const { place, nearest, depth } = answer;
      const other = await exampleOf(data, place.example ?? nearest.example);
      if (last !== answer) return;
      const inGap = depth !== undefined && depth > 1;
      const isExample = place.example !== undefined;
      const isFirst = answered.hidden;
      answered.hidden = false;
      verdict.textContent = depth === undefined ? '' : inGap ? 'In a gap' : 'Not in a gap';
      verdict.classList.toggle('gap', inGap);
      const what = !answer.isLive ? 'Decoded near here' : isExample ? 'Its reconstruction' : 'Decoded here';
      outputName.textContent = what;
      outputFigure.hidden = !answer.output;
      output.show(answer.output, `${what}: what the decoder makes of this code`);
      besideName.textContent = `${isExample ? 'This is' : 'Nearest:'} ${other.name}`;
      beside.show(other.values, other.name);
      roundTrip.set(answer.roundTrip, run.limits.roundTrip);
      distance.set(nearest.distance, run.limits.distance);
      const isBent = !isExample && host.dataset.bent !== undefined;
      note.textContent = [answer.isBroken && BROKEN, isBent && BENT].filter(Boolean).join(' ');
      clearTimeout(timer);
      // Nobody has moved the marker yet.
      if (isFirst && isExample) return;
      if (space.isLive) hint.remove();
      timer = setTimeout(() => {
        const where = isExample ? other.name : `a place ${figure(nearest.distance)} from ${other.name}`;
        const missed =
          answer.roundTrip === undefined ? undefined : factor(overLimit(answer.roundTrip, run.limits.roundTrip));
        says.textContent = `Marker on ${where}. ${verdict.textContent}${missed === undefined ? '' : `; round trip ${missed} the limit`}.`;
      }, REST);
    },
  };
}

/** What floats beside an example that is pointed at: itself, what comes back of it, its class. */
export function createTip(frame: HTMLElement, { data, isLive, codeOf, decode }: Space) {
  const [input, back] = [exampleView(data), exampleView(data)];
  const [name, caption] = [element('b'), element('span')];
  const both = element('div', {}, input.element, back.element);
  const tip = element('div', { class: 'live-tip', hidden: '' }, both, name, caption);
  frame.append(tip);
  let wanted: number | undefined;
  return {
    async show(example: number | undefined, [x, y]: At): Promise<void> {
      wanted = example;
      if (example === undefined) {
        tip.hidden = true;
        frame.removeAttribute('data-hovered');
        return;
      }
      const { name: inWords, label, values } = await exampleOf(data, example);
      if (wanted !== example) return;
      frame.dataset.hovered = String(example);
      input.element.hidden = values === undefined;
      input.show(values, inWords);
      back.element.hidden = !isLive;
      const which = exampleName(example);
      name.textContent = label ?? which;
      const beside = isLive && (values ? 'beside its reconstruction' : 'its reconstruction');
      caption.textContent = [label !== undefined && which, beside].filter(Boolean).join(', ');
      tip.hidden = false;
      const { offsetWidth: width, offsetHeight: height } = tip;
      const [left, top] = [besides(x, width, frame.clientWidth, 14), besides(y, height, frame.clientHeight, 14)];
      tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
      if (!isLive) return;
      const decoded = await decode(await codeOf(example)).catch(() => undefined);
      if (wanted === example) back.show(decoded?.outputs, 'its reconstruction');
    },
  };
}
