// A training step of a convolutional network, built from the library's layers, its gradient and its optimizer: until
// specifications have convolutional bodies. Everything else of a training (shuffling, calls sized by time) is kept as
// the library's own training does it, so that the figures will stay comparable.
import { readFileSync } from 'node:fs';

const dist = (/** @type {string} */ file) => import(`../../dist/${file}`);

/**
 * @param {import('../networks.mjs').Layer[]} layers
 * @param {any} scope
 * @param {any} x  [batch, channels, rows, columns]
 */
async function network(layers, scope, x) {
  const { convolution, transposedConvolution, maxPool, upsampleNearest } = await dist('nn/convolution.js');
  const { dense } = await dist('nn/dense.js');
  const op = await dist('graph/ops/index.js');
  const build = {
    convolution,
    'transposed-convolution': transposedConvolution,
    'max-pool': (_scope, h, options) => maxPool(h, options),
    upsample: (_scope, h, { factor }) => upsampleNearest(h, factor),
    dense,
    flatten: (_scope, h) => op.Reshape(h, [h.shape[0], h.shape.slice(1).reduce((a, b) => a * b, 1)]),
    reshape: (_scope, h, { shape }) => op.Reshape(h, [h.shape[0], ...shape]),
  };
  return layers.reduce((h, { type, ...options }, i) => scope.within(`${i}`, (s) => build[type](s, h, options)), x);
}

/**
 * The program of one step and what it takes to start it.
 * @param {import('../networks.mjs').Task & { layers: import('../networks.mjs').Layer[] }} task
 */
export async function convolutionalStep(task) {
  const { variable } = await dist('graph/tensor.js');
  const op = await dist('graph/ops/index.js');
  const { grad } = await dist('graph/gradient.js');
  const { createScope } = await dist('nn/scope.js');
  const { meanBinaryCrossEntropy } = await dist('nn/losses.js');
  const { planLayout } = await dist('train/layout.js');
  const { lossSample, stateName } = await dist('train/step.js');
  const { encodeLoop } = await dist('onnx/encode.js');
  const { adam } = await dist('optim/adam.js');

  const optimizer = adam();
  const definitions = [];
  const ask = createScope((definition) => {
    definitions.push(definition);
    return variable(definition.name, definition.shape);
  });
  await network(task.layers, ask, variable('x', [1, 1, 28, 28]));
  const layout = planLayout(definitions);

  const data = variable('data', ['examples', 784], 'uint8');
  const indices = variable('indices', ['steps', task.batch], 'int32');
  const iteration = variable('iteration', [], 'int64');
  const names = Object.keys(optimizer.numbers(1, 1));
  const schedules = names.map((name) => variable(`schedule/${name}`, ['steps']));
  const x = op.DequantizeLinear(op.Gather(data, op.Gather(indices, iteration)), 1 / 255);
  const scope = createScope((definition) => layout.parameters.get(definition.name));
  const output = await network(task.layers, scope, op.Reshape(x, [task.batch, 1, 28, 28]));
  const logits = op.Reshape(output, [task.batch, 784]);
  const loss = meanBinaryCrossEntropy(logits, x, lossSample(task.batch));
  const gradients = grad(
    loss,
    layout.slots.map((slot) => slot.variable),
  );
  const numbers = Object.fromEntries(names.map((name, i) => [name, op.Gather(schedules[i], iteration)]));
  const carried = layout.slots.flatMap((slot, i) => {
    const states = Object.fromEntries(
      optimizer.state.map((state) => [state, variable(stateName(slot.name, state), slot.shape)]),
    );
    const next = optimizer.update(slot.variable, gradients[i], states, numbers, slot.decays);
    return [
      { state: slot.variable, next: next.parameter },
      ...optimizer.state.map((state) => ({ state: states[state], next: next.state[state] })),
    ];
  });
  const captured = [data, indices, ...schedules];
  const program = encodeLoop({ name: 'train', captured, carried, scanned: { loss }, iteration });
  return { program, definitions, layout, optimizer, stateName };
}

/**
 * Trains and yields once per epoch, as the library's own training does.
 * @param {import('../networks.mjs').Task & { layers: import('../networks.mjs').Layer[], device: string }} task
 */
export async function* trainConvolutional(task) {
  const { createRuntime } = await dist('runtime/node.js');
  const { createRandom } = await dist('random.js');
  const { program, definitions, layout, optimizer, stateName } = await convolutionalStep(task);
  const runtime = await createRuntime({
    device: task.device,
    ...(task.threads !== null && { threads: task.threads }),
  });
  const executable = await runtime.load(program);
  const pixels = new Uint8Array(readFileSync(task.data).subarray(16));
  const data = await runtime.upload({ type: 'uint8', shape: [pixels.length / 784, 784], values: pixels });
  const initial = definitions.map(({ name, shape, initializer }) => [
    name,
    initializer(shape, createRandom(task.seed, `initial/${name}`)),
  ]);
  const values = layout.pack(new Map(initial));
  let state = {};
  for (const { name, shape } of layout.slots) {
    const upload = (array) => runtime.upload({ type: 'float32', shape, values: array });
    state[name] = await upload(values.get(name));
    for (const moment of optimizer.state) {
      state[stateName(name, moment)] = await upload(new Float32Array(values.get(name).length));
    }
  }
  const keep = Object.keys(state).map((name) => `next/${name}`);
  const random = createRandom(task.seed, 'shuffle');
  const batches = Math.floor(task.examples / task.batch);
  let step = 0;
  for (let epoch = 0; epoch < task.epochs; epoch += 1) {
    const begin = performance.now();
    let total = 0;
    let size = 4;
    for (let done = 0; done < batches; ) {
      const count = Math.min(size, batches - done);
      const rows = new Int32Array(count * task.batch).map(() => random.integer(pixels.length / 784));
      const numbers = Array.from({ length: count }, (_, i) => optimizer.numbers(step + i + 1, task.learningRate));
      const schedules = Object.keys(numbers[0]).map((name) => [
        `schedule/${name}`,
        { type: 'float32', shape: [count], values: Float32Array.from(numbers, (number) => number[name]) },
      ]);
      const called = performance.now();
      const { fetched, kept } = await executable.run(
        {
          steps: { type: 'int64', shape: [], values: BigInt64Array.of(BigInt(count)) },
          data,
          indices: { type: 'int32', shape: [count, task.batch], values: rows },
          ...Object.fromEntries(schedules),
          ...state,
        },
        keep,
      );
      await runtime.free(Object.values(state));
      state = Object.fromEntries(Object.entries(kept).map(([name, value]) => [name.slice('next/'.length), value]));
      for (const loss of fetched.loss.values) total += loss;
      size = Math.max(1, Math.round((250 * count) / (performance.now() - called)));
      step += count;
      done += count;
    }
    const images = batches * task.batch;
    yield { images, seconds: (performance.now() - begin) / 1000, loss: total / batches };
  }
  await runtime.close();
}
