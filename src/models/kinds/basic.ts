import { badInput } from '../../errors.js';
import { bodyOptions, defaultCodeWidth, type Kind } from '../kind.js';
import { completeOptions } from '../options.js';

/**
 * The undercomplete autoencoder: z = σ(W x + b), x′ = σ′(W′ z + b′), trained on the distance of x′ from x; with
 * `encoder` a deep one. What it learns is forced through a code narrower than the input.
 */
export const basic: Kind<typeof bodyOptions> = {
  name: 'basic',
  summary: 'undercomplete: a code narrower than the input; deep with --encoder 128,64',
  paper: 'Rumelhart, Hinton & Williams 1986; Goodfellow, Bengio & Courville 2016, section 14.1',
  options: bodyOptions,
  specify(input, options) {
    const { code, encoder, decoder, activation, codeActivation, loss, tied } = completeOptions(bodyOptions, options);
    const chosenLoss = loss ?? (input.bounded ? 'bce' : 'mse');
    if (chosenLoss === 'bce' && !input.bounded) {
      throw badInput('loss', 'expected values in 0 … 1 for bce', 'use --loss mse, or --scaling min-max');
    }
    if (tied && decoder && decoder.join() !== [...encoder].reverse().join()) {
      throw badInput('tied', 'expected a mirrored decoder for tied weights', 'leave out --decoder');
    }
    return {
      kind: 'basic',
      input: { shape: input.shape, scaling: input.scaling },
      corruption: { type: 'none' },
      body: { type: 'dense', encoder, decoder: decoder ?? 'mirrored', activation, tied },
      code: {
        type: 'plain',
        width: code ?? defaultCodeWidth(input),
        activation: codeActivation ?? (encoder.length === 0 ? activation : 'identity'),
      },
      penalties: [],
      loss: chosenLoss,
      output: input.bounded ? 'sigmoid' : 'identity',
    };
  },
};
