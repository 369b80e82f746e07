// The script of the latent report. The page reads well without it: it puts maps, sliders and the decoder into places that
// wait for them.
import type { Path } from '../../analysis/latent/interpolate.js';
import type { LiveRun } from '../pages/latent/live-data.js';
import { button, part } from './elements.js';
import { once, readIndex } from './islands.js';
import { lineSlider, showOwnLine } from './line.js';
import { createMap, type MapView } from './map.js';
import { createPanel, createTip } from './panel.js';
import { connectToolbar, createShared, type Shared } from './shared.js';
import { type Answer, exampleOf, openSpace, type Place, type Space } from './space.js';
import { createUnits, type Units } from './units.js';

declare global {
  /** What each run's marker last stood on: for tests, and for the curious with a console. */
  var gargaloLatent: Record<string, Answer> | undefined;
}

/** Calls when an element comes near the part of the page that is seen: ten runs are not read at once. */
function whenNear(element: Element, then: () => void): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      then();
    },
    { rootMargin: '600px' },
  );
  observer.observe(element);
}

/** Calls when the page has nothing else to do. */
function whenIdle(then: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(then, { timeout: 2000 });
  else setTimeout(then, 300);
}

/** Where people begin. */
const firstExample = ({ strips }: LiveRun): number => strips[0]?.from ?? 0;

/** Lines that people draw themselves: from the marker to the next place that is picked. */
function ownLines(view: MapView, host: HTMLElement, space: Space): (from: Place) => void {
  const { gaussian } = space.run;
  let path: Path = gaussian ? 'spherical' : 'straight';
  const drawLine = async (from: Place, to: Place): Promise<void> => {
    view.line([from.at, to.at]);
    await showOwnLine(host, space, { from: from.code, to: to.code, path });
    if (!gaussian) return;
    const other = path === 'straight' ? 'spherical' : 'straight';
    const change = button(`Go ${other} instead`, () => {
      path = other;
      void drawLine(from, to);
    });
    host.append(change);
  };
  return (from) => view.pickNext((to) => void drawLine(from, to));
}

/** Puts the sliders of the units onto a place, and shows them. */
async function startUnits({ host, start }: Units, { code, example }: Place, { data }: Space): Promise<void> {
  start(code, example === undefined ? 'the marker' : (await exampleOf(data, example)).name);
  const folded = host.closest('details');
  if (folded) folded.open = true;
  host.scrollIntoView({ block: 'center' });
}

/** Brings a map to life when it comes near; gives what draws it sooner. */
function connectMap(figure: HTMLElement, space: Space, shared: Shared, units: Units | undefined): () => Promise<void> {
  const { run } = space;
  const frame = part<HTMLElement>(figure, '.live-frame');
  const host = part<HTMLElement>(figure, '.live-panel');
  const own = part<HTMLElement>(figure, '.live-own');
  const actions = part<HTMLElement>(figure, '.live-actions');
  const panel = createPanel(host, part(figure, '.live-says'), space);
  const tip = createTip(frame, space);
  let picked: Place | undefined;
  let nearest = 0;
  let calls = 0;

  const answer = async (place: Place): Promise<void> => {
    const call = ++calls;
    picked = place;
    const known = await space.answer(view.map(), place);
    if (call !== calls) return;
    actions.hidden = !known.isLive;
    nearest = known.nearest.example;
    globalThis.gargaloLatent = { ...globalThis.gargaloLatent, [run.id]: known };
    await panel.show(known);
    frame.dataset.answered = String(call);
  };
  const view = createMap(frame, space, shared, {
    onHover: (example, at) => void tip.show(example, at),
    onPick: (place) => void answer(place),
    onPicked: () => {
      begin.textContent = 'Line from here …';
    },
  });
  const lineFrom = ownLines(view, own, space);
  const begin = button('Line from here …', () => {
    if (!picked) return;
    begin.textContent = 'Now choose its other end';
    frame.focus({ preventScroll: true });
    lineFrom(picked);
  });
  actions.append(begin);
  if (units) actions.append(button('Units of this code', () => picked && void startUnits(units, picked, space)));
  // Shift and click: the other end of a line from the marker.
  const click = ({ shiftKey }: MouseEvent): void => {
    if (shiftKey && picked && space.isLive) lineFrom(picked);
  };
  frame.addEventListener('click', click, true);

  const tabs = [...figure.querySelectorAll<HTMLButtonElement>('.live-methods button')];
  const show = async (method?: string): Promise<void> => {
    await view.show(method);
    const map = view.map();
    for (const tab of tabs) tab.setAttribute('aria-pressed', String(tab.dataset.method === map.method));
    host.toggleAttribute('data-bent', !map.plane);
    own.replaceChildren();
    for (const caption of figure.querySelectorAll<HTMLElement>('[data-caption]')) {
      caption.hidden = caption.dataset.caption !== map.method;
    }
    figure.dataset.shown = map.method;
    // On another map the marker goes to the same example, or to the one that was nearest.
    if (picked) await view.choose(picked.example ?? nearest);
  };
  for (const tab of tabs) tab.addEventListener('click', () => void show(tab.dataset.method));
  const draw = once(() => show());
  whenNear(figure, async () => {
    await draw();
    // The marker stands on an example, once there is nothing more urgent to do.
    whenIdle(() => {
      if (!picked) void view.choose(firstExample(run));
    });
  });
  return draw;
}

/** Calls when an element is near and the page has nothing else to do. */
const whenNearAndIdle = (element: Element, then: () => void): void => whenNear(element, () => whenIdle(then));

function connectUnits(host: HTMLElement, space: Space): Units {
  const units = createUnits(host, space);
  whenNearAndIdle(host, async () => {
    const example = firstExample(space.run);
    units.start(await space.codeOf(example), (await exampleOf(space.data, example)).name);
  });
  return units;
}

function connectStrip(host: HTMLElement, space: Space): void {
  const { run, data } = space;
  const index = Number(host.dataset.index);
  const strip = run.strips[index];
  if (!strip) return;
  whenNearAndIdle(host, async () => {
    const { path, gaps } = strip;
    const before = run.strips.slice(0, index).reduce((sum, other) => sum + other.gaps.length, 0) * data.size;
    const outputs = space.isLive ? undefined : (await space.strips()).subarray(before);
    const [from, to] = [await space.codeOf(strip.from), await space.codeOf(strip.to)];
    lineSlider(host, space, { from, to, path, gaps, outputs }, `Along the ${path} line`);
  });
}

function connectRun(run: LiveRun, shared: Shared): (() => Promise<void>) | undefined {
  const space = openSpace(shared.data, run);
  const id = CSS.escape(run.id);
  const unitsHost = document.querySelector<HTMLElement>(`[data-live-units="${id}"]`);
  const units = unitsHost && space.isLive ? connectUnits(unitsHost, space) : undefined;
  for (const host of document.querySelectorAll<HTMLElement>(`[data-live-strip="${id}"]`)) connectStrip(host, space);
  const figure = document.querySelector<HTMLElement>(`[data-live-map="${id}"]`);
  return figure ? connectMap(figure, space, shared, units) : undefined;
}

/** Draws one map after another where the page has nothing else to do, so that none is empty when it is printed. */
function drawAll(draws: readonly (() => Promise<void>)[]): void {
  const [draw, ...others] = draws;
  if (draw) whenIdle(() => void draw().then(() => drawAll(others)));
}

const data = readIndex();
if (data) {
  const shared = createShared(data);
  connectToolbar(shared);
  drawAll(data.runs.flatMap((run) => connectRun(run, shared) ?? []));
}
