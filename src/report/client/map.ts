import { select } from 'd3-selection';
import { type D3ZoomEvent, zoom, zoomIdentity } from 'd3-zoom';
import type { LiveMap } from '../pages/latent/live-data.js';
import { planePicture, shadingMask } from './behind.js';
import { colorIndex, createLayers, FRAME, framed, type Scene, unframed } from './layers.js';
import { type Neighbourhood, neighbourhoodOf } from './neighbourhood.js';
import type { Shared } from './shared.js';
import type { Place, Space } from './space.js';
import { onTheme } from './theme.js';

/** Pixels from the pointer to a point that is meant, and to one that is taken instead of the place under the pointer. */
const [NEAR, ON] = [16, 5];
/** A step of an arrow key, in units of the frame. */
const STEP = 0.08;

/** A map that people move about in. */
export interface MapView {
  readonly frame: HTMLElement;
  /** The map shown now. */
  readonly map: () => LiveMap;
  show(method: string): Promise<void>;
  /** Puts the marker on an example. */
  choose(example: number): Promise<void>;
  /** A line between places, with the steps on it that lie in gaps. */
  line(ends: readonly (readonly [number, number])[]): void;
  /** The next place that is picked goes here instead. */
  pickNext(then: ((place: Place) => void) | undefined): void;
}

export interface MapEvents {
  /** Somebody picked a place, or drags the marker there. */
  readonly onPick: (place: Place) => void;
  /** The place that was waited for is picked, or nobody waits any more. */
  readonly onPicked: () => void;
  /** The pointer is over an example, or over none; in pixels of the frame. */
  readonly onHover: (example: number | undefined, at: readonly [number, number]) => void;
}

interface Loaded extends Omit<Scene, 'alone' | 'shows'> {
  readonly neighbours: Neighbourhood;
}

function part<T extends Element>(frame: HTMLElement, selector: string): T {
  return frame.querySelector<T>(selector)!;
}

