// Points as pixels: 100,000 of them in a few milliseconds, where paths on a canvas take a hundred.

/** A disc of pixels around a point. */
export type Stamp = ReturnType<typeof stampOf>;

/** A disc of this radius in pixels; without an edge, what is covered by half or more counts as whole. */
export function stampOf(radius: number, smooth: boolean) {
  const reach = Math.ceil(radius);
  const [whole, edge, cover]: [number[], number[], number[]] = [[], [], []];
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const part = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(x, y)));
      if (part >= 1 || (!smooth && part >= 0.5)) whole.push(y, x);
      else if (smooth && part > 0.05) {
        edge.push(y, x);
        cover.push(Math.round(255 * part));
      }
    }
  }
  return {
    /** Pixels that it covers whole, and those of its edge: rows and columns from the point, in turn. */
    ...{ whole: Int8Array.from(whole), edge: Int8Array.from(edge) },
    /** How much of each pixel of the edge it covers, 0 … 255. */
    cover: Uint8Array.from(cover),
    /** Farthest pixel from the point. */
    reach,
  };
}

/** From places of a map to pixels: x · scaleX + moveX and y · scaleY + moveY. */
export interface Projection {
  readonly scaleX: number;
  readonly moveX: number;
  readonly scaleY: number;
  readonly moveY: number;
}

export interface PointLayer {
  /** [points, 2] */
  readonly points: Float32Array;
  /** Of each point which of the colours it has. */
  readonly classes: Uint8Array;
  /** A pixel each, alpha in the highest byte. */
  readonly colors: Uint32Array;
  /** Points that are drawn: all, or only those (or all but those) of one class. */
  readonly only?: { readonly labels: Int16Array; readonly label: number; readonly others: boolean };
}

/** Classes have ten colours, then these begin again. */
export const COLORS = 10;

/** Of each point its place among the colours: those of unknown class come first, those without classes last. */
export function colorIndex(labels: ArrayLike<number> | undefined, points: number): Uint8Array {
  return Uint8Array.from({ length: points }, (_, i) => {
    const label = labels?.[i];
    if (label === undefined) return COLORS + 1;
    return label < 0 ? 0 : 1 + (label % COLORS);
  });
}

/** A colour, #rrggbb, as red, green and blue. */
export function rgbOf(color: string): readonly [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** A colour as ImageData has it in 32 bits. */
export const pixel = ([red, green, blue]: readonly [number, number, number], alpha = 255): number =>
  ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** Mixes a colour into a pixel by the part that it covers; straight alpha, as ImageData has it. */
function mixed(under: number, color: number, cover: number): number {
  const alpha = under >>> 24;
  const own = (cover * (color >>> 24)) / 255;
  if (alpha === 0) return ((color & 0xffffff) | (Math.round(own) << 24)) >>> 0;
  const all = own + (alpha * (255 - own)) / 255;
  const part = own / all;
  let result = Math.round(all) << 24;
  for (let shift = 0; shift < 24; shift += 8) {
    const [a, b] = [(under >>> shift) & 255, (color >>> shift) & 255];
    result |= Math.round(a + (b - a) * part) << shift;
  }
  return result >>> 0;
}

/**
 * Draws points into pixels, over what is there.
 *
 * @param pixels [height, width], with a margin all around that is at least as wide as the stamp's reach
 */
export function drawPoints(
  pixels: Uint32Array,
  width: number,
  margin: number,
  { points, classes, colors, only }: PointLayer,
  { scaleX, moveX, scaleY, moveY }: Projection,
  { whole, edge, cover, reach }: Stamp,
): void {
  const height = pixels.length / width;
  const [right, bottom] = [width - reach, height - reach];
  const stepsOf = (places: Int8Array) =>
    Int32Array.from({ length: places.length / 2 }, (_, i) => places[2 * i]! * width + places[2 * i + 1]!);
  const [steps, edgeSteps] = [stepsOf(whole), stepsOf(edge)];
  const [startX, startY] = [moveX + margin, moveY + margin];
  for (let i = 0; i < classes.length; i++) {
    const x = Math.round(points[2 * i]! * scaleX + startX);
    const y = Math.round(points[2 * i + 1]! * scaleY + startY);
    if (x < reach || y < reach || x >= right || y >= bottom) continue;
    if (only && (only.labels[i] === only.label) === only.others) continue;
    const at = y * width + x;
    const color = colors[classes[i]!]!;
    for (let s = 0; s < steps.length; s++) pixels[at + steps[s]!] = color;
    for (let s = 0; s < edgeSteps.length; s++) {
      const place = at + edgeSteps[s]!;
      if (pixels[place] !== color) pixels[place] = mixed(pixels[place]!, color, cover[s]!);
    }
  }
}
