import { defineKind } from '../kind.js';

/** Steps after which the combined score ranks examples about as well as after twice as many; its error alone gains from more. */
const STEPS = 2000;
const MOST_EPOCHS = 250;
/** Of examples that make fewer steps than those in so many epochs, batches are half as large. */
const [BATCH, SMALL_BATCH] = [64, 32];

/**
 * A denoising autoencoder wide enough to copy, which noise of many sizes keeps from doing so: wherever an example was moved to, near
 * or far, it is to be brought back. What the trained network rebuilds of a clean example is then the nearest that the
 * data have (Alain & Bengio 2014, "What regularized auto-encoders learn from the data-generating distribution"), and its error
 * the distance to that: an anomaly score, where the error of a narrow code is little more than that of PCA. On tables it is
 * one of four parts of the score; the others compare with training rows, which the calibration keeps.
 */
export const detectingKind = defineKind({
  name: 'detecting',
  summary:
    'for gargalo detect: brings back what noise of many sizes has moved, so that its error is the distance from the data; on tables its model keeps training rows to compare with too',
  formula: 'L(x, ψ(φ(x + s n))), n ~ N(0, I), log s uniform',
  paper: 'Vincent et al. 2008; Alain & Bengio 2014; noise of many sizes: Geras & Sutton 2015',
  defaults: { noiseSpan: 20, code: 32, encoder: [128, 128], activation: 'tanh', loss: 'mse' },
  training: {
    summary:
      '`--batch 64 --lr 0.002 --schedule cosine`, and as many epochs as make 2,000 steps (10 … 250); `--batch 32` for fewer than 512 examples',
    defaults: (examples, { batch }) => {
      const chosen = examples < (BATCH * STEPS) / MOST_EPOCHS ? SMALL_BATCH : BATCH;
      const steps = Math.ceil(examples / (typeof batch === 'number' ? batch : chosen));
      const epochs = Math.min(MOST_EPOCHS, Math.max(10, Math.ceil(STEPS / steps)));
      return { batch: chosen, learningRate: 2e-3, schedule: 'cosine', epochs };
    },
  },
});
