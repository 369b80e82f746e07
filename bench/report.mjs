// From measured epochs to what is claimed: medians, ratios, bars, and the tables that show them.

/**
 * @typedef {{ imagesPerSecond: number, loss: number, round: number }} MeasuredEpoch
 * @typedef {object} Result
 * @property {string} id
 * @property {import('./networks.mjs').ContestantFamily} family
 * @property {string} name
 * @property {number | null} threads
 * @property {number} examples  images trained on in each epoch
 * @property {MeasuredEpoch[]} epochs
 * @property {string} [failure]
 * @typedef {{ network: import('./networks.mjs').Network, results: Result[] }} Measurement
 */

/**
 * The sides of a ratio. 'node' is what a user of Gargalo gets without asking for anything, and the bars go by it;
 * 'node-best' is the best of its settings, as 'pytorch-best' is of PyTorch's. 'pytorch-default' is eager with
 * default Adam, at the better of one and two threads.
 * @type {Record<string, { name: string, includes: (result: Result) => boolean }>}
 */
export const sides = {
  node: { name: 'Gargalo Node, default', includes: (result) => result.id === 'gargalo-node-default' },
  'node-best': { name: 'Gargalo Node, best setting', includes: (result) => result.family === 'gargalo' },
  wasm: { name: 'Gargalo WebAssembly, best', includes: (result) => result.family === 'wasm' },
  'pytorch-best': { name: 'PyTorch, best setting', includes: (result) => result.family === 'pytorch' },
  'pytorch-default': {
    name: 'PyTorch, default',
    includes: (result) => result.id.startsWith('pytorch-eager-default-adam-'),
  },
  'tfjs-wasm': { name: 'TensorFlow.js wasm, best', includes: (result) => result.family === 'tfjs-wasm' },
};

const comparisons = [
  { side: 'node', against: 'pytorch-best' },
  { side: 'node-best', against: 'pytorch-best' },
  { side: 'node', against: 'pytorch-default' },
  { side: 'node', against: 'tfjs-wasm' },
  { side: 'wasm', against: 'tfjs-wasm' },
];

/** The bars that Gargalo sets itself: `side` is to reach `least` times the images per second of `against`. */
const bars = [
  { network: 'n1', side: 'node', against: 'pytorch-best', least: 1.5 },
  { network: 'n1', side: 'node', against: 'tfjs-wasm', least: 35 },
  { network: 'n1', side: 'wasm', against: 'tfjs-wasm', least: 12 },
  { network: 'n2', side: 'node', against: 'pytorch-best', least: 1.15 },
  { network: 'n3', side: 'node', against: 'pytorch-default', least: 1.0 },
  { network: 'n3', side: 'node', against: 'pytorch-best', least: 0.75 },
  { network: 'c1', side: 'node', against: 'pytorch-default', least: 1.0 },
  { network: 'c1', side: 'node', against: 'pytorch-best', least: 0.67 },
  { network: 'c2', side: 'node', against: 'pytorch-default', least: 1.0 },
  { network: 'c2', side: 'node', against: 'pytorch-best', least: 0.67 },
];

/**
 * @param {number[]} values  at least one
 * @returns {number}
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {Result} result */
const medianRate = (result) => median(result.epochs.map((epoch) => epoch.imagesPerSecond));

/**
 * The best median on a side.
 * @param {Result[]} results
 * @param {string} side
 * @returns {{ rate: number, result: Result } | undefined}
 */
function best(results, side) {
  const measured = results.filter(
    (result) => !result.failure && result.epochs.length > 0 && sides[side].includes(result),
  );
  return measured
    .map((result) => ({ rate: medianRate(result), result }))
    .sort((a, b) => b.rate - a.rate)
    .at(0);
}

/**
 * @param {Measurement[]} measurements
 */
export function compare(measurements) {
  return measurements.flatMap(({ network, results }) =>
    comparisons.map(({ side, against }) => {
      const ours = best(results, side);
      const theirs = best(results, against);
      const ratio = ours && theirs ? ours.rate / theirs.rate : undefined;
      const bar = bars.find(
        (one) => one.network === network.name && one.side === side && one.against === against,
      )?.least;
      const met = bar === undefined || ratio === undefined ? undefined : ratio >= bar;
      return { network: network.name, side, against, ratio, bar, met, againstSetting: theirs?.result.id };
    }),
  );
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/**
 * @param {string[]} head
 * @param {string[][]} rows
 * @param {string} alignment  one letter a column: l or r
 */
function table(head, rows, alignment) {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column].length)));
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, column) => (alignment[column] === 'r' ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    alignment[column] === 'r' ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** @param {Measurement} measurement */
export function networkTable({ network, results }) {
  const rows = results.map((result) => {
    const threads = result.threads === null ? 'own' : String(result.threads);
    if (result.failure || result.epochs.length === 0) return [result.name, threads, 'failed', '', '', ''];
    const rates = result.epochs.map((epoch) => epoch.imagesPerSecond);
    const firstRound = result.epochs.filter((epoch) => epoch.round === 1);
    return [
      result.name,
      threads,
      whole.format(median(rates)),
      `${whole.format(Math.min(...rates))}–${whole.format(Math.max(...rates))}`,
      `${rates.length} × ${whole.format(result.examples)}`,
      firstRound.at(-1)?.loss.toFixed(4) ?? '',
    ];
  });
  const title = `## ${network.name}: ${network.summary}, batch ${network.batch}, Adam ${network.learningRate}`;
  const head = ['contestant', 'threads', 'images/s', 'range', 'epochs × images', 'loss'];
  const failures = results
    .filter((result) => result.failure)
    .map((result) => `${result.name}, threads ${result.threads ?? 'own'}, failed: ${result.failure}`);
  return [title, '', table(head, rows, 'lrrrrr'), ...(failures.length > 0 ? ['', ...failures] : [])].join('\n');
}

/** @param {ReturnType<typeof compare>} ratios */
export function ratioTable(ratios) {
  const rows = ratios.map(({ network, side, against, ratio, bar, met, againstSetting }) => [
    network,
    sides[side].name,
    sides[against].name + (against === 'pytorch-best' && againstSetting ? ` (${againstSetting})` : ''),
    ratio === undefined ? 'not measured' : `${ratio.toFixed(2)}×`,
    bar === undefined ? '' : `${bar.toFixed(2)}×`,
    bar === undefined ? '' : met === undefined ? 'open' : met ? 'met' : 'missed',
  ]);
  return ['## Ratios', '', table(['network', 'of', 'to', 'ratio', 'bar', ''], rows, 'lllrrl')].join('\n');
}
