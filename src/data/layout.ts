import { badInput } from '../core/errors.js';
import { arrayDataset, type Dataset, type ExampleForm, exampleSize } from './dataset.js';
import { isLarge } from './large.js';

/** The order of the axes of an array of images: channels first, as PyTorch has them, or last. */
export type ArrayLayout = 'nchw' | 'nhwc';

/** Channels that images have: gray, red-green-blue, and those with transparency. */
const CHANNELS = [1, 3, 4];

/** Whether the shape of an example is that of an image with its channels first, and of none with its channels last. */
export function looksChannelsFirst([channels = 0, height = 0, width = 0, ...more]: readonly number[]): boolean {
  if (more.length > 0 || !CHANNELS.includes(channels)) return false;
  return height > channels && width > channels && !CHANNELS.includes(width);
}

/** Examples [channels, height, width] as [height, width, channels], or [height, width] of a single channel. */
function transposed(dataset: Dataset): Dataset {
  const [channels = 1, height = 1, width = 1] = dataset.shape;
  const shape = channels === 1 ? [height, width] : [height, width, channels];
  const pixels = height * width;
  return {
    ...dataset,
    shape,
    notes: [...(dataset.notes ?? []), `channels first: [${dataset.shape.join(', ')}] read as [${shape.join(', ')}]`],
    async block(start, end) {
      const values = await dataset.block(start, end);
      const result = values.slice();
      for (let first = 0; first < values.length; first += pixels * channels) {
        for (let c = 0; c < channels; c++) {
          for (let i = 0; i < pixels; i++) result[first + i * channels + c] = values[first + c * pixels + i]!;
        }
      }
      return result;
    },
  };
}

/** How an array is to be read. */
export interface LayoutOptions {
  readonly layout?: ArrayLayout | undefined;
  /** What a model takes. */
  readonly like?: Pick<ExampleForm, 'shape'> | undefined;
}

/**
 * The examples of an array in the order of axes that a person names. What looks like channels first is not read unless somebody
 * says what it is, or a model takes it as it stands.
 *
 * @param where what a person calls the array, in errors
 * @throws GargaloError `bad-input` with the layouts that there are; where 'nchw' is asked for of other examples than images
 */
export async function inLayout(dataset: Dataset, where: string, { layout, like }: LayoutOptions): Promise<Dataset> {
  const { shape } = dataset;
  if (layout === 'nhwc') return dataset;
  if (layout === undefined) {
    const taken =
      like && (like.shape.join() === shape.join() || (shape[0] === 1 && exampleSize(like) === exampleSize(dataset)));
    if (taken || !looksChannelsFirst(shape)) return dataset;
    const got = `[n, ${shape.join(', ')}], which looks like channels first`;
    const mend = '`layout: "nchw"` transposes it, `layout: "nhwc"` takes it as it stands';
    throw badInput(where, `expected images of shape [n, height, width, channels], got ${got}`, mend);
  }
  if (shape.length !== 3) {
    const problem = `expected an array of shape [n, channels, height, width] for \`layout: "nchw"\`, got [n, ${shape.join(', ')}]`;
    throw badInput(where, problem, 'leave `layout` out');
  }
  const view = transposed(dataset);
  if (isLarge(view)) return view;
  const { block, type: _, length, ...form } = view;
  return arrayDataset(await block(0, length), form);
}
