// A look into a latent space: how it is weak, with intervals and beside PCA, and what a density fitted afterwards mends.
import { basic, fit, sliceDataset } from 'gargalo';
import { inspect, readSubject, repair } from 'gargalo/latent';
import { loadMnist } from 'gargalo/node';

const { train, test } = await loadMnist();
const { autoencoder } = await fit(
  sliceDataset(train, 0, 6000),
  basic({ encoder: [128], code: 4, epochs: 4, validation: test, seed: 1, threads: 1 }),
);
await autoencoder.close();

const { scaling } = autoencoder.specification.input;
const subject = await readSubject(
  { examples: sliceDataset(test, 0, 600), train: sliceDataset(train, 0, 2000) },
  scaling,
);
const { figures, pca, verdicts, maps } = await inspect(autoencoder, subject);
const { value, interval } = figures.gaps.lines.gaps;
console.log('gaps on lines', value, 'between', ...interval, 'and with PCA', pca.gaps.lines.gaps.value);
console.log('neighbours of the same digit', figures.separability.labelled?.neighbours.value);
for (const { weakness, sentence } of verdicts) console.log(weakness, sentence);
for (const { method, preservation } of maps) console.log('map', method, preservation.trustworthiness.value);

const { drawn } = await repair(autoencoder, sliceDataset(train, 0, 2000), subject, { components: 8 });
for (const { name, figures: quality } of drawn) console.log('drawn from', name, 'in gaps', quality.gaps.value);
