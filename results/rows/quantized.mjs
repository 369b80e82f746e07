// The vector-quantised kind: how much of its codebook is used.
import { eachReconstruction, squaredError } from '../evaluation.mjs';
import { loadMnist } from '../library.mjs';

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  {
    name: 'vector-quantized',
    kind: 'vector-quantized',
    network: '784-256-32-256-784',
    setup:
      '8 vectors of 4 numbers an image, each one of a codebook of 512. Perplexity is exp of the entropy of how often entries are used on the test images: 512 would be all alike. No published figure is of this network.',
    figures: {
      perplexity: { label: 'perplexity of the codebook, of 512', better: 'higher' },
      usedEntries: { label: 'entries used, of 512', better: 'higher' },
      squaredError: { label: 'test squared error an image', better: 'lower' },
    },
    async run({ command }) {
      const trained = await command(
        'vector-quantized',
        'mnist --kind vector-quantized --encoder 256 --code 32 --vectors 8 --entries 512 --epochs 40 --batch 256 --lr 1e-3 --schedule cosine --loss bce --seed 1',
      );
      const { test } = await loadMnist();
      const { width, vectors } = trained.model.specification.code;
      const length = width / vectors;
      const counts = new Map();
      let error = 0;
      await eachReconstruction(trained.model, test, (original, rebuilt, code) => {
        for (let v = 0; v < vectors; v++) {
          const entry = code.subarray(v * length, (v + 1) * length).join();
          counts.set(entry, (counts.get(entry) ?? 0) + 1);
        }
        error += squaredError(original, rebuilt) / test.length;
      });
      const total = test.length * vectors;
      let entropy = 0;
      for (const count of counts.values()) entropy -= (count / total) * Math.log(count / total);
      const { parameters, epochs, seconds } = trained.summary;
      return {
        commands: [trained.command],
        parameters,
        epochs,
        seconds,
        figures: { perplexity: Math.exp(entropy), usedEntries: counts.size, squaredError: error },
      };
    },
  },
];
