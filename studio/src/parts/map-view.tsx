// The map that people point at.
import { effect, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { DataFacts, Look, Sample } from '../engine/protocol.js';
import { engine, look, trainedOn } from '../state.js';
import { words } from '../words/words.js';
import { byClass, byError } from './colours.js';
import { createScatter, type Place, type Scatter } from './scatter.js';

export const colourBy = signal<'class' | 'error'>('class');
/** Where the marker is, and what the decoder makes of it. */
export const pointed = signal<
  { readonly at: Place; readonly decoded: Float32Array; readonly nearest: number } | undefined
>(undefined);
/** Where one's own example lies. */
export const own = signal<Place | undefined>(undefined);

/** The code that a place stands for. */
function codeAt([x, y]: Place, { plane: { origin, across, up } }: Look): Float32Array {
  return origin.map((value, k) => value + x * (across[k] ?? 0) + y * (up[k] ?? 0));
}

/** Decodes places as they come: one call at a time, and only the last of those that waited. */
function createPointing(scatter: () => Scatter | undefined) {
  let [isBusy, waiting] = [false, undefined as Place | undefined];
  async function point(at: Place): Promise<void> {
    waiting = at;
    if (isBusy) return;
    isBusy = true;
    try {
      while (waiting && look.value) {
        const place: Place = waiting;
        waiting = undefined;
        const decoded = await engine.decode(codeAt(place, look.value));
        pointed.value = { at: place, decoded, nearest: scatter()?.nearest(place).index ?? -1 };
      }
    } finally {
      isBusy = false;
    }
  }
  return point;
}

export function MapView({
  facts,
  sample,
  live = true,
}: {
  readonly facts: DataFacts;
  readonly sample: Sample;
  readonly live?: boolean;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const scatter = useRef<Scatter | undefined>(undefined);
  const [marker, ownMarker] = [useRef<HTMLElement>(null), useRef<HTMLElement>(null)];
  const { map } = words.value;
  useEffect(() => {
    const [host, surface] = [frame.current, canvas.current];
    if (!host || !surface) return;
    const drawn = createScatter(surface, () => {
      place(marker.current, pointed.peek()?.at);
      place(ownMarker.current, own.peek());
    });
    const place = (element: HTMLElement | null, at: Place | undefined): void => {
      if (!element) return;
      element.hidden = at === undefined;
      if (!at) return;
      const [x, y] = drawn.toPixels(at);
      element.style.transform = `translate(${x / devicePixelRatio}px, ${y / devicePixelRatio}px)`;
    };
    scatter.current = drawn;
    const observer = new ResizeObserver(() => drawn.resize(host.clientWidth, host.clientHeight));
    observer.observe(host);
    const stop = effect(() => {
      const now = look.value;
      if (!now || now.points.length !== 2 * sample.count) return;
      const colouring = colourBy.value === 'error' ? byError(now) : byClass(sample, facts);
      drawn.show({ points: now.points, ...colouring });
    });
    const stopMarkers = effect(() => {
      if (pointed.value ?? own.value) drawn.redraw();
    });
    return () => {
      stop();
      stopMarkers();
      observer.disconnect();
      drawn.close();
    };
  }, [sample]);

  const point = useRef(createPointing(() => scatter.current)).current;
  const pixelsOf = ({ clientX, clientY }: MouseEvent): Place => {
    const { left, top } = (frame.current as HTMLElement).getBoundingClientRect();
    return [(clientX - left) * devicePixelRatio, (clientY - top) * devicePixelRatio];
  };
  const dragged = useRef<Place | undefined>(undefined);
  const onMove = (event: PointerEvent): void => {
    const drawn = scatter.current;
    if (!drawn || !live) return;
    const at = pixelsOf(event);
    const before = dragged.current;
    if (before && event.buttons > 0) {
      drawn.moveBy(at[0] - before[0], at[1] - before[1]);
      dragged.current = at;
    } else void point(drawn.toPlace(at));
  };
  const onKey = (event: KeyboardEvent): void => {
    const drawn = scatter.current;
    const ways: Readonly<Record<string, Place>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const way = ways[event.key];
    if (!drawn || !live) return;
    if (way) {
      event.preventDefault();
      const at = drawn.toPixels(
        pointed.value?.at ?? drawn.toPlace([(canvas.current?.width ?? 0) / 2, (canvas.current?.height ?? 0) / 2]),
      );
      const step = (event.shiftKey ? 40 : 12) * devicePixelRatio;
      void point(drawn.toPlace([at[0] + step * way[0], at[1] + step * way[1]]));
    }
    if (event.key === '+' || event.key === '=') drawn.zoomBy(1.5);
    if (event.key === '-') drawn.zoomBy(1 / 1.5);
  };
  return (
    <div
      class="map-frame"
      ref={frame}
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move the marker on it
      tabIndex={0}
      aria-label={map.label}
      onPointerMove={onMove}
      onPointerDown={(event) => {
        dragged.current = pixelsOf(event);
      }}
      onPointerUp={() => {
        dragged.current = undefined;
      }}
      onKeyDown={onKey}
      onWheel={(event) => {
        if (document.activeElement !== frame.current && !event.ctrlKey) return;
        event.preventDefault();
        scatter.current?.zoomBy(event.deltaY < 0 ? 1.2 : 1 / 1.2, pixelsOf(event));
      }}
    >
      <canvas ref={canvas} />
      {live && <i ref={marker} class="marker" hidden aria-hidden="true" />}
      {live && <i ref={ownMarker} class="own-marker" hidden aria-hidden="true" />}
      {live && (
        <div class="zoom">
          <button type="button" aria-label={map.zoomIn} onClick={() => scatter.current?.zoomBy(1.5)}>
            +
          </button>
          <button type="button" aria-label={map.zoomOut} onClick={() => scatter.current?.zoomBy(1 / 1.5)}>
            −
          </button>
        </div>
      )}
    </div>
  );
}

/** What the colours stand for. */
export function Legend() {
  const known = trainedOn.value;
  if (!known || known.facts.classes.length === 0) return null;
  return (
    <p class="key">
      {known.facts.classes.map((name, k) => (
        <span key={name}>
          <i class="swatch" style={{ '--swatch': `var(--c${k % 10})` }} />
          {name}
        </span>
      ))}
    </p>
  );
}
