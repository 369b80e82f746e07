import type { Extent, LiveMap } from '../pages/latent/live-data.js';
import { hatching } from './behind.js';
import { drawPoints, type Projection, stampOf } from './raster.js';
import { colorOf, isDark } from './theme.js';

/** Width and height of a map in its own units: whatever its extent, its view is as wide and high as this at first. */
export const FRAME = { width: 5, height: 4 } as const;

/** From places of a map to the units of its frame, y downwards. */
export function framed(points: Float32Array, { left, right, bottom, top }: Extent): Float32Array {
  return Float32Array.from(points, (value, i) =>
    i % 2 === 0 ? ((value - left) / (right - left)) * FRAME.width : ((top - value) / (top - bottom)) * FRAME.height,
  );
}

/** Back again. */
export function unframed([x, y]: readonly [number, number], { left, right, bottom, top }: Extent): [number, number] {
  return [left + (x / FRAME.width) * (right - left), top - (y / FRAME.height) * (top - bottom)];
}

/** What is to be seen. */
export interface Scene {
  readonly map: LiveMap;
  /** [points, 2] in units of the frame. */
  readonly points: Float32Array;
  readonly classes: Uint8Array;
  readonly labels: Int16Array | undefined;
  readonly plane: HTMLCanvasElement | undefined;
  readonly mask: HTMLCanvasElement | undefined;
  /** Class seen alone. */
  readonly alone: number | undefined;
  readonly shows: { readonly points: boolean; readonly plane: boolean; readonly gaps: boolean };
}

/** Two canvases, one over the other: what lies behind, and points. */
export interface Layers {
  /** Takes the size of the frame; in pixels of the style sheet. */
  resize(width: number, height: number): void;
  /** @param zoom how many times larger than at first, and where the frame's corner went, in pixels of the style sheet */
  draw(scene: Scene, zoom: { readonly k: number; readonly x: number; readonly y: number }): void;
  /** Colours are looked up anew. */
  recolor(): void;
}

/** Classes have ten colours, then these begin again. */
const COLORS = 10;
/** More points than this are drawn without smooth edges. */
const MANY = 25_000;
/** More than this have no light edge around them, which then would be all that is seen. */
const CROWDED = 4000;
/** Pixels kept around the canvas for points at its edge. */
const MARGIN = 24;

/** Of each point its place among the colours: the unknown come first. */
export function colorIndex(labels: Int16Array | undefined, points: number): Uint8Array {
  return Uint8Array.from({ length: points }, (_, i) => {
    const label = labels ? labels[i]! : 0;
    return label < 0 ? 0 : labels ? 1 + (label % COLORS) : COLORS + 1;
  });
}

const pixel = ([red, green, blue]: readonly [number, number, number], alpha = 255): number =>
  ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;

function palette() {
  const classes = Array.from({ length: COLORS }, (_, i) => colorOf(`c${i}`));
  const all = [colorOf('faint'), ...classes, colorOf('network')];
  const faint = pixel(colorOf('faint'), isDark() ? 90 : 70);
  return {
    full: Uint32Array.from(all, (color) => pixel(color)),
    faint: new Uint32Array(all.length).fill(faint),
    halo: new Uint32Array(all.length).fill(pixel(colorOf('page'), 210)),
    behind: isDark() ? 0.62 : 0.42,
  };
}

/** Radius of a point in pixels of the style sheet: small where there are many, larger as one goes nearer. */
function radiusOf(count: number, k: number): number {
  const first = count > 50_000 ? 0.9 : count > 6000 ? 1.5 : count > 1500 ? 2.2 : count > 400 ? 2.8 : 3.4;
  return Math.min(first * k ** 0.35, Math.max(5, first));
}

export function createLayers(behind: HTMLCanvasElement, above: HTMLCanvasElement): Layers {
  const back = behind.getContext('2d')!;
  const front = above.getContext('2d')!;
  const hatched = document.createElement('canvas');
  const hatch = hatched.getContext('2d')!;
  let [width, height, density] = [1, 1, 1];
  let colors = palette();
  let pattern: CanvasPattern | null = null;
  let image = new ImageData(1, 1);

  const drawBehind = ({ map, plane, mask, shows }: Scene, unit: number, x: number, y: number): void => {
    back.clearRect(0, 0, width, height);
    if (!map.decoded) return;
    const { left, right, bottom, top } = map.decoded.extent;
    const ends = framed(Float32Array.of(left, top, right, bottom), map.view);
    const [x0, y0] = [ends[0]! * unit, ends[1]! * unit];
    const at = [x + x0, y + y0, ends[2]! * unit - x0, ends[3]! * unit - y0] as const;
    if (plane && shows.plane) {
      back.globalAlpha = colors.behind;
      // Far in, the pixels of an output are what one wants to see.
      back.imageSmoothingEnabled = at[2] < 3 * plane.width;
      back.drawImage(plane, ...at);
      back.globalAlpha = 1;
    }
    if (mask && shows.gaps) {
      pattern ??= hatch.createPattern(hatching(density), 'repeat');
      hatch.globalCompositeOperation = 'copy';
      pattern!.setTransform(new DOMMatrix([1, 0, 0, 1, x, y]));
      hatch.fillStyle = pattern!;
      hatch.fillRect(0, 0, width, height);
      hatch.globalCompositeOperation = 'destination-in';
      hatch.imageSmoothingEnabled = true;
      hatch.drawImage(mask, ...at);
      back.drawImage(hatched, 0, 0);
    }
  };

  const drawFront = (
    { points, classes, labels, alone, shows }: Scene,
    k: number,
    unit: number,
    x: number,
    y: number,
  ): void => {
    const pixels = new Uint32Array(image.data.buffer);
    pixels.fill(0);
    if (shows.points) {
      const projection: Projection = { scaleX: unit, moveX: x, scaleY: unit, moveY: y };
      const count = classes.length;
      const radius = radiusOf(count, k) * density;
      const smooth = count <= MANY;
      const put = (
        layer: { colors: Uint32Array; only?: { labels: Int16Array; label: number; others: boolean } },
        size: number,
      ) => drawPoints(pixels, image.width, MARGIN, { points, classes, ...layer }, projection, stampOf(size, smooth));
      const only = alone !== undefined && labels ? { labels, label: alone } : undefined;
      if (only) put({ colors: colors.faint, only: { ...only, others: true } }, radius * 0.8);
      if (count <= CROWDED)
        put({ colors: colors.halo, ...(only && { only: { ...only, others: false } }) }, radius + density);
      put({ colors: colors.full, ...(only && { only: { ...only, others: false } }) }, radius);
    }
    front.putImageData(image, -MARGIN, -MARGIN);
  };

  return {
    resize(cssWidth, cssHeight) {
      density = Math.min(2, devicePixelRatio || 1);
      [width, height] = [Math.max(1, Math.round(cssWidth * density)), Math.max(1, Math.round(cssHeight * density))];
      for (const canvas of [behind, above, hatched]) [canvas.width, canvas.height] = [width, height];
      image = new ImageData(width + 2 * MARGIN, height + 2 * MARGIN);
      pattern = null;
    },
    draw(scene, { k, x, y }) {
      const unit = (width / FRAME.width) * k;
      drawBehind(scene, unit, x * density, y * density);
      drawFront(scene, k, unit, x * density, y * density);
    },
    recolor() {
      colors = palette();
      pattern = null;
    },
  };
}
