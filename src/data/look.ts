/** How an example is drawn: as a picture of so many channels, or as a profile over its columns. */
export type Look =
  | { readonly kind: 'picture'; readonly width: number; readonly height: number; readonly channels: 1 | 3 }
  | { readonly kind: 'profile'; readonly width: number };

/** An example that is a picture. */
export type PictureLook = Extract<Look, { kind: 'picture' }>;

/**
 * How to draw examples of a shape: [h, w], [h, w, 1] and [h, w, 3] are pictures, everything else a profile; so are windows
 * of a series, whatever their shape.
 */
export function lookOf(shape: readonly number[], sequence = false): Look {
  const [height = 1, width = 1, channels = 1] = shape;
  const isPicture = (shape.length === 2 || shape.length === 3) && (channels === 1 || channels === 3);
  if (isPicture && !sequence && height > 1 && width > 1) return { kind: 'picture', width, height, channels };
  return { kind: 'profile', width: shape.reduce((product, side) => product * side, 1) };
}
