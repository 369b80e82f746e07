// Gargalo itself, in Node ('cpu') or in WebAssembly ('wasm'), one number of threads: reads one JSON object as its only
// argument, writes JSON lines.

/**
 * @typedef {import('../networks.mjs').Task & { device: 'cpu' | 'wasm' }} GargaloTask
 * @typedef {{ images: number, seconds: number, loss: number }} Epoch
 */

/** @param {Record<string, unknown>} message */
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

/**
 * Trains and yields once per epoch, task.epochs times: how many images it saw, in how many seconds, at what mean loss
 * (per pixel). The clock is to run over training only, from the first step of an epoch to the end of its last.
 * `threads: null` means whatever Gargalo chooses by itself.
 *
 * TO FILL IN: written against a sketch of the library's interface, which was not there yet. Everything that depends on
 * that interface is inside this one function.
 * @param {GargaloTask} task
 * @returns {AsyncGenerator<Epoch>}
 */
async function* trainEpochs(task) {
  const gargalo = await import('../../dist/index.js');
  for (const name of ['createRuntime', 'loadMnist', 'fit']) {
    if (typeof gargalo[name] !== 'function') throw new Error(`dist/index.js: expected an export "${name}", got none`);
  }
  const runtime = await gargalo.createRuntime({ device: task.device, threads: task.threads ?? undefined });
  const data = await gargalo.loadMnist();
  const specification = {
    kind: 'basic',
    layers: task.encoder.slice(0, -1),
    code: task.encoder.at(-1),
    activation: 'relu',
    codeActivation: task.codeActivation,
    loss: 'bce',
  };
  const options = {
    runtime,
    optimizer: { name: 'adam', learningRate: task.learningRate },
    batch: task.batch,
    epochs: task.epochs,
    examples: task.examples,
    seed: task.seed,
  };
  const images = Math.floor(task.examples / task.batch) * task.batch;
  let begin = performance.now();
  for await (const event of gargalo.fit(specification, data, options)) {
    if (event.type === 'epoch-start') begin = performance.now();
    if (event.type === 'epoch') yield { images, seconds: (performance.now() - begin) / 1000, loss: event.loss };
  }
}

/** @type {GargaloTask} */
const task = JSON.parse(process.argv[2]);
let warmUp = true;
for await (const epoch of trainEpochs({ ...task, epochs: task.epochs + 1 })) {
  say({ type: 'epoch', warmUp, ...epoch });
  warmUp = false;
}
process.exit(0); // a worker that is still open must not keep a contestant alive while the next one runs
