// The script of the latent report. The page reads well without it: it puts maps, sliders and the decoder into places that
// wait for them.
import type { LiveRun } from '../pages/latent/live-data.js';
import { button, exampleName } from './elements.js';
import { once, readIndex } from './islands.js';
import { lineSlider, showOwnLine } from './line.js';
import { createMap } from './map.js';
import { createPanel, createTip } from './panel.js';
import { connectToolbar, createShared, type Shared } from './shared.js';
import { type Answer, labelOf, openSpace, type Place, type Space } from './space.js';
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

/** Brings a map to life when it comes near; gives what draws it sooner. */
function connectMap(
  figure: HTMLElement,
  space: Space,
  shared: Shared,
  units: () => Units | undefined,
): () => Promise<void> {
  const { run } = space;
  const one = <T extends HTMLElement>(selector: string): T => figure.querySelector<T>(selector)!;
  const frame = one('.live-frame');
  const host = one('.live-panel');
  const own = one('.live-own');
  const panel = createPanel(host, one('.live-says'), space);
  const tip = createTip(frame, space);
  let picked: Place | undefined;
  let nearest = 0;
  let calls = 0;

  const view = createMap(frame, space, shared, {
    onHover: (example, at) => void tip.show(example, at),
    onPick: (place) => void answer(place),
    onPicked: () => {
      begin.textContent = 'Line from here …';
    },
  });
  const answer = async (place: Place): Promise<void> => {
    const call = ++calls;
    picked = place;
    const found = await space.answer(view.map(), place);
    if (call !== calls) return;
    actions.hidden = !found.isLive;
    nearest = found.nearest.example;
    globalThis.gargaloLatent = { ...globalThis.gargaloLatent, [run.id]: found };
    await panel.show(found);
    frame.dataset.answered = String(call);
  };

  // Lines of one's own, and units from the marker.
  let path: 'straight' | 'spherical' = run.gaussian ? 'spherical' : 'straight';
  const drawLine = async (from: Place, to: Place): Promise<void> => {
    view.line([from.at, to.at]);
    await showOwnLine(own, space, from.code, to.code, path);
    if (run.gaussian) {
      const other = path === 'straight' ? 'spherical' : 'straight';
      own.append(
        button(`Go ${other} instead`, () => {
          path = other;
          void drawLine(from, to);
        }),
      );
    }
  };
  const begin = button('Line from here …', () => {
    if (!picked) return;
    const from = picked;
    begin.textContent = 'Now choose its other end';
    frame.focus({ preventScroll: true });
    view.pickNext((to) => void drawLine(from, to));
  });
  const actions = one('.live-actions');
  actions.append(begin);
  if (units()) {
    actions.append(
      button('Units of this code', () => {
        void (async () => {
          if (!picked) return;
          const { example } = picked;
          const name = example === undefined ? 'the marker' : exampleName(example, await labelOf(space.data, example));
          units()!.start(picked.code, name);
          const host = document.querySelector(`[data-live-units="${CSS.escape(run.id)}"]`);
          const folded = host?.closest('details');
          if (folded) folded.open = true;
          host?.scrollIntoView({ block: 'center' });
        })();
      }),
    );
  }
  frame.addEventListener(
    'click',
    (event) => {
      // Shift and click: the other end of a line from the marker.
      if (event.shiftKey && picked && space.isLive) {
        const from = picked;
        view.pickNext((to) => void drawLine(from, to));
      }
    },
    true,
  );

  const tabs = [...figure.querySelectorAll<HTMLButtonElement>('.live-methods button')];
  const show = async (method: string): Promise<void> => {
    await view.show(method);
    for (const tab of tabs) tab.setAttribute('aria-pressed', String(tab.dataset.method === method));
    host.toggleAttribute('data-bent', !view.map().plane);
    own.replaceChildren();
    for (const caption of figure.querySelectorAll<HTMLElement>('[data-caption]')) {
      caption.hidden = caption.dataset.caption !== method;
    }
    figure.dataset.shown = method;
    // On another map the marker goes to the same example, or to the one that was nearest.
    if (picked) await view.choose(picked.example ?? nearest);
  };
  for (const tab of tabs) tab.addEventListener('click', () => void show(tab.dataset.method!));
  const draw = once(() => show(run.maps[0]!.method));
  whenNear(figure, () => {
    void (async () => {
      await draw();
      // The marker stands on an example, once there is nothing more urgent to do.
      whenIdle(() => {
        if (!picked) void view.choose(firstExample(run));
      });
    })();
  });
  return draw;
}

function connectRun(run: LiveRun, shared: Shared): (() => Promise<void>) | undefined {
  const { data } = shared;
  const space = openSpace(data, run);
  const id = CSS.escape(run.id);

  const unitsHost = document.querySelector<HTMLElement>(`[data-live-units="${id}"]`);
  const units = unitsHost && space.isLive ? createUnits(unitsHost, space) : undefined;
  if (unitsHost && units) {
    whenNear(unitsHost, () => {
      whenIdle(async () => {
        const example = firstExample(run);
        const code = (await space.codes()).slice(example * run.width, (example + 1) * run.width);
        units.start(code, exampleName(example, await labelOf(data, example)));
      });
    });
  }

  for (const host of document.querySelectorAll<HTMLElement>(`[data-live-strip="${id}"]`)) {
    const index = Number(host.dataset.index);
    const strip = run.strips[index];
    if (!strip) continue;
    whenNear(host, () => {
      whenIdle(async () => {
        const codes = await space.codes();
        const codeOf = (example: number) => codes.slice(example * run.width, (example + 1) * run.width);
        const before = run.strips.slice(0, index).reduce((sum, { gaps }) => sum + gaps.length, 0) * data.size;
        const outputs = space.isLive
          ? undefined
          : (await space.strips()).subarray(before, before + strip.gaps.length * data.size);
        const line = { from: codeOf(strip.from), to: codeOf(strip.to), path: strip.path, gaps: strip.gaps };
        lineSlider(host, space, { ...line, ...(outputs && { outputs }) }, `Along the ${strip.path} line`);
      });
    });
  }

  const figure = document.querySelector<HTMLElement>(`[data-live-map="${id}"]`);
  return figure ? connectMap(figure, space, shared, () => units) : undefined;
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
