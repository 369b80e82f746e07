import type { KindName } from '../models/kinds/index.js';
import type { FitOptions } from './fit.js';

/** Options for `fit` that name a kind: `fit(data, denoising({ noise: 0.5, epochs: 20 }))`. */
const named =
  <const Name extends KindName>(kind: Name) =>
  (options: Omit<FitOptions, 'kind'> = {}): FitOptions & { readonly kind: Name } => ({ ...options, kind });

/**
 * The undercomplete autoencoder: z = σ(W x + b), x′ = σ′(W′ z + b′), trained on the distance of x′ from x. What it learns is
 * forced through a code narrower than the input.
 */
export const basic = named('basic');

/**
 * The linear autoencoder: its optimum spans the principal subspace of the data (Bourlard & Kamp 1988; Baldi & Hornik 1989).
 */
export const linear = named('linear');

/**
 * Several layers each side, trained end to end, or layer by layer first: as autoencoders (Bengio et al. 2007) or as
 * restricted Boltzmann machines (Hinton & Salakhutdinov 2006), then fine-tuned as a whole.
 */
export const deep = named('deep');

/**
 * The encoder sees a corrupted example x̃ ~ C(x̃ | x), the loss compares with the clean one (Vincent et al. 2008, 2010).
 */
export const denoising = named('denoising');

/**
 * A denoising autoencoder wide enough to copy, which noise of many sizes keeps from doing so: wherever an example was moved to, near
 * or far, it is to be brought back. What the trained network rebuilds of a clean example is then the nearest that the
 * data have (Alain & Bengio 2014, "What regularized auto-encoders learn from the data-generating distribution"), and its error
 * the distance to that: an anomaly score, where the error of a narrow code is little more than that of PCA. On tables it is
 * one of four parts of the score; the others compare with training rows, which the calibration keeps.
 */
export const detecting = named('detecting');

/**
 * Few code values are active at a time: by a divergence of their mean activity from a target (the default; Ng 2011), by an L1
 * penalty (`l1`), or by keeping the k largest (`active`; Makhzani & Frey 2013). The code may be wider than the input.
 */
export const sparse = named('sparse');

/**
 * A penalty on the squared Frobenius norm of the code's Jacobian keeps codes from changing where the input hardly does
 * (Rifai et al. 2011, "Contractive Auto-Encoders: Explicit Invariance During Feature Extraction").
 */
export const contractive = named('contractive');

/**
 * Convolutions that halve the image's sides and a dense code; the decoder doubles them back (Masci et al. 2011, "Stacked
 * Convolutional Auto-Encoders"). Without a code layer the last feature map is the code. Where no filters are given, larger
 * pictures are read and written in patches.
 */
export const convolutional = named('convolutional');

/**
 * Sequence to sequence: the last state of an LSTM or GRU is the code, which the decoder gets at every step (Srivastava,
 * Mansimov & Salakhutdinov 2015, without their reversed order).
 */
export const recurrent = named('recurrent');

/**
 * The code is a normal distribution kept near N(0, I), so that new examples can be drawn (Kingma & Welling 2014); `beta`
 * weights the divergence (Higgins et al. 2017). With bce and β = 1 the loss bounds −log p(x) of binary data.
 */
export const variational = named('variational');

/**
 * Each part of the code is the nearest of K learned vectors; the gradient passes straight through, the entries follow by
 * running means, entries that die are restarted (van den Oord, Vinyals & Kavukcuoglu 2017).
 */
export const vectorQuantized = named('vector-quantized');

/**
 * A discriminator learns to tell codes from draws of N(0, I), the encoder learns to be taken for it (Makhzani et al. 2015,
 * "Adversarial Autoencoders"), so that new examples can be drawn.
 */
export const adversarial = named('adversarial');
