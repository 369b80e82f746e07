// What codes are worth to a classifier: on frozen codes, and as a start for fine-tuning.
import { meanJacobianNorm } from '../evaluation.mjs';
import { loadMnist, trainClassifier } from '../library.mjs';
import { flagsOf } from './keras-tutorial.mjs';
import { divergenceFlags } from './sparse.mjs';

/**
 * A classifier on a model's encoder, told about as it is trained.
 * @returns {Promise<{ error: number, seconds: number, command: string, epochs: number }>}
 */
async function classify(name, model, options, { threads, say }) {
  const { train, test } = await loadMnist();
  const command = `trainClassifier(${name}, ${JSON.stringify({ ...options, threads })})`;
  say(`running ${command}`);
  const { testError, history } = await trainClassifier({
    model,
    train,
    test,
    threads,
    ...options,
    onEvent: (event) => {
      if (event.type === 'epoch') say(`  epoch ${event.record.epoch}: test error ${event.record.testError}`);
    },
  });
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return { error: testError, seconds, command, epochs: history.length };
}

/** Sums what a row has run. */
function reportOf(trained, classifiers, figures) {
  return {
    commands: [...trained.map(({ command }) => command), ...classifiers.map(({ command }) => command)],
    parameters: trained[0].summary.parameters,
    epochs: trained[0].summary.epochs,
    seconds: [...trained.map(({ summary }) => summary), ...classifiers].reduce((sum, { seconds }) => sum + seconds, 0),
    figures,
  };
}

const frozen = { epochs: 20, batch: 256, learningRate: 2e-3, schedule: 'cosine', seed: 1 };
const fineTuned = { fineTune: true, epochs: 20, batch: 256, learningRate: 1e-3, schedule: 'cosine', seed: 1 };

const rifaiFlags =
  '--code 1000 --tied --code-activation sigmoid --epochs 10 --batch 128 --lr 1e-3 --schedule cosine --loss bce --seed 1';
/** In the order of the paper: the smallest error first. */
const rifaiKinds = [
  { key: 'contractive', label: 'contractive', published: 0.0114, flags: '--kind contractive --contractive 1.3e-4' },
  { key: 'denoising', label: 'denoising (normal noise)', published: 0.0118, flags: '--kind denoising --noise 0.3' },
  { key: 'decay', label: 'weight decay', published: 0.0168, flags: '--kind basic --l2 1e-6' },
  { key: 'plain', label: 'plain', published: 0.0178, flags: '--kind basic' },
];
const publishedNorms = { contractive: 0.73e-4, denoising: 0.86e-4, decay: 5e-4, plain: 17.5e-4 };

