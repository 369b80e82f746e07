import { describe, expect, it } from 'vitest';
import { kindNamed } from '../models/kinds/index.js';
import { completeOptions } from '../models/options.js';
import { trainingOptions } from './options.js';
import { recipe } from './recipe.js';
import { recipeWords, sweepRecipeWords } from './recipe-words.js';

const data = {
  shape: [10],
  scaling: { method: 'standard', offset: [0], scale: [1] },
  bounded: false,
  examples: 1280,
} as const;

/** What is said of the recipe for some given options. */
function said(given: Readonly<Record<string, unknown>>, kind = 'basic'): string {
  const plan = recipe(data, kindNamed(kind), given);
  const values = Object.entries({ ...plan.values, ...given }).filter(([name]) => name in trainingOptions);
  return recipeWords(plan, completeOptions(trainingOptions, Object.fromEntries(values)));
}

describe('the line about a recipe', () => {
  it('names what was chosen, from the layers to the time', () => {
    const values = {
      ...{ encoder: [128], start: 'pca', loss: 'mse', output: 'identity' },
      ...{ epochs: 60, passes: 5, batch: 64, learningRate: 2e-3, schedule: 'cosine', warmup: 3 },
      ...{ optimizer: 'adamw', weightDecay: 0.32, best: true, patience: 20 },
    };
    const { encoder: _, start: _s, loss: _l, output: _o, ...ofTraining } = values;
    const options = completeOptions(trainingOptions, ofTraining);
    expect(recipeWords({ values, steps: 6000, seconds: 4.2 }, options).replaceAll('\u202f', ' ')).toBe(
      'recipe: hidden layers 128; starts at PCA; up to 6,000 steps of 64 (60 epochs of 5 passes), ' +
        'cosine from 0.002 after a warm-up of 3 epochs, adamw with weight decay 0.32; ' +
        'keeps the best weights, stops after 20 epochs without a better test loss; about 4 s ' +
        '(options override it; --recipe none: the fixed defaults)',
    );
  });

  it('names nothing that was given', () => {
    expect(said({})).toMatch(/hidden layers 128; starts at PCA; up to .* adamw with weight decay/);
    expect(said({ encoder: [3] })).not.toContain('hidden layers');
    expect(said({ start: 'random' })).not.toMatch(/start/);
    expect(said({ learningRate: 0.5 })).toMatch(/ cosine after a warm-up/);
    expect(said({ schedule: 'constant' })).toContain(', learning rate 0.002 after');
    expect(said({ optimizer: 'sgd' })).not.toMatch(/sgd|decay/);
    expect(said({ epochs: 3, passes: 1, batch: 8 })).not.toMatch(/steps|epochs without/);
  });

  it('says of a kind with settings of its own what these are', () => {
    expect(said({}, 'detecting')).toMatch(/^recipe: 2,000 steps of 64 \(100 epochs\), cosine from 0\.002; about /);
  });

  it('names an option that it has no sentence for by its flag', () => {
    const options = completeOptions(trainingOptions, {});
    expect(recipeWords({ values: { clipNorm: 2 }, steps: 1, seconds: 1 }, options)).toContain(
      'recipe: --clip-norm 2; about',
    );
  });

  it('is one for trainings side by side, with the time of all', () => {
    const cell = (code: number, values: Readonly<Record<string, unknown>>, seconds: number) => ({
      name: `basic-${code}`,
      recipe: { values, steps: 100, seconds },
      options: completeOptions(trainingOptions, { ...values, epochs: 10, batch: 8 }),
    });
    const same = [cell(2, { patience: 3 }, 10), cell(4, { patience: 3 }, 20)];
    expect(sweepRecipeWords(same, 2)).toMatch(/^recipe: stops after 3 epochs without .*; about 15 s in all \(/);
    const others = [cell(2, { patience: 3 }, 10), cell(4, { patience: 4 }, 20)];
    expect(sweepRecipeWords(others, 1)).toMatch(
      /^recipe: each training has its own; basic-2: stops after 3 .*; about 30 s in all \(/,
    );
    expect(sweepRecipeWords([{ ...cell(2, {}, 1), recipe: undefined }], 1)).toBeUndefined();
  });
});
