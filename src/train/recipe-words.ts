import { count, several, wholeDuration } from '../core/format.js';
import { flagName } from '../core/option-flags.js';

import type { CompleteTrainingOptions } from './options.js';
import type { Recipe } from './recipe.js';

type Chosen = Readonly<Record<string, unknown>>;

/** What the network is. */
function networkWords({ encoder, codeLayer, start, loss, output, ...rest }: Chosen): [words: string[], rest: Chosen] {
  // Loss and output follow from the start: they are named where they were chosen without it.
  const beside =
    start === 'pca' ? {} : { ...(loss !== undefined && { loss }), ...(output !== undefined && { output }) };
  const words = [
    ...(Array.isArray(encoder) ? [`hidden layers ${encoder.join(', ') || 'none'}`] : []),
    ...(codeLayer === undefined ? [] : [codeLayer === 'none' ? 'no code layer' : 'a code layer']),
    ...(start === undefined ? [] : [start === 'pca' ? 'starts at PCA' : 'starts at random weights']),
    ...(start === 'pca' && output === 'clipped' ? ['squared error of an output limited to 0 … 1'] : []),
  ];
  return [words, { ...beside, ...rest }];
}

/** How long and how fast it is trained. */
function stepWords(
  { epochs, passes, batch, learningRate, schedule, warmup, optimizer, weightDecay, ...rest }: Chosen,
  steps: number,
  options: CompleteTrainingOptions,
): [words: string[], rest: Chosen] {
  const each = options.passes > 1 ? ` of ${several(options.passes, 'pass', 'passes')}` : '';
  const length = `${count(steps)} steps of ${count(options.batch)} (${several(options.epochs, 'epoch')}${each})`;
  const isOpen = [epochs, passes, batch].some((value) => value !== undefined);
  const rate = learningRate === undefined ? undefined : String(learningRate);
  const rising =
    warmup === undefined || warmup === 0
      ? ''
      : ` after a warm-up of ${(warmup as number) < 1 ? 'a part of an epoch' : several(warmup as number, 'epoch')}`;
  const course = schedule === 'cosine' ? `cosine${rate ? ` from ${rate}` : ''}` : rate && `learning rate ${rate}`;
  const decay = weightDecay === undefined ? undefined : `weight decay ${String(weightDecay)}`;
  const words = [
    ...(isOpen ? [`${options.patience === undefined ? '' : 'up to '}${length}`] : []),
    ...(course ? [`${course}${rising}`] : rising ? [rising.trim()] : []),
    ...(optimizer === undefined
      ? decay === undefined
        ? []
        : [decay]
      : [`${optimizer}${decay ? ` with ${decay}` : ''}`]),
  ];
  return [words, rest];
}

/** What is kept, and when it ends. */
function endWords({ best, patience, ...rest }: Chosen): [words: string[], rest: Chosen] {
  const words = [
    ...(best === true ? ['keeps the best weights'] : []),
    ...(patience === undefined
      ? []
      : [`stops after ${several(patience as number, 'epoch')} without a better test loss`]),
  ];
  return [words, rest];
}

/** What a recipe chose, without the time that it takes. */
function chosenWords({ values, steps }: Recipe, options: CompleteTrainingOptions): string {
  const [network, others] = networkWords(values);
  const [training, more] = stepWords(others, steps, options);
  const [end, rest] = endWords(more);
  const named = Object.entries(rest).map(([name, value]) => `--${flagName(name)} ${String(value)}`);
  const parts = [network.join('; '), training.join(', '), end.join(', '), named.join(' ')];
  return parts.filter((part) => part !== '').join('; ');
}

/** The whole line. */
const sentence = (chosen: string, seconds: number, what = ''): string =>
  `recipe: ${chosen === '' ? '' : `${chosen}; `}about ${wholeDuration(Math.max(1, seconds))}${what} (options override it; --recipe none: the fixed defaults)`;

/**
 * What a recipe chose, in one line: nothing of what was given.
 *
 * @param options all options of that training, chosen or given
 */
export function recipeWords(recipe: Recipe, options: CompleteTrainingOptions): string {
  return sentence(chosenWords(recipe, options), recipe.seconds);
}

/**
 * The same for trainings side by side, in one line for all.
 *
 * @param jobs trainings at the same time
 * @returns undefined where nothing was chosen for any
 */
export function sweepRecipeWords(
  cells: readonly {
    readonly name: string;
    readonly recipe?: Recipe | undefined;
    readonly options: CompleteTrainingOptions;
  }[],
  jobs: number,
): string | undefined {
  const chosen = cells.flatMap(({ name, recipe, options }) =>
    recipe ? [{ name, words: chosenWords(recipe, options), seconds: recipe.seconds }] : [],
  );
  const first = chosen[0];
  if (!first) return undefined;
  const isSame = chosen.every(({ words }) => words === first.words);
  const seconds = chosen.reduce((sum, cell) => sum + cell.seconds, 0) / jobs;
  return sentence(
    isSame ? first.words : `each training has its own; ${first.name}: ${first.words}`,
    seconds,
    ' in all',
  );
}
