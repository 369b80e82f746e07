import { itemAt } from '../../../core/collections.js';
import { badInput } from '../../../core/errors.js';
import * as op from '../../../graph/ops/index.js';
import { formatShape, sideOf, sidesOf, staticSide } from '../../../graph/shape.js';
import type { Tensor } from '../../../graph/tensor.js';
import { averagePool, convolution, maxPool, transposedConvolution, upsampleNearest } from '../../../nn/convolution.js';
import { dense } from '../../../nn/dense.js';
import type { Scope } from '../../../nn/scope.js';
import { type ConvolutionalBody, decoderUnits } from '../../specification.js';
import type { BodyBuilder } from './body.js';

/** Sides and channels of images, and of every map that the convolutions leave. */
interface Geometry {
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** Side of the patches of the first layer; 1 where there are none. */
  readonly stem: number;
  /** Filters of the convolutions that halve, in their order. */
  readonly halving: readonly number[];
  /** Filters of the decoder's convolutions that double, in their order. */
  readonly doubling: readonly number[];
  /** Rows and columns before the first halving, after it, …: one more than there are halvings. */
  readonly sides: readonly (readonly [number, number])[];
}

function geometryOf({ filters, stem = 1 }: ConvolutionalBody, shape: readonly number[]): Geometry {
  const [rows, columns, channels] = shape.length === 2 ? sidesOf([...shape, 1], 3) : sidesOf(shape, 3);
  const halving = stem > 1 ? filters.slice(1) : filters;
  const doubling = (stem > 1 ? filters.slice(0, -1) : filters).toReversed();
  const sides: [number, number][] = [[Math.ceil(rows / stem), Math.ceil(columns / stem)]];
  for (const _ of halving) {
    const [height, width] = itemAt(sides, -1);
    sides.push([Math.ceil(height / 2), Math.ceil(width / 2)]);
  }
  return { rows, columns, channels, stem, halving, doubling, sides };
}

/** Flat examples in the order rows, columns, channels, as they lie in files, to [batch, channels, rows, columns]. */
function toMap(flat: Tensor, [rows, columns]: readonly [number, number], channels: number): Tensor {
  const batch = sideOf(flat.shape, 0);
  if (channels === 1) return op.Reshape(flat, [batch, 1, rows, columns]);
  return op.Transpose(op.Reshape(flat, [batch, rows, columns, channels]), [0, 3, 1, 2]);
}

/** And back. */
function toFlat(map: Tensor): Tensor {
  const [batch, channels] = [sideOf(map.shape, 0), staticSide(map.shape, 1)];
  const [rows, columns] = op.imageSides('convolutional body', map);
  const last = channels === 1 ? map : op.Transpose(map, [0, 2, 3, 1]);
  return op.Reshape(last, [batch, rows * columns * channels]);
}

/**
 * Flat examples cut into patches: each patch is a pixel of a smaller map, and its values are channels,
 * [batch, stem · stem · channels, rows / stem, columns / stem]. Sides that the stem does not divide get zeros at the end.
 */
function toPatches(flat: Tensor, { rows, columns, channels, stem, sides }: Geometry): Tensor {
  const batch = sideOf(flat.shape, 0);
  const [height, width] = itemAt(sides, 0);
  const image = op.Reshape(flat, [batch, rows, columns, channels]);
  const padded = [height * stem - rows, width * stem - columns].reduce(
    (padding, after, i) => (after > 0 ? op.Pad(padding, i + 1, 0, after) : padding),
    image,
  );
  // rows of a patch stay whole: the columns and channels of a patch lie side by side already
  const cut = op.Reshape(padded, [batch, height, stem, width, stem * channels]);
  return op.Reshape(op.Transpose(cut, [0, 2, 4, 1, 3]), [batch, stem * stem * channels, height, width]);
}

/** And back. */
function fromPatches(map: Tensor, { rows, columns, channels, stem, sides }: Geometry): Tensor {
  const batch = sideOf(map.shape, 0);
  const [height, width] = itemAt(sides, 0);
  const cut = op.Transpose(op.Reshape(map, [batch, stem, stem * channels, height, width]), [0, 3, 1, 4, 2]);
  const padded = op.Reshape(cut, [batch, height * stem, width * stem, channels]);
  const image = [rows, columns].reduce(
    (whole, side, i) => (whole.shape[i + 1] === side ? whole : op.Slice(whole, i + 1, 0, side)),
    padded,
  );
  return op.Reshape(image, [batch, rows * columns * channels]);
}

/** Rows and columns at the end that are too many, left out. */
function cropped(map: Tensor, [rows, columns]: readonly [number, number]): Tensor {
  const narrow = map.shape[2] === rows ? map : op.Slice(map, 2, 0, rows);
  return map.shape[3] === columns ? narrow : op.Slice(narrow, 3, 0, columns);
}

