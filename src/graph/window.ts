/** Rows and columns. */
export type Pair = readonly [number, number];
/** Zeros around an image: top, left, bottom, right. */
export type Pads = readonly [number, number, number, number];
/** How a window moves over an image: in which steps, and over how many zeros around it. */
export type Window = { readonly strides: Pair; readonly pads: Pads };

/** Whether no place of a window lies wholly in the zeros around the image. */
export function padsWithin([top, left, bottom, right]: Pads, kernel: Pair): boolean {
  return Math.max(top, bottom) < kernel[0] && Math.max(left, right) < kernel[1];
}

/** The zeros around the other image when the two images of a convolution with strides of 1 change places. */
export function otherPads([top, left, bottom, right]: Pads, [rows, columns]: Pair): Pads {
  return [rows - 1 - top, columns - 1 - left, rows - 1 - bottom, columns - 1 - right];
}
