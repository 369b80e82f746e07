// What is measured: three dense networks and two convolutional ones, the same for every contestant, and the bars that Gargalo sets itself on each.

/**
 * @typedef {object} Network
 * @property {string} name
 * @property {string} summary  what a reader of the table sees
 * @property {Layer[]} [layers]  of a convolutional network, on images [batch, 1, 28, 28]; relu but where it says otherwise
 * @property {Record<string, unknown>} [settings]  the same network as options of Gargalo's kind "convolutional"
 * @property {number[]} encoder  widths of the encoder's layers, the code last; the decoder mirrors them
 * @property {'relu' | 'identity'} codeActivation  every other hidden layer is relu
 * @property {number} batch
 * @property {number} learningRate  of Adam
 * @property {number} epochs  measured epochs, all rounds together; small networks get more, since theirs are short and scatter more
 * @property {Record<ContestantFamily, number>} examples  images in one epoch. Fewer than all 60,000 only where a full epoch
 *   would take minutes; the rate does not depend on it, since batches are drawn from all 60,000 all the same
 */

/**
 * A layer; paddings are Keras' "same" where nothing else is said.
 * @typedef {{ type: 'convolution' | 'transposed-convolution', filters: number, kernel: number, strides?: number,
 *     activation: 'relu' | 'identity' }
 *   | { type: 'max-pool', size: number, padding: 'same' }
 *   | { type: 'upsample', factor: number }
 *   | { type: 'crop', side: number }
 *   | { type: 'dense', units: number, activation: 'relu' | 'identity' }
 *   | { type: 'flatten' }
 *   | { type: 'reshape', shape: number[] }} Layer
 */

/** @typedef {'gargalo' | 'wasm' | 'pytorch' | 'tfjs-wasm' | 'tfjs-cpu'} ContestantFamily */

/**
 * What a contestant is told, as the only argument of its process; whatever else its own kind needs comes on top.
 * @typedef {object} Task
 * @property {string} data  path of MNIST's training images, an IDX file
 * @property {number[]} widths  from input to output, e.g. [784, 32, 784]
 * @property {number} codeIndex  which of the widths is the code
 * @property {number[]} encoder
 * @property {'relu' | 'identity'} codeActivation
 * @property {Layer[]} [layers]  of a convolutional network; then widths mean nothing
 * @property {Record<string, unknown>} [settings]
 * @property {number} batch
 * @property {number} learningRate
 * @property {number} epochs  measured ones; one more goes before them, to warm up
 * @property {number} examples  images in one epoch; what does not fill a batch is left out
 * @property {number} seed
 * @property {number | null} threads  null where the contestant is to choose
 */

export const inputWidth = 784;

/** @type {(filters: number, more?: object) => Layer} */
const convolution = (filters, more = {}) =>
  /** @type {Layer} */ ({ type: 'convolution', filters, kernel: 3, activation: 'relu', ...more });
/** @type {(filters: number, strides: number) => Layer} */
const transposed = (filters, strides) => ({
  type: 'transposed-convolution',
  filters,
  kernel: 3,
  strides,
  activation: 'relu',
});
/** @type {Layer} */
const pool = { type: 'max-pool', size: 2, padding: 'same' };
/** @type {Layer} */
const upsample = { type: 'upsample', factor: 2 };

/** @type {Network[]} */
export const networks = [
  {
    name: 'n1',
    summary: '784-32-784, relu code',
    encoder: [32],
    codeActivation: 'relu',
    batch: 256,
    learningRate: 1e-3,
    epochs: 15,
    examples: { gargalo: 60_000, wasm: 60_000, pytorch: 60_000, 'tfjs-wasm': 10_240, 'tfjs-cpu': 2_560 },
  },
  {
    name: 'n2',
    summary: '784-128-64-32-64-128-784, relu',
    encoder: [128, 64, 32],
    codeActivation: 'relu',
    batch: 256,
    learningRate: 1e-3,
    epochs: 9,
    examples: { gargalo: 60_000, wasm: 60_000, pytorch: 60_000, 'tfjs-wasm': 5_120, 'tfjs-cpu': 1_024 },
  },
  {
    name: 'n3',
    summary: '784-1000-500-250-30-250-500-1000-784, relu, linear code',
    encoder: [1000, 500, 250, 30],
    codeActivation: 'identity',
    batch: 128,
    learningRate: 1e-3,
    epochs: 6,
    examples: { gargalo: 19_200, wasm: 12_800, pytorch: 19_200, 'tfjs-wasm': 640, 'tfjs-cpu': 256 },
  },
  {
    name: 'c1',
    // Its one convolution without padding is one with padding here, and the image is cut to 7 × 7 instead.
    summary: 'the convolutional autoencoder of the Keras blog (Chollet 2016): 16-8-8, pooling, 4×4×8 code',
    layers: [
      ...[convolution(16), pool, convolution(8), pool, convolution(8), pool],
      ...[convolution(8), upsample, { type: 'crop', side: 7 }, convolution(8), upsample, convolution(16), upsample],
      convolution(1, { activation: 'identity' }),
    ],
    settings: {
      filters: [16, 8, 8],
      downsampling: 'max-pool',
      upsampling: 'nearest',
      codeLayer: 'none',
    },
    encoder: [],
    codeActivation: 'relu',
    batch: 128,
    learningRate: 1e-3,
    epochs: 6,
    examples: { gargalo: 19_200, wasm: 6_400, pytorch: 19_200, 'tfjs-wasm': 0, 'tfjs-cpu': 0 },
  },
  {
    name: 'c2',
    summary: 'strided convolutions 32-64, dense code of 16, transposed convolutions 64-32',
    layers: [
      ...[convolution(32, { strides: 2 }), convolution(64, { strides: 2 })],
      ...[
        /** @type {Layer} */ ({ type: 'flatten' }),
        /** @type {Layer} */ ({ type: 'dense', units: 16, activation: 'identity' }),
      ],
      ...[/** @type {Layer} */ ({ type: 'dense', units: 7 * 7 * 64, activation: 'relu' })],
      /** @type {Layer} */ ({ type: 'reshape', shape: [64, 7, 7] }),
      ...[transposed(64, 2), transposed(32, 2), convolution(1, { activation: 'identity' })],
    ],
    settings: { filters: [32, 64], downsampling: 'stride', upsampling: 'transposed', code: 16 },
    encoder: [],
    codeActivation: 'identity',
    batch: 128,
    learningRate: 1e-3,
    epochs: 6,
    examples: { gargalo: 6_400, wasm: 2_560, pytorch: 6_400, 'tfjs-wasm': 0, 'tfjs-cpu': 0 },
  },
];

/**
 * @param {Network} network
 * @param {ContestantFamily} family
 * @returns {Omit<Task, 'data' | 'epochs' | 'seed' | 'threads'>}
 */
export function describeTask(network, family) {
  const { layers, settings, encoder, codeActivation, batch, learningRate } = network;
  const widths = [inputWidth, ...encoder, ...encoder.slice(0, -1).reverse(), inputWidth];
  const examples = network.examples[family];
  return {
    ...(layers && { layers, settings }),
    widths,
    codeIndex: encoder.length,
    encoder,
    codeActivation,
    batch,
    learningRate,
    examples,
  };
}
