// The command that `gargalo data` suggests, typed as it stands, on data of many kinds, beside PCA of the same width.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gargalo, root } from '../training.mjs';

/** Trainings of pictures take a minute each: one seed. */
const seedsFor = { table: [1, 2, 3], series: [1, 2, 3], recordings: [1], images: [1] };
const folder = join('runs', 'results', 'defaults');
/** Rows of a table, windows of recordings and patches of photographs that are looked at, at most. */
const MOST = 20_000;
const icons = 'emoji-datasource-google@16.0.0';
/** Series that are tried with other kinds too: recurrent cells take half a minute each. */
const SERIES_OF_KINDS = 5;
const series = [
  'TravelTime_451',
  'Twitter_volume_AAPL',
  'ambient_temperature_system_failure',
  'art_daily_flatmiddle',
  'ec2_cpu_utilization_24ae8d',
  'ec2_network_in_5abac7',
  'exchange-2_cpc_results',
  'machine_temperature_system_failure',
  'nyc_taxi',
  'occupancy_t4013',
];

/**
 * @typedef {object} Set
 * @property {string} name
 * @property {'table' | 'images' | 'series' | 'recordings'} type
 * @property {string} source
 * @property {string[]} reading  flags that say how it is read
 * @property {string[]} [kinds]  those that are tried beside the suggested one; by default all that apply to its type
 */

/** Icons of 64 pixels out of the npm package, in a folder of their own. */
function iconFolder() {
  const place = join(root, folder, 'icons');
  const pictures = join(place, 'node_modules', 'emoji-datasource-google', 'img', 'google', '64');
  if (!existsSync(pictures)) {
    mkdirSync(place, { recursive: true });
    execFileSync('npm', ['install', '--prefix', place, '--no-audit', '--no-fund', '--ignore-scripts', icons], {
      stdio: 'ignore',
    });
  }
  return pictures;
}

