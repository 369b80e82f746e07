// What is measured: three networks, the same for every contestant, and the bars that Gargalo sets itself on each.

/**
 * @typedef {object} Network
 * @property {string} name
 * @property {string} summary  what a reader of the table sees
 * @property {number[]} encoder  widths of the encoder's layers, the code last; the decoder mirrors them
 * @property {'relu' | 'identity'} codeActivation  every other hidden layer is relu
 * @property {number} batch
 * @property {number} learningRate  of Adam
 * @property {number} epochs  measured epochs, all rounds together; small networks get more, since theirs are short and scatter more
 * @property {Record<ContestantFamily, number>} examples  images in one epoch. Fewer than all 60,000 only where a full epoch
 *   would take minutes; the rate does not depend on it, since batches are drawn from all 60,000 all the same
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
 * @property {number} batch
 * @property {number} learningRate
 * @property {number} epochs  measured ones; one more goes before them, to warm up
 * @property {number} examples  images in one epoch; what does not fill a batch is left out
 * @property {number} seed
 * @property {number | null} threads  null where the contestant is to choose
 */

export const inputWidth = 784;

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
];

/**
 * @param {Network} network
 * @param {ContestantFamily} family
 * @returns {Omit<Task, 'data' | 'epochs' | 'seed' | 'threads'>}
 */
export function describeTask(network, family) {
  const { encoder, codeActivation, batch, learningRate } = network;
  const widths = [inputWidth, ...encoder, ...encoder.slice(0, -1).reverse(), inputWidth];
  const examples = network.examples[family];
  return { widths, codeIndex: encoder.length, encoder, codeActivation, batch, learningRate, examples };
}