/** Brings a frame to life: zoom, hovering, a marker to drag. */
export function createMap(
  frame: HTMLElement,
  space: Space,
  shared: Shared,
  { onPick, onPicked, onHover }: MapEvents,
): MapView {
  const { run } = space;
  const marker = part<HTMLElement>(frame, '.live-marker');
  const ring = part<HTMLElement>(frame, '.live-ring');
  const path = part<SVGPolylineElement>(frame, 'polyline');
  const layers = createLayers(part(frame, 'canvas.behind'), part(frame, 'canvas.points'));
  let loaded: Loaded | undefined;
  let map = run.maps[0]!;
  let transform = zoomIdentity;
  let size = { width: 1, height: 1 };
  let marked: readonly [number, number] | undefined;
  let ends: readonly (readonly [number, number])[] = [];
  let taker: ((place: Place) => void) | undefined;
  let wanted = false;

  /** From places of the map to pixels of the frame, and back. */
  const toPixels = (at: readonly [number, number]): [number, number] => {
    const units = framed(Float32Array.from(at), map.view);
    const unit = (size.width / FRAME.width) * transform.k;
    return [units[0]! * unit + transform.x, units[1]! * unit + transform.y];
  };
  const toUnits = ([x, y]: readonly [number, number]): [number, number] => {
    const unit = (size.width / FRAME.width) * transform.k;
    return [(x - transform.x) / unit, (y - transform.y) / unit];
  };
  const put = (element: HTMLElement, at: readonly [number, number] | undefined): void => {
    element.hidden = at === undefined;
    if (at) element.style.transform = `translate(${at[0].toFixed(1)}px, ${at[1].toFixed(1)}px)`;
  };
  const placeOfPoint = (example: number): [number, number] => {
    const unit = (size.width / FRAME.width) * transform.k;
    const { points } = loaded!;
    return [points[2 * example]! * unit + transform.x, points[2 * example + 1]! * unit + transform.y];
  };

  const putRing = (): void => {
    if (loaded) put(ring, shared.hovered === undefined ? undefined : placeOfPoint(shared.hovered));
  };

  const putMarker = (): void => put(marker, marked && toPixels(marked));

  const draw = (): void => {
    wanted = false;
    if (!loaded) return;
    layers.draw({ ...loaded, alone: shared.alone, shows: shared.shows }, transform);
    putMarker();
    putRing();
    path.setAttribute(
      'points',
      ends
        .map((end) =>
          toPixels(end)
            .map((value) => value.toFixed(1))
            .join(','),
        )
        .join(' '),
    );
  };
  const redraw = (): void => {
    if (!wanted) requestAnimationFrame(draw);
    wanted = true;
  };

  // Moving about. The page itself scrolls under a wheel or a finger until somebody has chosen the map.
  const isChosen = (): boolean => frame.contains(document.activeElement);
  const zooming = zoom<HTMLElement, unknown>()
    .scaleExtent([0.5, 80])
    .clickDistance(4)
    .filter((event: Event & { readonly touches?: TouchList; readonly button?: number }) => {
      if ((event.target as Element).closest('.live-marker, button')) return false;
      if (event instanceof WheelEvent) return isChosen() || event.ctrlKey || event.metaKey;
      if (event.touches) return isChosen() || event.touches.length > 1;
      return !event.button;
    })
    .on('zoom', (event: D3ZoomEvent<HTMLElement, unknown>) => {
      transform = event.transform;
      redraw();
    });
  const surface = select(frame);
  surface.call(zooming).on('dblclick.zoom', null);
  const zoomBy = (factor: number): void => zooming.scaleBy(surface, factor);
  const reset = (): void => zooming.transform(surface, zoomIdentity);
  part(frame, '[data-zoom="in"]').addEventListener('click', () => zoomBy(1.6));
  part(frame, '[data-zoom="out"]').addEventListener('click', () => zoomBy(1 / 1.6));
  part(frame, '[data-zoom="all"]').addEventListener('click', reset);

  const inFrame = (event: MouseEvent): [number, number] => {
    const box = frame.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const isVisible = (example: number): boolean =>
    shared.alone === undefined || !loaded?.labels || loaded.labels[example] === shared.alone;
  /** The example within some pixels of a place of the frame. */
  const exampleNear = (at: readonly [number, number], pixels: number): number | undefined => {
    if (!loaded || !shared.shows.points) return undefined;
    const [x, y] = toUnits(at);
    return loaded.neighbours.nearest(x, y, (pixels * FRAME.width) / size.width / transform.k, isVisible);
  };

  const pickNext: MapView['pickNext'] = (then) => {
    taker = then;
    frame.classList.toggle('picking', then !== undefined);
    if (!then) onPicked();
  };

  // Calls come faster than codes are read and decoded: only the last one counts.
  let calls = 0;
  const pick = async (find: () => Promise<Place>): Promise<void> => {
    const call = ++calls;
    const place = await find();
    if (call !== calls) return;
    const then = taker;
    pickNext(undefined);
    if (then) {
      then(place);
      return;
    }
    marked = place.at;
    putMarker();
    onPick(place);
  };
  const pickPixels = (at: readonly [number, number]): Promise<void> => {
    const to = unframed(toUnits(at), map.view);
    marked = taker ? marked : to;
    putMarker();
    return pick(() => space.placeAt(map, to));
  };

  const hover = (example: number | undefined, at: readonly [number, number]): void => {
    if (shared.hovered === example) return;
    shared.point(example);
    onHover(example, example === undefined ? at : placeOfPoint(example));
  };
  frame.addEventListener('pointermove', (event) => {
    space.warm();
    if (event.buttons > 0 || (event.target as Element).closest('.live-marker, button')) hover(undefined, [0, 0]);
    else {
      const at = inFrame(event);
      hover(exampleNear(at, NEAR), at);
    }
  });
  frame.addEventListener('pointerleave', () => hover(undefined, [0, 0]));
  frame.addEventListener('click', (event) => {
    if ((event.target as Element).closest('button')) return;
    const at = inFrame(event);
    const example = exampleNear(at, ON);
    void (example === undefined ? pickPixels(at) : pick(() => space.placeOf(map, example)));
  });

  // The marker.
  marker.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    event.stopPropagation();
    frame.focus({ preventScroll: true });
    marker.setPointerCapture(event.pointerId);
    const from = inFrame(event);
    const start = toPixels(marked!);
    const follow = (move: PointerEvent): void => {
      const [x, y] = inFrame(move);
      void pickPixels([start[0] + x - from[0], start[1] + y - from[1]]);
    };
    const end = (): void => marker.removeEventListener('pointermove', follow);
    marker.addEventListener('pointermove', follow);
    marker.addEventListener('pointerup', end, { once: true });
    marker.addEventListener('pointercancel', end, { once: true });
  });
  marker.addEventListener('click', (event) => event.stopPropagation());

  const move = (x: number, y: number): void => {
    const middle: [number, number] = [size.width / 2, size.height / 2];
    const from = marked ? toPixels(marked) : middle;
    const pixels = (STEP * size.width) / FRAME.width;
    const to: [number, number] = marked ? [from[0] + x * pixels, from[1] + y * pixels] : middle;
    const [right, bottom] = [size.width, size.height];
    // The marker leaves the frame by no arrow: the map follows it.
    if (to[0] < 0 || to[1] < 0 || to[0] > right || to[1] > bottom) {
      const [dx, dy] = [x * pixels, y * pixels];
      zooming.translateBy(surface, -dx / transform.k, -dy / transform.k);
      void pickPixels(from);
    } else void pickPixels(to);
  };
  const keys: Readonly<Record<string, () => void>> = {
    '+': () => zoomBy(1.6),
    '=': () => zoomBy(1.6),
    '-': () => zoomBy(1 / 1.6),
    '0': reset,
    Enter: () => {
      // Onto the nearest example.
      const at = marked ? toPixels(marked) : ([size.width / 2, size.height / 2] as const);
      const example = exampleNear(at, 10_000);
      if (example !== undefined) void pick(() => space.placeOf(map, example));
    },
    Escape: () => {
      pickNext(undefined);
      hover(undefined, [0, 0]);
    },
  };
  frame.addEventListener('keydown', (event) => {
    if (event.target !== frame || event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 5 : 1;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way && !keys[event.key]) return;
    event.preventDefault();
    space.warm();
    if (way) move(way[0]! * far, way[1]! * far);
    else keys[event.key]!();
  });
  frame.addEventListener('focus', () => space.warm());

  const resize = (): void => {
    const { clientWidth: width, clientHeight: height } = frame;
    if (width === 0 || (width === size.width && height === size.height)) return;
    // What was in the middle stays there.
    const scale = width / size.width;
    const isFirst = size.width === 1;
    size = { width, height };
    layers.resize(width, height);
    zooming
      .extent([
        [0, 0],
        [width, height],
      ])
      .translateExtent([
        [-width, -height],
        [2 * width, 2 * height],
      ]);
    if (!isFirst) {
      zooming.transform(surface, zoomIdentity.translate(transform.x * scale, transform.y * scale).scale(transform.k));
    }
    // Taking a new size empties the canvases: drawn at once, so that no empty frame is seen.
    draw();
  };
  new ResizeObserver(resize).observe(frame);
  shared.onChange(redraw);
  shared.onPoint(putRing);
  onTheme(() => {
    layers.recolor();
    void (async () => {
      if (loaded && space.data.look.kind === 'profile') loaded = { ...loaded, plane: await planePicture(space, map) };
      redraw();
    })();
  });

  return {
    frame,
    map: () => map,
    async show(method) {
      const next = run.maps.find((other) => other.method === method)!;
      const [raw, labels, plane, mask] = [
        await space.points(method),
        await shared.labels(),
        await planePicture(space, next),
        await shadingMask(space, next),
      ];
      const points = framed(raw, next.view);
      const classes = colorIndex(labels, space.data.points);
      map = next;
      marked = undefined;
      ends = [];
      loaded = { map: next, points, classes, labels, plane, mask, neighbours: neighbourhoodOf(points) };
      resize();
      reset();
      redraw();
    },
    choose: (example) => pick(() => space.placeOf(map, example)),
    line(places) {
      ends = places;
      redraw();
    },
    pickNext,
  };
}
