// TensorFlow.js, one backend and one number of threads: reads one JSON object as its only argument, writes JSON lines.
// Written with its core rather than its layers, which is the least it can do per step: the same operators, without the
// bookkeeping of model.fit.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';
import { loadImages } from './mnist.mjs';

/** @type {import('../networks.mjs').Task & { backend: 'wasm' | 'cpu' }} */
const task = JSON.parse(process.argv[2]);

/** @param {Record<string, unknown>} message */
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const require = createRequire(import.meta.url);
/** @type {typeof import('@tensorflow/tfjs')} */
const tf = require('@tensorflow/tfjs'); // the whole of it, since its core alone knows no gradients
tf.env().set('PROD', true); // no checks of every tensor for NaN, no advice on stdout

/**
 * TensorFlow.js keeps its threads to browsers, because it hands its workers their source as object URLs, which Node's
 * workers cannot open. Writing that source to a file instead, and giving back the file's path, is all that is missing.
 */
function allowThreadsInNode() {
  const folder = mkdtempSync(join(os.tmpdir(), 'bench-tensorflow-js-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  let files = 0;
  // The workers run the same source: they too meet the main script as such an object, and the names that the build for
  // Node has given to Node's modules are unknown there.
  const prologue = `URL.createObjectURL = (source) => source.path; URL.revokeObjectURL = () => {};
    var [require$$0, require$$1, require$$3, require$$4] = ['fs', 'path', 'perf_hooks', 'os'].map((name) => require(name));
    var commonjsGlobal = globalThis;
  `;
  globalThis.Blob = /** @type {any} */ (
    class {
      /** @param {string[]} parts */
      constructor(parts) {
        files += 1;
        this.path = join(folder, `script-${files}.cjs`);
        writeFileSync(this.path, prologue + parts.join(''));
      }
    }
  );
  URL.createObjectURL = (source) => /** @type {any} */ (source).path;
  // It takes no more threads than half the processors, meaning hyper-threads; here each thread asked for is a core.
  const processors = os.cpus();
  os.cpus = () => [...processors, ...processors];
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true);
}

/** @returns {Promise<number>}  the threads it really uses */
async function chooseBackend() {
  if (task.backend === 'cpu') {
    await tf.setBackend('cpu');
    return 1;
  }
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  if (task.threads > 1) allowThreadsInNode();
  wasm.setThreadsCount(task.threads);
  if (!(await tf.setBackend('wasm')))
    throw new Error('TensorFlow.js: expected its wasm backend to start, and it did not');
  return task.threads > 1 ? wasm.getThreadsCount() : 1;
}

const threads = await chooseBackend();
if (threads !== task.threads) throw new Error(`TensorFlow.js: expected ${task.threads} threads, got ${threads}`);

const { values, length, width } = loadImages(task.data);
const data = tf.tensor2d(values, [length, width]);

const layers = task.widths.slice(1).map((outputs, index) => {
  const inputs = task.widths[index];
  const spread = Math.sqrt(6 / (inputs + outputs)); // Glorot and Bengio 2010, the default of its layers
  return {
    weight: tf.variable(tf.randomUniform([inputs, outputs], -spread, spread, 'float32', task.seed + index)),
    bias: tf.variable(tf.zeros([outputs])),
    isLinear: index === task.widths.length - 2 || (index + 1 === task.codeIndex && task.codeActivation === 'identity'),
  };
});
const optimizer = tf.train.adam(task.learningRate);

/** @param {import('@tensorflow/tfjs').Tensor} batch */
function loss(batch) {
  let hidden = batch;
  for (const layer of layers) {
    const sum = tf.add(tf.matMul(hidden, layer.weight), layer.bias);
    hidden = layer.isLinear ? sum : tf.relu(sum);
  }
  return tf.losses.sigmoidCrossEntropy(batch, hidden); // the mean
}

/**
 * Trains on so many images, in whole batches.
 * @param {number} examples
 */
function run(examples) {
  const begin = performance.now();
  const permutation = new Int32Array(tf.util.createShuffledIndices(length));
  const batches = Math.floor(examples / task.batch);
  let total = tf.scalar(0);
  for (let index = 0; index < batches; index += 1) {
    const previous = total;
    total = tf.tidy(() => {
      const indices = tf.tensor1d(permutation.subarray(index * task.batch, (index + 1) * task.batch), 'int32');
      const batch = tf.gather(data, indices);
      const cost = optimizer.minimize(() => loss(batch), true);
      return tf.keep(previous.add(cost));
    });
    previous.dispose();
  }
  const mean = total.dataSync()[0] / batches;
  total.dispose();
  return { images: batches * task.batch, seconds: (performance.now() - begin) / 1000, loss: mean };
}

run(task.batch);
say({ type: 'ready', version: tf.version.tfjs, threads });
for (let epoch = 0; epoch <= task.epochs; epoch += 1)
  say({ type: 'epoch', warmUp: epoch === 0, ...run(task.examples) });
process.exit(0); // its workers would keep the process alive