/** The kinds of the row, the smallest figure first. */
function inOrder(figures, what) {
  return rifaiKinds
    .toSorted((one, other) => figures[one.key + what] - figures[other.key + what])
    .map(({ label }) => label)
    .join(', ');
}

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  {
    name: 'codes-linear',
    kind: 'linear classifier on codes',
    network: 'the encoders of three other rows and a softmax layer',
    setup:
      'A softmax layer on the frozen codes of other rows, which never saw a label. No published figure is of these codes.',
    figures: {
      sparseError: { label: 'test error on codes of sparse-divergence (256 values)', percent: true, better: 'lower' },
      deepError: { label: 'test error on codes of keras-deep (32)', percent: true, better: 'lower' },
      simpleError: { label: 'test error on codes of keras-simple (32)', percent: true, better: 'lower' },
    },
    async run(context) {
      const deep = await context.command('keras-deep', flagsOf['keras-deep']);
      const simple = await context.command('keras-simple', flagsOf['keras-simple']);
      const sparse = await context.command('sparse-divergence', divergenceFlags);
      const onSparse = await classify('sparse-divergence', sparse.model, frozen, context);
      const onDeep = await classify('keras-deep', deep.model, frozen, context);
      const onSimple = await classify('keras-simple', simple.model, frozen, context);
      return reportOf([deep, simple, sparse], [onDeep, onSimple, onSparse], {
        sparseError: onSparse.error,
        deepError: onDeep.error,
        simpleError: onSimple.error,
      });
    },
  },
  {
    name: 'ufldl-stacked',
    kind: 'sparse, stacked',
    network: '784-200-200 and a softmax layer',
    setup:
      'Two sparse layers of 200 sigmoid units, each trained by itself (target 0.1), a softmax layer on their frozen codes, then all fine-tuned. Adam on batches instead of L-BFGS on all images.',
    source: 'ufldl',
    figures: {
      before: { label: 'test accuracy before fine-tuning', published: 0.877, percent: true, better: 'higher' },
      after: { label: 'test accuracy after fine-tuning', published: 0.976, percent: true, better: 'higher' },
    },
    async run(context) {
      const trained = await context.command(
        'ufldl-stacked',
        'mnist --kind sparse --encoder 200 --code 200 --activation sigmoid --sparsity 0.1 --pretraining autoencoder --pretraining-epochs 15 --epochs 1 --batch 256 --lr 1e-4 --loss bce --seed 1',
      );
      const before = await classify('ufldl-stacked', trained.model, frozen, context);
      const after = await classify('ufldl-stacked', trained.model, fineTuned, context);
      return reportOf([trained], [before, after], { before: 1 - before.error, after: 1 - after.error });
    },
  },
  {
    name: 'rifai-order',
    kind: 'contractive, denoising, basic',
    network: '784-1000-784, tied, sigmoid; then 784-1000-10',
    setup:
      'Four single layers of 1000 sigmoid units with tied weights, then the same fine-tuning for all: 10 epochs and 30, one seed, weights of the penalties not searched for on validation images as theirs were. Jacobian norms are before fine-tuning; theirs are in another unit, so only their order compares.',
    source: 'rifai',
    figures: Object.fromEntries([
      ...rifaiKinds.map(({ key, label, published }) => [
        `${key}Error`,
        { label: `test error after fine-tuning, ${label}`, published, percent: true, better: 'lower' },
      ]),
      ...rifaiKinds.map(({ key, label }) => [
        `${key}Norm`,
        { label: `mean ‖∂z/∂x‖_F, ${label}`, published: publishedNorms[key], unlike: true },
      ]),
    ]),
    remark: (figures) =>
      `From the smallest up, errors here: ${inOrder(figures, 'Error')}; norms: ${inOrder(figures, 'Norm')}. Theirs, both: ${rifaiKinds.map(({ label }) => label).join(', ')}. A tenth of a percent is ten images: neighbours in this order may change places with the seed.`,
    async run(context) {
      const { test } = await loadMnist();
      const [trained, classifiers, figures] = [[], [], {}];
      for (const { key, flags } of rifaiKinds) {
        const one = await context.command(`rifai-${key}`, `mnist ${flags} ${rifaiFlags}`);
        trained.push(one);
        const tuned = await classify(`rifai-${key}`, one.model, { ...fineTuned, epochs: 30 }, context);
        classifiers.push(tuned);
        figures[`${key}Error`] = tuned.error;
        figures[`${key}Norm`] = await meanJacobianNorm(one.model, test);
        figures[`${key}SquaredError`] = one.summary.testSquaredError;
      }
      return reportOf(trained, classifiers, figures);
    },
  },
  {
    name: 'stacked-denoising',
    kind: 'denoising, stacked',
    network: '784-1000-1000-1000 and a softmax layer',
    setup:
      'Three sigmoid layers of 1000 units, each trained by itself on images and codes with a fifth of the values masked (published: 10, 20 and 30 %), then all fine-tuned with a softmax layer. Reduced: 10 epochs a layer instead of 15, and 30 of fine-tuning instead of 36, by Adam on batches of 256 instead of single examples.',
    source: 'stackedDenoising',
    figures: { error: { label: 'test error after fine-tuning', published: 0.013, percent: true, better: 'lower' } },
    async run(context) {
      const trained = await context.command(
        'stacked-denoising',
        'mnist --kind denoising --encoder 1000,1000 --code 1000 --activation sigmoid --code-activation sigmoid --corruption masking --noise 0.2 --tied --pretraining autoencoder --pretraining-epochs 10 --epochs 1 --batch 256 --lr 1e-4 --loss bce --seed 1',
      );
      const tuned = await classify('stacked-denoising', trained.model, { ...fineTuned, epochs: 30 }, context);
      return reportOf([trained], [tuned], { error: tuned.error });
    },
  },
];
