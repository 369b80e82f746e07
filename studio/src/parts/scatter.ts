// Drawing the map: points onto a canvas, moved smoothly from one look to the next, with a camera and a marker.

export interface Scene {
  /** [n, 2] */
  readonly points: Float32Array;
  /** [n] which of the colours each point has. */
  readonly classes: ArrayLike<number>;
  readonly colors: readonly string[];
}

export type Place = readonly [number, number];

/** Milliseconds in which points move to where they are now. */
const MOVE = 220;

/** The middle and the half width of what is worth seeing: all but the outermost hundredth on each side. */
function view(points: Float32Array): { readonly middle: Place; readonly half: number } {
  const along = (k: 0 | 1): readonly [number, number] => {
    const values = Float32Array.from({ length: points.length / 2 }, (_, i) => points[2 * i + k] ?? 0).sort();
    const at = (part: number) => values[Math.min(values.length - 1, Math.floor(part * values.length))] ?? 0;
    return [at(0.005), at(0.995)];
  };
  const [[left, right], [bottom, top]] = [along(0), along(1)];
  const half = (1.15 * Math.max(right - left, top - bottom)) / 2 || 1;
  return { middle: [(left + right) / 2, (bottom + top) / 2], half };
}

/**
 * A map on a canvas.
 *
 * @param onDrawn called behind each drawing: places are where they are drawn then
 */
export function createScatter(canvas: HTMLCanvasElement, onDrawn: () => void) {
  let scene: Scene | undefined;
  let from: Float32Array | undefined;
  let [movedAt, frame] = [0, 0];
  let seen = { middle: [0, 0] as Place, half: 1 };
  let [zoom, shift] = [1, [0, 0] as Place];
  const still = matchMedia('(prefers-reduced-motion: reduce)');

  const scale = (): number => (Math.min(canvas.width, canvas.height) / 2 / seen.half) * zoom;
  const toPixels = ([x, y]: Place): Place => [
    canvas.width / 2 + (x - seen.middle[0] - shift[0]) * scale(),
    canvas.height / 2 - (y - seen.middle[1] - shift[1]) * scale(),
  ];
  const toPlace = ([x, y]: Place): Place => [
    (x - canvas.width / 2) / scale() + seen.middle[0] + shift[0],
    seen.middle[1] + shift[1] - (y - canvas.height / 2) / scale(),
  ];

  function draw(now: number): void {
    frame = 0;
    const context = canvas.getContext('2d');
    if (!scene || !context) return;
    const part = still.matches ? 1 : Math.min(1, (now - movedAt) / MOVE);
    const { points, classes, colors } = scene;
    const before = from;
    context.clearRect(0, 0, canvas.width, canvas.height);
    const n = points.length / 2;
    const radius = Math.max(1.5, Math.min(4, 90 / Math.sqrt(n))) * devicePixelRatio;
    context.globalAlpha = 0.85;
    for (const [k, color] of colors.entries()) {
      context.fillStyle = color;
      context.beginPath();
      for (let i = 0; i < n; i++) {
        if (classes[i] !== k) continue;
        const [x1, y1] = [points[2 * i] ?? 0, points[2 * i + 1] ?? 0];
        const [x0, y0] = before ? [before[2 * i] ?? x1, before[2 * i + 1] ?? y1] : [x1, y1];
        const [x, y] = toPixels([x0 + (x1 - x0) * part, y0 + (y1 - y0) * part]);
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      context.fill();
    }
    context.globalAlpha = 1;
    onDrawn();
    if (part < 1) redraw();
  }
  function redraw(): void {
    if (frame === 0) frame = requestAnimationFrame(draw);
  }

  return {
    show(next: Scene): void {
      from = scene?.points.length === next.points.length ? scene.points : undefined;
      const isFirst = !from;
      scene = next;
      movedAt = performance.now();
      const wanted = view(next.points);
      // the view follows slowly, so that it is the points that are seen to move
      const share = isFirst ? 1 : 0.5;
      seen = {
        middle: [
          seen.middle[0] + (wanted.middle[0] - seen.middle[0]) * share,
          seen.middle[1] + (wanted.middle[1] - seen.middle[1]) * share,
        ],
        half: isFirst ? wanted.half : seen.half + (wanted.half - seen.half) * share,
      };
      redraw();
    },
    resize(width: number, height: number): void {
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(height * devicePixelRatio);
      redraw();
    },
    zoomBy(factor: number, around?: Place): void {
      const fixed = around && toPlace(around);
      zoom = Math.min(60, Math.max(0.4, zoom * factor));
      if (around && fixed) {
        const now = toPlace(around);
        shift = [shift[0] + fixed[0] - now[0], shift[1] + fixed[1] - now[1]];
      }
      redraw();
    },
    moveBy(x: number, y: number): void {
      shift = [shift[0] - x / scale(), shift[1] + y / scale()];
      redraw();
    },
    toPixels,
    toPlace,
    /** The point next to a place, and how far it is in pixels. */
    nearest(at: Place): { readonly index: number; readonly pixels: number } {
      let [index, least] = [-1, Number.POSITIVE_INFINITY];
      const points = scene?.points ?? new Float32Array();
      for (let i = 0; i < points.length / 2; i++) {
        const distance = Math.hypot((points[2 * i] ?? 0) - at[0], (points[2 * i + 1] ?? 0) - at[1]);
        if (distance < least) [index, least] = [i, distance];
      }
      return { index, pixels: least * scale() };
    },
    redraw,
    close: (): void => cancelAnimationFrame(frame),
  };
}

export type Scatter = ReturnType<typeof createScatter>;
