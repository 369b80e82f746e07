// Sparse codes wider than the input is deep: how well they keep their target, and what that costs.
import { eachReconstruction, squaredError } from '../evaluation.mjs';
import { loadMnist } from '../library.mjs';

/** Mean activity of each code unit, and how many values are active, over the test images. */
async function activity(model, test) {
  const { width } = model.specification.code;
  const sums = new Float64Array(width);
  let [active, error, fewest, most] = [0, 0, Infinity, 0];
  await eachReconstruction(model, test, (original, rebuilt, code) => {
    let nonZero = 0;
    for (let j = 0; j < width; j++) {
      sums[j] += code[j] / test.length;
      if (code[j] !== 0) nonZero++;
    }
    active += nonZero / width / test.length;
    fewest = Math.min(fewest, nonZero);
    most = Math.max(most, nonZero);
    error += squaredError(original, rebuilt) / test.length;
  });
  const mean = sums.reduce((sum, value) => sum + value, 0) / width;
  return { mean, unitMeans: sums, activeFraction: active, fewest, most, squaredError: error };
}

const flags = '--code 256 --epochs 30 --batch 256 --lr 1e-3 --loss bce --seed 1';

/** The training that another row goes on with. */
export const divergenceFlags = `mnist --kind sparse --sparsity 0.05 ${flags}`;

function reportOf(trained, figures) {
  const { parameters, epochs, seconds } = trained.summary;
  return { commands: [trained.command], parameters, epochs, seconds, figures };
}

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  {
    name: 'sparse-divergence',
    kind: 'sparse (KL)',
    network: '784-256-784',
    setup: 'A sigmoid code whose units are to be active 5 % on the mean (Ng 2011); the published figure is the target.',
    figures: {
      meanActivity: { label: 'mean activity of the code on test images', published: 0.05, percent: true },
      withinTarget: { label: 'units within 20 % of the target', percent: true, better: 'higher' },
      deadUnits: { label: 'dead units of 256', better: 'lower' },
      squaredError: { label: 'test squared error an image', better: 'lower' },
    },
    remark:
      'The penalty is weighed against the reconstruction, so the mean stays a little above the target; a larger --sparsity-weight brings it nearer.',
    async run({ command }) {
      const trained = await command('sparse-divergence', divergenceFlags);
      const { test } = await loadMnist();
      const { mean, unitMeans, squaredError: error } = await activity(trained.model, test);
      const within = unitMeans.filter((value) => Math.abs(value - 0.05) <= 0.01).length / unitMeans.length;
      return reportOf(trained, {
        meanActivity: mean,
        withinTarget: within,
        deadUnits: unitMeans.filter((value) => value < 1e-3).length,
        squaredError: error,
      });
    },
  },
  {
    name: 'sparse-top-k',
    kind: 'sparse (top-k)',
    network: '784-256-784',
    setup:
      'The 25 largest of 256 code values of each image are kept (Makhzani & Frey 2013); the published figure is the target, 25/256.',
    figures: {
      activeFraction: { label: 'code values that are not 0', published: 25 / 256, percent: true },
      deadUnits: { label: 'units never active on test images, of 256', better: 'lower' },
      squaredError: { label: 'test squared error an image', better: 'lower' },
    },
    remark:
      'Units that are seldom among the largest get no gradient and die, as Makhzani & Frey describe; their remedy, starting with more active values and lowering the number over the first epochs, is not built.',
    async run({ command }) {
      const trained = await command('sparse-top-k', `mnist --kind sparse --active 25 ${flags}`);
      const { test } = await loadMnist();
      const { activeFraction, unitMeans, fewest, most, squaredError: error } = await activity(trained.model, test);
      return reportOf(trained, {
        activeFraction,
        deadUnits: unitMeans.filter((value) => value === 0).length,
        squaredError: error,
        fewestActive: fewest,
        mostActive: most,
      });
    },
  },
];