/** An NPY file (format 1.0) of float32 in rows. */
function npyBytes(values, shape) {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const header = `${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    length,
    Buffer.from(header, 'latin1'),
    Buffer.from(values.buffer),
  ]);
}

/** Windows of 256 samples of every recording (16-bit WAV, one channel), as a table of numbers −1 … 1. */
function recordings(from) {
  const path = join(root, folder, 'speech.npy');
  if (existsSync(path)) return path;
  const windows = [];
  for (const file of readdirSync(from).filter((name) => name.endsWith('.wav'))) {
    const bytes = readFileSync(join(from, file));
    const at = bytes.indexOf('data') + 8;
    const samples = new Int16Array(
      bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + bytes.length - ((bytes.length - at) % 2)),
    );
    for (let start = 0; start + 256 <= samples.length; start += 256) windows.push(samples.subarray(start, start + 256));
  }
  const every = Math.max(1, Math.ceil(windows.length / MOST));
  const kept = windows.filter((_, i) => i % every === 0);
  const values = new Float32Array(kept.length * 256);
  for (const [i, window] of kept.entries()) for (let t = 0; t < 256; t++) values[256 * i + t] = window[t] / 32768;
  mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(path, npyBytes(values, [kept.length, 256]));
  return path;
}

/** @returns {Set[]} */
function setsIn(data) {
  const below = (name) => join(data, name);
  const patches = (color) => ({
    name: `photographs, ${color === 'gray' ? 'gray' : 'colour'}`,
    type: 'images',
    source: below('bsds500/train'),
    reading: ['--patch', '32', '--stride', '32', '--color', color],
    ...(color === 'color' && { kinds: ['convolutional'] }),
  });
  return [
    ...readdirSync(below('adbench'))
      .filter((file) => file.endsWith('.npz'))
      .map((file) => ({
        name: basename(file, '.npz'),
        type: 'table',
        source: below(`adbench/${file}`),
        reading: ['--limit', String(MOST)],
      })),
    { name: 'MNIST', type: 'images', source: 'mnist', reading: [] },
    patches('gray'),
    patches('color'),
    { name: 'icons', type: 'images', source: iconFolder(), reading: ['--size', '32x32'] },
    ...series.map((name, i) => ({
      name,
      type: 'series',
      source: below(`nab/${name}.csv`),
      reading: [],
      ...(i >= SERIES_OF_KINDS && { kinds: [] }),
    })),
    { name: 'spoken digits', type: 'recordings', source: recordings(below('speech')), reading: [] },
  ];
}

/** Kinds beside the suggested one, where they apply. */
const kindsFor = {
  table: ['denoising', 'sparse', 'variational'],
  images: ['denoising', 'variational', 'convolutional'],
  series: ['denoising', 'variational', 'recurrent'],
  recordings: ['denoising', 'sparse', 'variational'],
};

const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

/** The words of a command line, without the quotes that a shell takes off. */
const words = (command) => [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);

/** Trains by a command and keeps what it came to, so that an interrupted row goes on. */
async function trained(name, command, { threads, say }) {
  const out = join(folder, name);
  const record = join(root, folder, `${name}.json`);
  if (!existsSync(record)) {
    say(`${command} --out ${out}`);
    const started = performance.now();
    const flags = ['--out', out, '--threads', String(threads), '--json', '--quiet'];
    const summary = JSON.parse(await gargalo([...words(command).slice(1), ...flags]));
    const seconds = (performance.now() - started) / 1000;
    const { training, data } = JSON.parse(readFileSync(join(root, out, 'config.json'), 'utf8'));
    const steps = Math.ceil(data.trainExamples / training.batch) * training.passes * summary.epochs;
    writeFileSync(record, JSON.stringify({ command, seconds, steps, ...summary }));
    rmSync(join(root, out), { recursive: true, force: true });
  }
  const found = JSON.parse(readFileSync(record, 'utf8'));
  return { ...found, ratio: found.testSquaredError / found.pcaSquaredError };
}

/** @type {import('./row.mjs').Row[]} */
export const rows = [
  {
    name: 'defaults',
    kind: 'basic',
    network: 'whatever the recipe chooses',
    setup: `The command that \`gargalo data\` suggests, typed as it stands: the 24 tables of ADBench in the folder (their first ${MOST.toLocaleString('en-US')} rows), MNIST, ten series of the Numenta benchmark, patches of 32 × 32 pixels of 200 photographs (BSDS500) in gray and in colour, the icons of ${icons} at 32 × 32, and windows of 256 samples of spoken digits. Squared error over that of PCA of the same width, on the examples that the command holds out; the mean of three seeds (of pictures and recordings one). The same command with other kinds where a cell of the table has a figure, one seed. Seconds are those of the whole command, report included, beside other work on the machine.`,
    data: 'adbench',
    figures: {
      median: {
        label: 'squared error over that of PCA, median of the sets',
        better: 'lower',
        published: 0.6,
        digits: 3,
      },
      worst: { label: 'the same, worst set and seed', better: 'lower', published: 1, digits: 3 },
      secondsOfTables: { label: 'seconds, slowest table under 5,000 rows', digits: 3 },
      secondsOfAll: { label: 'seconds, slowest of all', digits: 3 },
      denoising: { label: 'kind denoising, median', better: 'lower', published: 1, digits: 3 },
      sparse: { label: 'kind sparse, median', better: 'lower', published: 1, digits: 3 },
      variational: { label: 'kind variational, median', better: 'lower', published: 1, digits: 3 },
      convolutional: { label: 'kind convolutional, median', better: 'lower', published: 1, digits: 3 },
      recurrent: { label: 'kind recurrent, median', better: 'lower', published: 1, digits: 3 },
    },
    remark:
      'In the column "published" stand the bars that the recipe was to meet. A training that starts at PCA and keeps the best weights cannot be worse than PCA on the examples held out; on others it can, by chance.',
    table({ sets }) {
      const cell = (value) => (value === undefined ? '' : value.toFixed(3));
      const kinds = ['denoising', 'sparse', 'variational', 'convolutional', 'recurrent'];
      return [
        `| set | examples | width | error ÷ PCA’s | seconds | steps | ${kinds.join(' | ')} |`,
        `| --- | --- | --- | --- | --- | --- | ${kinds.map(() => '---').join(' | ')} |`,
        ...sets.map(
          ({ name, examples, width, ratio, seconds, steps, kinds: others }) =>
            `| ${name} | ${examples.toLocaleString('en-US')} | ${width} | ${cell(ratio)} | ${seconds.toFixed(1)} | ${steps.toLocaleString('en-US')} | ${kinds.map((kind) => cell(others[kind])).join(' | ')} |`,
        ),
      ];
    },
    async run({ dataFolder, threads, say }) {
      const data = dirname(dataFolder('adbench'));
      const sets = [];
      const ratios = [];
      let parameters = 0;
      for (const set of setsIn(data)) {
        const described = JSON.parse(await gargalo(['data', set.source, ...set.reading, '--json', '--quiet']));
        // What says how data are read is a part of the suggestion only where `data` chose it itself.
        const reading = set.reading.filter((_, i) => i % 2 === 0 && !words(described.command).includes(set.reading[i]));
        const flags = reading.flatMap((flag) => [flag, set.reading[set.reading.indexOf(flag) + 1]]);
        const command = [described.command, ...flags].join(' ');
        const key = set.name.replaceAll(/[^\w]+/g, '-');
        const runs = [];
        for (const seed of seedsFor[set.type]) {
          runs.push(await trained(`${key}-${seed}`, `${command} --seed ${seed}`, { threads, say }));
        }
        const others = {};
        for (const kind of set.kinds ?? kindsFor[set.type]) {
          const plain = command.replace(/ --kind \S+/, '');
          others[kind] = (await trained(`${key}-${kind}`, `${plain} --kind ${kind} --seed 1`, { threads, say })).ratio;
        }
        ratios.push(...runs.map(({ ratio }) => ratio));
        parameters = Math.max(parameters, runs[0].parameters);
        const mean = (of) => runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
        sets.push({
          ...set,
          command,
          examples: described.rows ?? described.examples,
          width: Number(/--code (\d+)/.exec(command)?.[1]),
          ratio: mean(({ ratio }) => ratio),
          ratios: runs.map(({ ratio }) => ratio),
          seconds: mean(({ seconds }) => seconds),
          steps: Math.round(mean(({ steps }) => steps)),
          kinds: others,
        });
        say(
          `${set.name}: ${sets
            .at(-1)
            .ratios.map((ratio) => ratio.toFixed(3))
            .join(', ')}; ${JSON.stringify(others)}`,
        );
      }
      const slowest = (some) => Math.max(...some.map(({ seconds }) => seconds));
      const ofKind = (kind) => median(sets.flatMap(({ kinds }) => (kinds[kind] === undefined ? [] : [kinds[kind]])));
      return {
        commands: sets.map(({ command }) => command.replaceAll(data, '<data>').replaceAll(`${root}/`, '')),
        parameters,
        epochs: 0,
        seconds: sets.reduce((sum, { seconds, ratios: runs }) => sum + seconds * runs.length, 0),
        sets: sets.map(({ source: _source, reading: _reading, command: _command, ...rest }) => rest),
        figures: {
          median: median(sets.map(({ ratio }) => ratio)),
          worst: Math.max(...ratios),
          secondsOfTables: slowest(sets.filter(({ type, examples }) => type === 'table' && examples < 5000)),
          secondsOfAll: slowest(sets),
          ...Object.fromEntries(
            ['denoising', 'sparse', 'variational', 'convolutional', 'recurrent'].map((kind) => [kind, ofKind(kind)]),
          ),
        },
      };
    },
  },
];
