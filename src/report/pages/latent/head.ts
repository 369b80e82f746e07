import { leaderOf } from '../../../analysis/latent/compare.js';
import { headline, type Metric, squaredError, written } from '../../../analysis/latent/metrics.js';
import { count, figure, listed, several } from '../../../core/format.js';
import type { Head, Tile } from '../../kit/page.js';
import { commandBlock } from '../../kit/parts.js';
import type { InspectedRun, LatentReportInput, Verdict } from './input.js';
import { firstFigures, leadersWords, widthGroups } from './spaces.js';

/** The weakness that counts most, where any does. */
function worstOf({ verdicts }: InspectedRun): Verdict | undefined {
  return verdicts.filter(({ severity }) => severity > 0).toSorted((a, b) => b.severity - a.severity)[0];
}

/** The worst of a run in one sentence; of several the weakness that most of them have, and who has least of it. */
function verdictOf(input: LatentReportInput): Head['verdict'] {
  const { runs } = input;
  const figures = firstFigures(input);
  const worst = runs.flatMap((run) => worstOf(run) ?? []);
  const [first] = worst;
  if (!first) return { words: 'None of the three weaknesses shows.', outcome: 'better' };
  if (runs.length === 1) {
    return { words: `Its worst weakness is ${first.weakness}. ${first.sentence}`, outcome: first.beside };
  }
  const tally = (weakness: Verdict['weakness']) => worst.filter((other) => other.weakness === weakness).length;
  const most = worst.reduce((a, b) => (tally(b.weakness) > tally(a.weakness) ? b : a)).weakness;
  const all = runs.length === 2 ? 'both' : `all ${count(runs.length)}`;
  const share = tally(most) === runs.length ? all : `${count(tally(most))} of ${count(runs.length)}`;
  const groups = widthGroups(input);
  const metric = headline[most](figures);
  const who = leadersWords(metric, groups);
  return {
    words: `The worst weakness of ${share} runs is ${most}.${who && ` Best by “${metric.name}”: ${who}.`}`,
    outcome: 'same',
  };
}

function runTiles({ figures, pca }: InspectedRun): Tile[] {
  const tileOf = (metric: Metric, name: string): Tile => {
    const [ours, linear] = [metric.of(figures), metric.of(pca)];
    return [name, written(metric, ours?.value), `PCA ${written(metric, linear?.value)}`];
  };
  return [
    ['Code width', count(figures.width), `${several(figures.shape.activeUnits, 'unit')} active`],
    tileOf(squaredError, 'Squared error'),
    tileOf(headline.gaps(), 'On lines, in gaps'),
    tileOf(headline.separability(figures), figures.separability.labelled ? 'Neighbours agree' : 'Clusters apart'),
    tileOf(headline.discreteness(), 'Largest jump'),
    [
      'Dimensions filled',
      figure(figures.shape.intrinsicDimension.value),
      `PCA ${figure(pca.shape.intrinsicDimension.value)}`,
    ],
  ];
}

function comparisonTiles(input: LatentReportInput): (Tile | undefined)[] {
  const { runs } = input;
  const widths = widthGroups(input).map(({ width }) => count(width));
  const examples = Math.max(...runs.map(({ figures }) => figures.examples));
  const best = (metric: Metric, name: string): Tile | undefined => {
    const leader = leaderOf(metric, runs);
    return leader && [name, written(metric, leader.value), leader.best.name];
  };
  const isLabelled = runs.some(({ figures }) => figures.separability.labelled);
  return [
    ['Runs', count(runs.length), `code width ${listed(widths)}, beside PCA`],
    ['Examples', count(examples), 'behind the figures'],
    best(headline.gaps(), 'Fewest gaps on lines'),
    best(headline.separability(firstFigures(input)), isLabelled ? 'Neighbours agree most' : 'Clusters most apart'),
    best(headline.discreteness(), 'Smallest jump'),
    best(squaredError, 'Least squared error'),
  ];
}

/** The top of the page. */
export function latentHead(input: LatentReportInput): Head {
  const { data, runs, command, warnings } = input;
  const [first, ...others] = runs;
  const isAlone = first && others.length === 0;
  return {
    about: [
      isAlone ? `latent space of a ${first.kind} autoencoder` : `latent spaces of ${several(runs.length, 'run')}`,
      data,
    ],
    verdict: verdictOf(input),
    tiles: isAlone ? runTiles(first) : comparisonTiles(input),
    warnings,
    after: commandBlock(command),
  };
}
