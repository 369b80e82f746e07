// A program that holds one model opens one runtime: what measures or uses the model works on the model's own.
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { drawnCodes } from '../src/analysis/latent/codes.js';
import { jacobianOf } from '../src/analysis/latent/jacobian.js';
import { logLikelihood } from '../src/analysis/latent/likelihood.js';
import { linearComponents } from '../src/analysis/latent/linear.js';
import { arrayDataset, type Dataset } from '../src/data/dataset.js';
import { type Autoencoder, openAutoencoder } from '../src/models/autoencoder.js';
import type { Specification } from '../src/models/specification.js';
import { trainClassifier } from '../src/tasks/classify.js';
import { detector } from '../src/tasks/detect/detector.js';
import { inspect } from '../src/tasks/inspect/inspect.js';
import { repair } from '../src/tasks/inspect/repair.js';
import { readSubject } from '../src/tasks/inspect/subject.js';
import { fit } from '../src/train/fit.js';
import { saveModel } from '../src/train/model-file.js';
import { openings } from './shared-runtime.js';
import { inFolder, randomWeights, specification, table } from './tiny.js';

const data = table(60);
const binary = arrayDataset(
  Float32Array.from({ length: 120 }, (_, i) => (i % 5 < 2 ? 1 : 0)),
  { name: 'binary', shape: [6] },
);
const labelled: Dataset = {
  ...data,
  labels: { values: Int32Array.from({ length: 60 }, (_, i) => i % 2), names: ['even', 'odd'] },
};
const gaussian = { type: 'gaussian', width: 2, beta: 1, warmup: 0, freeBits: 0 } as const;
const subjectOf = ({ specification: { input } }: Autoencoder) => readSubject({ examples: data }, input.scaling);

interface Work {
  readonly does: string;
  readonly of?: Specification;
  readonly run: (model: Autoencoder) => Promise<unknown>;
}
const works: readonly Work[] = [
  { does: 'jacobianOf', run: (model) => jacobianOf(model, data) },
  { does: 'drawnCodes', run: (model) => drawnCodes(model, data) },
  {
    does: 'logLikelihood',
    of: specification({ code: gaussian, loss: 'bce', output: 'sigmoid' }),
    run: (model) => logLikelihood(model, binary, { samples: 4 }),
  },
  {
    does: 'linearComponents',
    of: specification({}, { encoder: [], activation: 'identity' }),
    run: (model) => linearComponents(model, data),
  },
  {
    does: 'trainClassifier',
    async run(model) {
      const classifier = await trainClassifier({ model, train: labelled, test: labelled, epochs: 1 });
      await classifier.predict(data);
    },
  },
  {
    does: 'detector',
    of: specification({ corruption: { type: 'gaussian', deviation: 1, clipped: false, span: 20 } }),
    async run(model) {
      const machine = await detector(model, data);
      expect(machine.calibration.references?.count).toBeGreaterThan(1);
      await machine.score(data);
    },
  },
  { does: 'inspect', run: async (model) => inspect(model, await subjectOf(model)) },
  {
    does: 'repair',
    run: async (model) => repair(model, data, await subjectOf(model), { components: 1 }),
  },
  { does: 'saveModel', run: (model) => inFolder((folder) => saveModel(join(folder, 'model.onnx'), model)) },
];

const opened: Autoencoder[] = [];
afterAll(async () => {
  for (const model of opened) await model.close();
});

it.each(works)('$does works on the runtime of an open autoencoder', async ({ of = specification(), run }) => {
  const model = openAutoencoder({ specification: of, weights: randomWeights(of) });
  opened.push(model);
  const before = openings.count;
  await run(model);
  await model.encode(data);
  expect(openings.count - before).toBe(1);
});

it('a closed autoencoder is measured like a model that is only data: on a runtime of the work alone', async () => {
  const plain = { specification: specification(), weights: randomWeights(specification()) };
  const model = openAutoencoder(plain);
  await model.close();
  expect(model.runtime()).toBeUndefined();
  const before = openings.count;
  const figures = await jacobianOf(model, data);
  expect(openings.count - before).toBe(1);
  expect(figures).toEqual(await jacobianOf(plain, data));
});

it('work that asks for another device opens a runtime of its own', async () => {
  const model = openAutoencoder({ specification: specification(), weights: randomWeights(specification()) });
  opened.push(model);
  await model.encode(data);
  const before = openings.count;
  await jacobianOf(model, data, { device: 'wasm' });
  await jacobianOf(model, data, { device: 'cpu' });
  expect(openings.count - before).toBe(1);
});

it('a training takes a runtime that is open', async () => {
  const model = openAutoencoder({ specification: specification(), weights: randomWeights(specification()) });
  opened.push(model);
  const runtime = await model.runtime();
  const before = openings.count;
  const { autoencoder } = await fit(data, { epochs: 1, ...(runtime && { opened: runtime }) });
  await autoencoder.encode(data);
  await autoencoder.close();
  expect(openings.count - before).toBe(0);
});
