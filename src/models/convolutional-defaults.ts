import type { ConvolutionalBody } from './specification.js';

/** Side of a patch: patches of 8 learned less in the same time. */
const STEM = 4;
/** Filters of the patches, and of the convolution after them where there is one. */
const FILTERS = 64;
/** The most values that the encoder hands to the code's dense layer: each is a row of weights, which every step updates. */
const LARGEST_MAP = 6000;
/** Pictures with a shorter side are too small for patches. */
const SMALLEST_SIDE = 16;

/** What a convolutional body is like where nobody chose its filters. */
export type ConvolutionalDefaults = Pick<ConvolutionalBody, 'filters' | 'stem'>;

/** The convolutions of pictures that are too small for patches, and of codes that are feature maps. */
export const plainConvolutions: ConvolutionalDefaults = { filters: [16, 32] };

/**
 * The filters that learn most in a given time on pictures of a shape (docs/colour-pictures.md): patches of 4 × 4 pixels
 * with 64 filters, and convolutions that halve the map until the code's dense layer is affordable. Gray pictures and pictures
 * in colour differ in their first and last layer alone.
 *
 * @param shape [rows, columns] or [rows, columns, channels]
 */
export function convolutionalDefaults(shape: readonly number[]): ConvolutionalDefaults {
  const [rows = 1, columns = 1] = shape;
  if (Math.min(rows, columns) < SMALLEST_SIDE) return plainConvolutions;
  const filters = [FILTERS];
  let sides = [rows, columns].map((side) => Math.ceil(side / STEM));
  const size = (): number => sides.reduce((product, side) => product * side, FILTERS);
  while (size() > LARGEST_MAP && Math.min(...sides) > 1) {
    filters.push(FILTERS);
    sides = sides.map((side) => Math.ceil(side / 2));
  }
  return { stem: STEM, filters };
}

/** How a convolutional body is trained where nobody says so; the options of training by their names. */
export interface ConvolutionalTraining {
  readonly batch: number;
  readonly learningRate: number;
}

/**
 * Batch and learning rate that suit a convolutional body (docs/colour-pictures.md). Its step costs by the example, so
 * that small batches make more steps in the same time. Where training starts at PCA, the weights of the linear path are about
 * 1/√size: the learning rate that suits random weights undoes what they know.
 *
 * @param start where training starts: random weights, or a linear path at the principal components
 */
export function convolutionalTraining(start: 'random' | 'pca'): ConvolutionalTraining {
  return start === 'pca' ? { batch: 64, learningRate: 2e-3 } : { batch: 32, learningRate: 3e-3 };
}