function halved(body: ConvolutionalBody, scope: Scope, map: Tensor, filters: number): Tensor {
  const { kernel, activation, downsampling } = body;
  if (downsampling === 'stride') return convolution(scope, map, { filters, kernel, strides: 2, activation });
  const convolved = convolution(scope, map, { filters, kernel, activation });
  const pool = downsampling === 'max-pool' ? maxPool : averagePool;
  return pool(convolved, { size: 2, padding: 'same' });
}

function doubled(body: ConvolutionalBody, scope: Scope, map: Tensor, filters: number): Tensor {
  const { kernel, activation, upsampling } = body;
  if (upsampling === 'transposed')
    return transposedConvolution(scope, map, { filters, kernel, strides: 2, activation });
  return upsampleNearest(convolution(scope, map, { filters, kernel, activation }));
}

/** Builds hidden layers and keeps what they give. */
function keeper(scope: Scope, hidden: Record<string, Tensor>) {
  return (name: string, build: (layer: Scope) => Tensor): Tensor => {
    const made = scope.within(name, build);
    hidden[name] = made;
    return made;
  };
}

/**
 * Convolutions that halve the sides, then dense layers; the decoder is their mirror, with a last convolution to the
 * image's channels. Sides that are odd are halved upwards, and on the way back what is too much is cut off. With a stem
 * the layers next to the image work on whole patches: a convolution whose kernel is as large as its steps, which costs a
 * few products a pixel where overlapping kernels cost hundreds.
 */
export const convolutionalBody: BodyBuilder<ConvolutionalBody> = {
  encode(body, { input }, scope, x) {
    const geometry = geometryOf(body, input.shape);
    const { rows, columns, channels, stem, halving } = geometry;
    const { activation } = body;
    const hidden: Record<string, Tensor> = {};
    const keep = keeper(scope, hidden);
    const filters = itemAt(body.filters, 0);
    const first =
      stem > 1
        ? keep('encoder/stem', (layer) =>
            convolution(layer, toPatches(x, geometry), { filters, kernel: 1, activation }),
          )
        : toMap(x, [rows, columns], channels);
    const map = halving.reduce(
      (h, count, i) => keep(`encoder/convolution-${i}`, (layer) => halved(body, layer, h, count)),
      first,
    );
    const features = body.encoder.reduce(
      (h, units, i) => keep(`encoder/${i}`, (layer) => dense(layer, h, { units, activation })),
      toFlat(map),
    );
    return { features, hidden };
  },
  decode(body, { input }, scope, z) {
    const geometry = geometryOf(body, input.shape);
    const { channels, sides, stem, doubling } = geometry;
    const { activation, filters, kernel } = body;
    const smallest = itemAt(sides, -1);
    const deepest = itemAt(filters, -1);
    const units = body.codeLayer ? [...decoderUnits(body), smallest[0] * smallest[1] * deepest] : [];
    const hidden: Record<string, Tensor> = {};
    const keep = keeper(scope, hidden);
    const flat = units.reduce(
      (h, count, i) => keep(`decoder/${i}`, (layer) => dense(layer, h, { units: count, activation })),
      z,
    );
    const map = doubling.reduce(
      (h, count, i) => {
        const up = keep(`decoder/convolution-${i}`, (layer) => doubled(body, layer, h, count));
        return cropped(up, itemAt(sides, -2 - i));
      },
      toMap(flat, smallest, deepest),
    );
    const output = (count: number, side: number): Tensor =>
      scope.within('decoder/output', (layer) => convolution(layer, map, { filters: count, kernel: side }));
    const logits =
      stem > 1 ? fromPatches(output(stem * stem * channels, 1), geometry) : toFlat(output(channels, kernel));
    return { logits, hidden };
  },
  fit(body, { shape }) {
    const { filters, kernel, encoder, codeLayer } = body;
    if (shape.length > 3) {
      throw badInput('body', `expected images of shape [rows, columns] or with channels, got ${formatShape(shape)}`);
    }
    const { rows, columns, stem, sides } = geometryOf(body, shape);
    const shorter = Math.min(rows, columns);
    if (stem > shorter) {
      throw badInput('stem', `expected at most ${shorter}, the image's smaller side, got ${stem}`, 'leave it out');
    }
    const side = Math.min(...itemAt(sides, 0));
    const halvings = sides.length - 1;
    if (halvings > 0 && kernel > side) {
      const what = stem > 1 ? 'the smaller side of the map of patches' : "the image's smaller side";
      throw badInput(
        'kernel',
        `expected at most ${side}, ${what}, got ${kernel}`,
        `use \`kernel: ${side < 3 ? 1 : 3}\``,
      );
    }
    const most = Math.ceil(Math.log2(side)) + filters.length - halvings;
    if (filters.length > most) {
      throw badInput(
        'filters',
        `expected at most ${most} convolutions, each of which halves ${rows} × ${columns} pixels, got ${filters.length}`,
        'leave some out',
      );
    }
    if (codeLayer) return {};
    if (encoder.length > 0) {
      throw badInput('encoder', 'expected no dense layers where the last feature map is the code', 'leave it out');
    }
    const [height, width] = itemAt(sides, -1);
    return { codeWidth: height * width * itemAt(filters, -1), positions: height * width };
  },
};
