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
 * @param {GargaloTask} task
 * @returns {AsyncGenerator<Epoch>}
 */
async function* trainEpochs(task) {
  const { prepare, sliceDataset, train } = await import('../../dist/index.js');
  const { readIdx } = await import('../../dist/node.js');
  const mnist = await readIdx(task.data);
  const images = Math.floor(task.examples / task.batch) * task.batch;
  const prepared = await prepare(
    { train: sliceDataset(mnist, 0, images), test: sliceDataset(mnist, 0, task.batch) },
    {
      kind: task.settings ? 'convolutional' : 'basic',
      values: {
        ...(task.settings ?? {
          encoder: task.encoder.slice(0, -1),
          code: task.encoder.at(-1),
          codeActivation: task.codeActivation,
        }),
        recipe: 'none',
        batch: task.batch,
        epochs: task.epochs,
        learningRate: task.learningRate,
        seed: task.seed,
      },
    },
  );
  const runtime = { device: task.device, ...(task.threads !== null && { threads: task.threads }) };
  for await (const event of train(prepared, { runtime })) {
    if (event.type !== 'epoch') continue;
    const { examplesPerSecond, trainLoss } = event.record;
    yield { images, seconds: images / examplesPerSecond, loss: trainLoss };
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
