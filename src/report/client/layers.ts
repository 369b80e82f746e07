import type { Extent } from '../kit/bounds.js';
import type { LiveMap } from '../pages/latent/live-data.js';
import { contextOf, part } from './elements.js';
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

/** How many times larger the map is than at first, and where the frame's corner went, in pixels. */
type Zoom = Readonly<Record<'k' | 'x' | 'y', number>>;

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
  };
}

/** Radius of a point in pixels of the style sheet: small where there are many, larger as one goes nearer. */
function radiusOf(count: number, k: number): number {
  const first = count > 50_000 ? 0.9 : count > 6000 ? 1.5 : count > 1500 ? 2.2 : count > 400 ? 2.8 : 3.4;
  return Math.min(first * k ** 0.35, Math.max(5, first));
}

/** Points as pixels: those of a class seen alone over the others, which then are faint. */
function drawFront(
  image: ImageData,
  scene: Scene,
  { k, x, y }: Zoom,
  density: number,
  colors: ReturnType<typeof palette>,
): void {
  const { points, classes, labels, alone, shows } = scene;
  const pixels = new Uint32Array(image.data.buffer);
  pixels.fill(0);
  if (!shows.points) return;
  const unit = ((image.width - 2 * MARGIN) / FRAME.width) * k;
  const projection = { scaleX: unit, moveX: x * density, scaleY: unit, moveY: y * density };
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

/** The layers of a frame: the decoded plane, gaps hatched over it, and points. */
export function createLayers(frame: HTMLElement) {
  const picture = part<HTMLElement>(frame, '.live-plane');
  const hatch = part<HTMLElement>(frame, '.live-hatch');
  const canvas = part<HTMLCanvasElement>(frame, 'canvas');
  const context = contextOf(canvas);
  let density = 1;
  let colors = palette();
  let image = new ImageData(1, 1);

  /** Puts the plane and the mask of the hatching, which keeps its own size, where they lie now. */
  const placeBehind = ({ map, plane, mask, shows }: Scene, { k, x, y }: Zoom): void => {
    picture.hidden = !plane || !shows.plane;
    hatch.hidden = !mask || !shows.gaps;
    if (!map.decoded) return;
    const { left, right, bottom, top } = map.decoded.extent;
    const [corner, end] = [toFrame([left, top], map.view), toFrame([right, bottom], map.view)];
    const unit = (frame.clientWidth / FRAME.width) * k;
    const place = `${x + corner[0] * unit}px ${y + corner[1] * unit}px`;
    const width = (end[0] - corner[0]) * unit;
    const size = `${width}px ${(end[1] - corner[1]) * unit}px`;
    // Far in, the pixels of an output are what one wants to see.
    const imageRendering = plane && width * density >= 3 * plane.width ? 'pixelated' : 'auto';
    Object.assign(picture.style, { backgroundPosition: place, backgroundSize: size, imageRendering });
    Object.assign(hatch.style, { maskPosition: place, maskSize: size, backgroundPosition: `${x}px ${y}px` });
  };

  return {
    /** Takes the size of the frame; in pixels of the style sheet. */
    resize(cssWidth: number, cssHeight: number): void {
      density = Math.min(2, devicePixelRatio || 1);
      const pixels = (side: number): number => Math.max(1, Math.round(side * density));
      [canvas.width, canvas.height] = [pixels(cssWidth), pixels(cssHeight)];
      image = new ImageData(canvas.width + 2 * MARGIN, canvas.height + 2 * MARGIN);
    },
    /** Takes what lies behind the points. */
    load({ plane, mask }: Pick<Scene, 'plane' | 'mask'>): void {
      picture.style.backgroundImage = plane ? `url(${plane.toDataURL()})` : 'none';
      hatch.style.maskImage = mask ? `url(${mask.toDataURL()})` : 'none';
    },
    draw(scene: Scene, zoom: Zoom): void {
      placeBehind(scene, zoom);
      drawFront(image, scene, zoom, density, colors);
      context.putImageData(image, -MARGIN, -MARGIN);
    },
    /** Colours are looked up anew. */
    recolor(): void {
      colors = palette();
    },
  };
}
