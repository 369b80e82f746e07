import { arrayDataset, fit } from 'gargalo';

const log = document.querySelector('#log')!;

// 2,000 examples of 16 values: waves that differ in phase only, so that two numbers tell them apart.
const waves = Float32Array.from({ length: 2000 * 16 }, (_, i) => Math.sin(Math.floor(i / 16) + (i % 16) / 3));

const { autoencoder } = await fit(arrayDataset(waves, { name: 'waves', shape: [16] }), {
  code: 2,
  epochs: 20,
  batch: 32,
  learningRate: 0.01,
  seed: 1,
  threads: 2,
  onEvent(event) {
    if (event.type !== 'epoch') return;
    const { epoch, testLoss } = event.record;
    log.append(`epoch ${epoch}: test loss ${testLoss.toFixed(4)}\n`);
  },
});

const wave = waves.slice(0, 16);
const codes = await autoencoder.encode(wave);
const decoded = await autoencoder.decode(codes);
await autoencoder.close();
log.append(`the first wave is kept as ${codes.length} numbers, and comes back as\n${decoded.join('\n')}`);
