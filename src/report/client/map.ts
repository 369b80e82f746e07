import type { LiveMap } from '../pages/latent/live-data.js';
import { planePicture, shadingMask } from './behind.js';
import { type Camera, createCamera, isOn } from './camera.js';
import { arrows, part } from './elements.js';
import { createLayers, FRAME, framed, type Scene, toFrame, unframed } from './layers.js';
import { colorIndex } from './raster.js';
import type { Shared } from './shared.js';
import { type At, mapNamed, type Place, type Space } from './space.js';
import { onTheme } from './theme.js';
import { nearestOf } from './tip.js';

/** Pixels from the pointer to a point that is meant, and to one that is taken instead of the place under the pointer. */
const [NEAR, ON] = [16, 5];
/** A step of an arrow key, in units of the frame; with Shift so many of them. */
const [STEP, FAR] = [0.08, 5];

/** A map that people move about in. */
export type MapView = ReturnType<typeof createMap>;

export interface MapEvents {
  /** Somebody picked a place, or drags the marker there. */
  readonly onPick: (place: Place) => void;
  /** The place that was waited for is picked, or nobody waits any more. */
  readonly onPicked: () => void;
  /** The pointer is over an example, or over none; in pixels of the frame. */
  readonly onHover: (example: number | undefined, at: At) => void;
}

type Loaded = Omit<Scene, 'alone' | 'shows'>;

async function load(space: Space, shared: Shared, map: LiveMap): Promise<Loaded> {
  const [raw, labels] = [await space.points(map.method), await shared.labels()];
  const [plane, mask] = [await planePicture(space, map), await shadingMask(space, map)];
  const classes = colorIndex(labels, space.data.points);
  return { map, points: framed(raw, map.view), classes, labels, plane, mask };
}

/** Puts an element of a frame onto a place of it, or away. */
function put(element: HTMLElement, at: At | undefined): void {
  element.hidden = at === undefined;
  if (at) element.style.transform = `translate(${at[0].toFixed(1)}px, ${at[1].toFixed(1)}px)`;
}

/** Where an event is, in pixels of a frame. */
function pixelsOf(frame: HTMLElement, { clientX, clientY }: MouseEvent): At {
  const { left, top } = frame.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

/** What pointer and keys do. */
interface Moves {
  readonly camera: Camera;
  /** Gets the decoder ready. */
  readonly warm: () => void;
  /** Where the marker is, in pixels. */
  readonly marker: () => At | undefined;
  /** The example within some pixels of a place. */
  readonly exampleNear: (at: At, pixels: number) => number | undefined;
  readonly pickExample: (example: number) => void;
  readonly pickPixels: (at: At) => void;
  readonly hover: (example: number | undefined, at?: At) => void;
  readonly cancel: () => void;
}

function connectPointer(frame: HTMLElement, { warm, exampleNear, hover, pickExample, pickPixels }: Moves): void {
  frame.addEventListener('pointermove', (event) => {
    warm();
    const at = pixelsOf(frame, event);
    if (event.buttons > 0 || isOn(event, '.live-marker, button')) hover(undefined);
    else hover(exampleNear(at, NEAR), at);
  });
  frame.addEventListener('pointerleave', () => hover(undefined));
  frame.addEventListener('click', (event) => {
    if (isOn(event, 'button')) return;
    const at = pixelsOf(frame, event);
    const example = exampleNear(at, ON);
    if (example === undefined) pickPixels(at);
    else pickExample(example);
  });
}

/** Lets people drag the marker. */
function connectMarker(frame: HTMLElement, marker: HTMLElement, { marker: markerAt, pickPixels }: Moves): void {
  marker.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    event.stopPropagation();
    frame.focus({ preventScroll: true });
    marker.setPointerCapture(event.pointerId);
    const from = pixelsOf(frame, event);
    const start = markerAt() ?? from;
    const follow = (move: PointerEvent): void => {
      const [x, y] = pixelsOf(frame, move);
      pickPixels([start[0] + x - from[0], start[1] + y - from[1]]);
    };
    const end = (): void => marker.removeEventListener('pointermove', follow);
    marker.addEventListener('pointermove', follow);
    for (const name of ['pointerup', 'pointercancel']) marker.addEventListener(name, end, { once: true });
  });
  marker.addEventListener('click', (event) => event.stopPropagation());
}

/** Buttons and keys that zoom, and keys that move the marker. */
function connectKeys(frame: HTMLElement, moves: Moves): void {
  const { warm, camera, marker, exampleNear, pickExample, pickPixels, cancel } = moves;
  const zooms = { in: () => camera.zoomBy(1.6), out: () => camera.zoomBy(1 / 1.6), all: camera.reset };
  for (const [name, zoom] of Object.entries(zooms)) {
    part(frame, `[data-zoom="${name}"]`).addEventListener('click', zoom);
  }
  const middle = (): At => {
    const [width, height] = camera.size();
    return [width / 2, height / 2];
  };
  const move = ([x, y]: At, steps: number): void => {
    const from = marker();
    if (!from) {
      pickPixels(middle());
      return;
    }
    const [width, height] = camera.size();
    const pixels = (steps * STEP * width) / FRAME.width;
    const to: At = [from[0] + x * pixels, from[1] + y * pixels];
    // The marker leaves the frame by no arrow: the map follows it.
    const isOut = to[0] < 0 || to[1] < 0 || to[0] > width || to[1] > height;
    if (isOut) camera.moveBy(-x * pixels, -y * pixels);
    pickPixels(isOut ? from : to);
  };
  const keys: Readonly<Record<string, () => void>> = {
    ...{ '+': zooms.in, '=': zooms.in, '-': zooms.out, '0': zooms.all, Escape: cancel },
    Enter: () => {
      // Onto the nearest example.
      const example = exampleNear(marker() ?? middle(), 10_000);
      if (example !== undefined) pickExample(example);
    },
  };
  frame.addEventListener('keydown', (event) => {
    if (event.target !== frame || event.ctrlKey || event.metaKey || event.altKey) return;
    const [way, action] = [arrows[event.key], keys[event.key]];
    if (!way && !action) return;
    event.preventDefault();
    warm();
    if (way) move(way, event.shiftKey ? FAR : 1);
    else action?.();
  });
  frame.addEventListener('focus', warm);
}

