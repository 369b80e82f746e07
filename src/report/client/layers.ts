import type { Extent } from '../kit/bounds.js';
import type { LiveMap } from '../pages/latent/live-data.js';
import { hatching } from './behind.js';
import { contextOf } from './elements.js';
import { COLORS, drawPoints, pixel, stampOf } from './raster.js';
import type { At } from './space.js';
import { colorOf, isDark } from './theme.js';

/** Width and height of a map in its own units: whatever its extent, its view is as wide and high as this at first. */
export const FRAME = { width: 5, height: 4 } as const;

/** From a place of a map to the units of its frame, y downwards. */
export const toFrame = ([x, y]: At, { left, right, bottom, top }: Extent): At => [
  ((x - left) / (right - left)) * FRAME.width,
  ((top - y) / (top - bottom)) * FRAME.height,
];

/** The same of many places, [points, 2]. */
export function framed(points: Float32Array, view: Extent): Float32Array {
  const places = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) places.set(toFrame([points[i]!, points[i + 1]!], view), i);
  return places;
}

/** Back again. */
export const unframed = ([x, y]: At, { left, right, bottom, top }: Extent): At => [
  left + (x / FRAME.width) * (right - left),
  top - (y / FRAME.height) * (top - bottom),
];

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
  readonly shows: Readonly<Record<'points' | 'plane' | 'gaps', boolean>>;
}

/** More points than this are drawn without smooth edges. */
const MANY = 25_000;
/** More than this have no light edge around them, which then would be all that is seen. */
const CROWDED = 4000;
/** Pixels kept around the canvas for points at its edge. */
const MARGIN = 24;

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

/** Where the frame's units lie on the canvases, in their pixels. */
interface Placed {
  readonly k: number;
  readonly unit: number;
  readonly x: number;
  readonly y: number;
  readonly density: number;
}

/** Where a decoded plane lies, as canvases take it: left, top, width and height. */
function planeBox({ view }: LiveMap, { left, right, bottom, top }: Extent, { unit, x, y }: Placed) {
  const [corner, end] = [toFrame([left, top], view), toFrame([right, bottom], view)];
  const [x0, y0] = [corner[0] * unit, corner[1] * unit];
  return [x + x0, y + y0, end[0] * unit - x0, end[1] * unit - y0] as const;
}

/** Hatches what a mask covers: the pattern stays with the map as it moves. */
function createHatching() {
  const canvas = document.createElement('canvas');
  const context = contextOf(canvas);
  let pattern: CanvasPattern | null = null;
  return {
    canvas,
    draw(mask: HTMLCanvasElement, box: ReturnType<typeof planeBox>, { x, y, density }: Placed): void {
      pattern ??= context.createPattern(hatching(density), 'repeat');
      context.globalCompositeOperation = 'copy';
      pattern?.setTransform(new DOMMatrix([1, 0, 0, 1, x, y]));
      if (pattern) context.fillStyle = pattern;
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.globalCompositeOperation = 'destination-in';
      context.imageSmoothingEnabled = true;
      context.drawImage(mask, ...box);
    },
    recolor(): void {
      pattern = null;
    },
  };
}

/** Points as pixels: those of a class seen alone over the others, which then are faint. */
function drawFront(
  image: ImageData,
  scene: Scene,
  { k, unit, x, y, density }: Placed,
  colors: ReturnType<typeof palette>,
): void {
  const { points, classes, labels, alone, shows } = scene;
  const pixels = new Uint32Array(image.data.buffer);
  pixels.fill(0);
  if (!shows.points) return;
  const projection = { scaleX: unit, moveX: x, scaleY: unit, moveY: y };
  const count = classes.length;
  const radius = radiusOf(count, k) * density;
  const only = alone !== undefined && labels ? { labels, label: alone } : undefined;
  const put = (layerColors: Uint32Array, size: number, others = false): void => {
    const layer = { points, classes, colors: layerColors, ...(only && { only: { ...only, others } }) };
    drawPoints(pixels, image.width, MARGIN, layer, projection, stampOf(size, count <= MANY));
  };
  if (only) put(colors.faint, radius * 0.8, true);
  if (count <= CROWDED) put(colors.halo, radius + density);
  put(colors.full, radius);
}

/** Two canvases, one over the other: what lies behind, and points. */
export function createLayers(behind: HTMLCanvasElement, above: HTMLCanvasElement) {
  const [back, front] = [contextOf(behind), contextOf(above)];
  const hatch = createHatching();
  let density = 1;
  let colors = palette();
  let image = new ImageData(1, 1);

  const drawBehind = ({ map, plane, mask, shows }: Scene, placed: Placed): void => {
    back.clearRect(0, 0, behind.width, behind.height);
    if (!map.decoded) return;
    const box = planeBox(map, map.decoded.extent, placed);
    if (plane && shows.plane) {
      back.globalAlpha = colors.behind;
      // Far in, the pixels of an output are what one wants to see.
      back.imageSmoothingEnabled = box[2] < 3 * plane.width;
      back.drawImage(plane, ...box);
      back.globalAlpha = 1;
    }
    if (!mask || !shows.gaps) return;
    hatch.draw(mask, box, placed);
    back.drawImage(hatch.canvas, 0, 0);
  };

  return {
    /** Takes the size of the frame; in pixels of the style sheet. */
    resize(cssWidth: number, cssHeight: number): void {
      density = Math.min(2, devicePixelRatio || 1);
      const pixels = (side: number): number => Math.max(1, Math.round(side * density));
      const [width, height] = [pixels(cssWidth), pixels(cssHeight)];
      for (const canvas of [behind, above, hatch.canvas]) [canvas.width, canvas.height] = [width, height];
      image = new ImageData(width + 2 * MARGIN, height + 2 * MARGIN);
      hatch.recolor();
    },
    draw(scene: Scene, { k, x, y }: Pick<Placed, 'k' | 'x' | 'y'>): void {
      const placed = { k, unit: (behind.width / FRAME.width) * k, x: x * density, y: y * density, density };
      drawBehind(scene, placed);
      drawFront(image, scene, placed, colors);
      front.putImageData(image, -MARGIN, -MARGIN);
    },
    /** Colours are looked up anew. */
    recolor(): void {
      colors = palette();
      hatch.recolor();
    },
  };
}
