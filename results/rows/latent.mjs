// The latent spaces of four kinds and PCA side by side: gaps, separability, discreteness.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { latentMetrics } from '../../dist/analysis/metrics.js';
import { root } from '../training.mjs';

const kinds = ['basic', 'denoising', 'contractive', 'variational'];
const seeds = [1, 2, 3];

/** What is taken out of each latent space: its key in the outcome of a row, what it is called among the metrics, and how it is written. */
const metrics = [
  { key: 'error', metric: 'error', digits: 2 },
  { key: 'lines', metric: 'lines.gaps', percent: true },
  { key: 'region', metric: 'region.gaps', percent: true },
  { key: 'neighbours', metric: 'neighbours', percent: true },
  { key: 'probe', metric: 'probe', percent: true },
  { key: 'silhouette', metric: 'silhouette', digits: 3 },
  { key: 'jump', metric: 'jump', digits: 2 },
  { key: 'components', metric: 'components', digits: 0 },
  { key: 'dimension', metric: 'dimension', digits: 2 },
  { key: 'rank', metric: 'rank', digits: 2 },
  { key: 'trust', metric: 'trustworthiness', digits: 3 },
].map(({ metric, ...how }) => ({ ...how, name: latentMetrics[metric].name, of: latentMetrics[metric].of }));

const written = ({ percent, digits = 1 }, value) => (percent ? (100 * value).toFixed(digits) : value.toFixed(digits));

/** "6.3 (5.0 – 7.5); seeds 5.9 – 6.8" */
function cell(figures, metric, space) {
  const at = (seed, what) => figures[`${space}/${metric.key}/${seed}/${what}`];
  const [value, low, high] = ['value', 'low', 'high'].map((what) => written(metric, at(1, what)));
  const all = seeds.map((seed) => at(seed, 'value')).filter((one) => one !== undefined);
  const ends = [Math.min(...all), Math.max(...all)].map((one) => written(metric, one));
  return `${value} (${low} – ${high})${all.length > 1 ? `; ${ends.join(' – ')}` : ''}`;
}

/** Whether the variational kind's gaps are fewer than the basic kind's outside of the intervals, seed by seed. */
function gapWords(figures, metric) {
  const apart = seeds.filter((seed) => {
    const end = (space, what) => figures[`${space}/${metric.key}/${seed}/${what}`];
    return end('variational', 'high') < end('basic', 'low');
  });
  return `“${metric.name}” is below the basic kind's outside of the intervals at ${apart.length} of ${seeds.length} seeds`;
}

function remark(figures) {
  const spaces = [...kinds, 'pca'];
  const [lines, region] = metrics.filter(({ key }) => key === 'lines' || key === 'region');
  return [
    `The variational kind: ${gapWords(figures, lines)}; ${gapWords(figures, region)}.`,
    '',
    'Of seed 1 with its 95 % interval over the test images, then the least and the most of three trainings that differ in their seed.',
    '',
    `| | ${spaces.map((name) => (name === 'pca' ? 'PCA' : name)).join(' | ')} |`,
    `| --- |${' --- |'.repeat(spaces.length)}`,
    ...metrics.map(
      (metric) =>
        `| ${metric.name}${metric.percent ? ', %' : ''} | ${spaces.map((space) => cell(figures, metric, space)).join(' | ')} |`,
    ),
  ].join('\n');
}

/** Runs `gargalo compare --json`. */
function compare(models, page, threads) {
  const words = ['compare', ...models, '--data', 'mnist', '--threads', String(threads), '-o', page];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'bin', 'gargalo.js'), ...words, '--json', '--quiet'],
    { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  if (status !== 0) throw new Error(`gargalo ${words.join(' ')} ended with status ${status}: ${stderr}`);
  return { command: `gargalo ${words.join(' ')}`, outcome: JSON.parse(stdout) };
}

/** Adds the figures of one space. */
function keep(figures, space, seed, latent) {
  for (const { key, of } of metrics) {
    const { value, interval } = of(latent);
    Object.assign(figures, {
      [`${space}/${key}/${seed}/value`]: value,
      [`${space}/${key}/${seed}/low`]: interval[0],
      [`${space}/${key}/${seed}/high`]: interval[1],
    });
  }
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** @returns {import('./row.mjs').Row} */
function row(width) {
  return {
    name: `latent-${width}`,
    kind: 'latent spaces',
    network: `784-256-64-${width}-64-256-784`,
    setup: `Four kinds with their own defaults and the same layers, 40 epochs each, three seeds, looked at by \`gargalo compare\` through the 10,000 test images; PCA fitted to the training images. What the figures mean: docs/latent.md. No published figures of these exist.`,
    figures: Object.fromEntries([
      ...['lines', 'region'].map((place) => [
        `variational/${place}`,
        {
          label: `gaps ${place === 'lines' ? 'on lines' : 'in the region'}, variational`,
          against: `basic/${place}`,
          beside: 'basic',
          percent: true,
          better: 'lower',
        },
      ]),
      [
        'variational/neighbours',
        {
          label: '10-NN accuracy, variational',
          against: 'basic/neighbours',
          beside: 'basic',
          percent: true,
          better: 'higher',
        },
      ],
    ]),
    remark,
    async run({ command, threads, say }) {
      const figures = {};
      const commands = [];
      const trained = [];
      for (const seed of seeds) {
        const models = [];
        for (const kind of kinds) {
          const name = `latent-${kind}-${width}${seed === 1 ? '' : `-seed-${seed}`}`;
          const one = await command(
            name,
            `mnist --kind ${kind} --encoder 256,64 --code ${width} --epochs 40 --batch 256 --lr 1e-3 --loss bce --seed ${seed}`,
          );
          trained.push(one);
          models.push(join('runs', 'results', name));
        }
        say(`  comparing the models of seed ${seed}`);
        mkdirSync(join(root, 'runs', 'results'), { recursive: true });
        const page = join('runs', 'results', `latent-${width}${seed === 1 ? '' : `-seed-${seed}`}.html`);
        const compared = compare(models, page, threads);
        commands.push(compared.command);
        for (const [i, kind] of kinds.entries()) keep(figures, kind, seed, compared.outcome.runs[i].figures);
        if (seed === 1) keep(figures, 'pca', seed, compared.outcome.runs[0].pca);
      }
      for (const space of kinds) {
        for (const { key } of metrics) {
          figures[`${space}/${key}`] = mean(seeds.map((seed) => figures[`${space}/${key}/${seed}/value`]));
        }
      }
      return {
        commands: [...trained.map((one) => one.command), ...commands],
        parameters: trained[0].summary.parameters,
        epochs: trained[0].summary.epochs,
        seconds: trained.reduce((sum, { summary }) => sum + summary.seconds, 0),
        figures,
      };
    },
  };
}

/** @type {import('./row.mjs').Row[]} */
export const rows = [row(2), row(16)];