/** What people pick: calls come faster than codes are read and decoded, and only the last one counts. */
function createPicking(frame: HTMLElement, onPicked: () => void, take: (place: Place) => void) {
  let taker: ((place: Place) => void) | undefined;
  let calls = 0;
  const pickNext = (then: typeof taker): void => {
    taker = then;
    frame.classList.toggle('picking', then !== undefined);
    if (!then) onPicked();
  };
  return {
    pickNext,
    isWaiting: () => taker !== undefined,
    async pick(find: () => Promise<Place>): Promise<void> {
      const call = ++calls;
      const place = await find();
      if (call !== calls) return;
      const then = taker ?? take;
      pickNext(undefined);
      then(place);
    },
  };
}

/** Brings a frame to life: zoom, hovering, a marker to drag. */
export function createMap(frame: HTMLElement, space: Space, shared: Shared, events: MapEvents) {
  const marker = part<HTMLElement>(frame, '.live-marker');
  const ring = part<HTMLElement>(frame, '.live-ring');
  const line = part<SVGPolylineElement>(frame, 'polyline');
  const layers = createLayers(frame);
  const { state, shows } = shared;
  let loaded: Loaded | undefined;
  let map = mapNamed(space.run);
  let marked: At | undefined;
  let ends: readonly At[] = [];
  let isWanted = false;

  const toPixels = (at: At): At => camera.toPixels(toFrame(at, map.view));
  const markerAt = (): At | undefined => marked && toPixels(marked);
  const placeOfPoint = (example: number): At | undefined => {
    const [x, y] = loaded?.points.subarray(2 * example, 2 * example + 2) ?? [];
    return x === undefined || y === undefined ? undefined : camera.toPixels([x, y]);
  };
  const putMarker = (): void => put(marker, markerAt());
  const putRing = (): void => put(ring, state.hovered === undefined ? undefined : placeOfPoint(state.hovered));
  const draw = (): void => {
    isWanted = false;
    if (!loaded) return;
    layers.draw({ ...loaded, alone: state.alone, shows }, camera.transform());
    putMarker();
    putRing();
    const corners = ends.map((end) => toPixels(end).map((value) => value.toFixed(1)));
    line.setAttribute('points', corners.map((corner) => corner.join(',')).join(' '));
  };
  const redraw = (): void => {
    if (!isWanted) requestAnimationFrame(draw);
    isWanted = true;
  };
  const camera = createCamera(frame, redraw);

  const { pickNext, isWaiting, pick } = createPicking(frame, events.onPicked, (place) => {
    marked = place.at;
    putMarker();
    events.onPick(place);
  });
  const choose = (example: number): Promise<void> => pick(() => space.placeOf(map, example));
  const hover = (example: number | undefined, at: At = [0, 0]): void => {
    if (state.hovered === example) return;
    shared.point(example);
    events.onHover(example, (example !== undefined && placeOfPoint(example)) || at);
  };
  const moves: Moves = {
    ...{ camera, warm: space.warm, marker: markerAt, hover },
    exampleNear(at, pixels) {
      if (!loaded || !shows.points) return undefined;
      const { labels, points } = loaded;
      const isVisible = (example: number) => state.alone === undefined || !labels || labels[example] === state.alone;
      const [[x, y], [edge]] = [camera.toUnits(at), camera.toUnits([at[0] + pixels, at[1]])];
      // All points are looked at: of 100,000 that takes a millisecond.
      const [example, distance] = nearestOf(points.length / 2, (i) =>
        isVisible(i) ? Math.hypot(points[2 * i]! - x, points[2 * i + 1]! - y) : Infinity,
      );
      return distance <= edge - x ? example : undefined;
    },
    pickExample: (example) => void choose(example),
    pickPixels(at) {
      const to = unframed(camera.toUnits(at), map.view);
      if (!isWaiting()) marked = to;
      putMarker();
      void pick(() => space.placeAt(map, to));
    },
    cancel() {
      pickNext(undefined);
      hover(undefined);
    },
  };
  connectPointer(frame, moves);
  connectMarker(frame, marker, moves);
  connectKeys(frame, moves);

  const resize = (): void =>
    camera.resize((width, height) => {
      layers.resize(width, height);
      // Taking a new size empties the canvases: drawn at once, so that no empty frame is seen.
      draw();
    });
  new ResizeObserver(resize).observe(frame);
  shared.onChange(redraw);
  shared.onPoint(putRing);
  onTheme(async () => {
    layers.recolor();
    if (loaded && space.data.look.kind === 'profile') {
      loaded = { ...loaded, plane: await planePicture(space, map) };
      layers.load(loaded);
    }
    redraw();
  });

  return {
    /** The map shown now. */
    map: () => map,
    /** Shows the map of a method, or the first. */
    async show(method?: string): Promise<void> {
      const next = mapNamed(space.run, method);
      loaded = await load(space, shared, next);
      layers.load(loaded);
      [map, marked, ends] = [next, undefined, []];
      resize();
      camera.reset();
      redraw();
    },
    /** Puts the marker on an example. */
    choose,
    /** Draws a line between places. */
    line(places: readonly At[]): void {
      ends = places;
      redraw();
    },
    /** The next place that is picked goes here instead. */
    pickNext,
  };
}
