import { factor, figure } from '../../core/format.js';
import { exampleName } from '../kit/names.js';
import { exampleView } from './drawing.js';
import { element } from './elements.js';
import { type Answer, exampleValues, labelOf, overLimit, type Space } from './space.js';

/** What is said of a place that somebody picked. */
export interface Panel {
  show(answer: Answer): Promise<void>;
}

/** Milliseconds that a marker must rest before a screen reader is told of it. */
const REST = 450;
/** What is said where the decoder cannot be started. */
export const BROKEN = 'The decoder does not run in this browser: what is shown was decoded beforehand.';
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

/** Fills the panel of a map. */
export function createPanel(host: HTMLElement, says: HTMLElement, space: Space): Panel {
  const { data, run } = space;
  const [output, beside] = [exampleView(data), exampleView(data)];
  const [outputName, besideName] = [element('figcaption'), element('figcaption')];
  const made = element('figure', {}, output.element, outputName);
  const verdict = element('p', { class: 'live-verdict' });
  const note = element('p', { class: 'live-note' });
  const [roundTrip, distance] = [meter('Round trip'), meter('Nearest code')];
  const hint = element(
    'p',
    { class: 'live-hint' },
    space.isLive
      ? 'Click anywhere on the map, empty places too: the decoder runs here in the page and shows what that code stands for. The marker can be dragged.'
      : `Click anywhere on the map to see what was decoded nearest to that place. ${
          run.decoder === 'large'
            ? 'The decoder is too large to travel with this page'
            : 'The decoder does not travel with this page'
        }, so the pictures were made beforehand.`,
  );
  const answered = element(
    'div',
    { class: 'live-answer', hidden: '' },
    verdict,
    element('div', { class: 'live-two' }, made, element('figure', {}, beside.element, besideName)),
    roundTrip.row,
    distance.row,
    note,
  );
  host.prepend(answered);
  host.append(hint);

  let timer: ReturnType<typeof setTimeout> | undefined;
  let last: Answer | undefined;
  return {
    async show(answer) {
      last = answer;
      const { place, nearest, depth } = answer;
      const other = place.example ?? nearest.example;
      const [values, label] = [await exampleValues(data, other), await labelOf(data, other)];
      if (last !== answer) return;
      const inGap = depth !== undefined && depth > 1;
      const isExample = place.example !== undefined;
      const isFirst = answered.hidden;
      answered.hidden = false;
      verdict.textContent = depth === undefined ? '' : inGap ? 'In a gap' : 'Not in a gap';
      verdict.classList.toggle('gap', inGap);
      const what = !answer.isLive ? 'Decoded near here' : isExample ? 'Its reconstruction' : 'Decoded here';
      outputName.textContent = what;
      made.hidden = !answer.output;
      output.show(answer.output, `${what}: what the decoder makes of this code`);
      const otherName = exampleName(other, label);
      besideName.textContent = `${isExample ? 'This is' : 'Nearest:'} ${otherName}`;
      beside.show(values, otherName);
      roundTrip.set(answer.roundTrip, run.limits.roundTrip);
      distance.set(nearest.distance, run.limits.distance);
      const bent = !isExample && host.dataset.bent !== undefined;
      note.textContent = [
        ...(answer.isBroken ? [BROKEN] : []),
        ...(bent
          ? ['This map bends the space: an empty place of it stands for a blend of the codes of the nearest points.']
          : []),
      ].join(' ');
      clearTimeout(timer);
      // Nobody has moved the marker yet.
      if (isFirst && isExample) return;
      if (space.isLive) hint.remove();
      timer = setTimeout(() => {
        const where = isExample ? `${otherName}` : `a place ${figure(nearest.distance)} from ${otherName}`;
        says.textContent = `Marker on ${where}. ${verdict.textContent}${
          answer.roundTrip === undefined
            ? ''
            : `; round trip ${factor(overLimit(answer.roundTrip, run.limits.roundTrip))} the limit`
        }.`;
      }, REST);
    },
  };
}

/** What floats beside an example that is pointed at: itself, what comes back of it, its class. */
export function createTip(frame: HTMLElement, space: Space) {
  const { data } = space;
  const [input, back] = [exampleView(data), exampleView(data)];
  const name = element('b');
  const caption = element('span');
  const tip = element(
    'div',
    { class: 'live-tip', hidden: '' },
    element('div', {}, input.element, back.element),
    name,
    caption,
  );
  frame.append(tip);
  let wanted: number | undefined;
  return {
    async show(example: number | undefined, [x, y]: readonly [number, number]): Promise<void> {
      wanted = example;
      if (example === undefined) {
        tip.hidden = true;
        frame.removeAttribute('data-hovered');
        return;
      }
      const [values, label] = [await exampleValues(data, example), await labelOf(data, example)];
      if (wanted !== example) return;
      frame.dataset.hovered = String(example);
      input.element.hidden = values === undefined;
      input.show(values, exampleName(example, label));
      back.element.hidden = !space.isLive;
      name.textContent = label ?? `example ${example.toLocaleString('en-US')}`;
      caption.textContent = [
        ...(label === undefined ? [] : [`example ${example.toLocaleString('en-US')}`]),
        ...(values && space.isLive ? ['beside its reconstruction'] : space.isLive ? ['its reconstruction'] : []),
      ].join(', ');
      tip.hidden = false;
      const { offsetWidth: width, offsetHeight: height } = tip;
      const left = x + 14 + width > frame.clientWidth ? x - 14 - width : x + 14;
      const top = y + 14 + height > frame.clientHeight ? y - 14 - height : y + 14;
      tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
      if (!space.isLive) return;
      const decoded = await space.decode(await space.codeOf(example)).catch(() => undefined);
      if (wanted === example) back.show(decoded?.outputs, 'its reconstruction');
    },
  };
}
