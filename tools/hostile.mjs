// Feeds hostile files to the commands, each in a process of its own, and measures what they take:
//
//     npm run hostile -- --only gz --json before.json
//
// No file under 10 MB may make a command take more than 512 MB above its normal peak, on disk as in memory, or more than 20 s. Without --only
// all files are fed, which takes about ten minutes. Needs dist/ and Linux, whose /proc tells the temporary disk that a process holds.
import { execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeFiles } from './hostile/files.mjs';

const MOST_MB = 512;
const MOST_SECONDS = 20;
/** A command that takes more seconds of the processor, or more by the clock, is ended. */
const [GIVE_UP, GIVE_UP_WAITING] = [40, 150];
const bin = new URL('../bin/gargalo.js', import.meta.url).pathname;
const usage = new URL('./hostile/usage.mjs', import.meta.url).href;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    command: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
    keep: { type: 'string' },
  },
});
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'gargalo-hostile-'));
const place = (...names) => join(folder, ...names);

const run = (...words) => execFileSync(process.execPath, [bin, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });

/** Sound files of each kind, and the models that the hostile ones are given to. */
async function makeSound() {
  mkdirSync(place('sound', 'images'), { recursive: true });
  const { default: sharp } = await import('sharp');
  const rows = Array.from({ length: 400 }, (_, i) =>
    [0, 1, 2, 3].map((j) => Math.sin(i * (j + 1)).toFixed(4)).join(','),
  );
  writeFileSync(place('sound', 'table.csv'), `a,b,c,d\n${rows.join('\n')}\n`);
  for (let i = 0; i < 40; i++) {
    const data = Buffer.from(Array.from({ length: 64 }, (_, j) => (i * 7 + j * 3) % 256));
    await sharp(data, { raw: { width: 8, height: 8, channels: 1 } })
      .png()
      .toFile(place('sound', 'images', `${i}.png`));
  }
  const small = ['--encoder', '4', '--code', '2', '--epochs', '2', '--seed', '1', '--quiet'];
  run('train', place('sound', 'table.csv'), ...small, '--out', place('table'));
  run('train', place('sound', 'images'), ...small, '--out', place('image'));
  run('compress', place('image'), place('sound', 'images'), '--embed', '-o', place('sound', 'images.gar'));
}

/** Megabytes of the temporary files without a name that a process has open. */
function heldDisk(pid) {
  let bytes = 0;
  try {
    for (const name of readdirSync(`/proc/${pid}/fd`)) {
      const path = `/proc/${pid}/fd/${name}`;
      if (!readlinkSync(path).endsWith('.tmp (deleted)')) continue;
      bytes += statSync(path).blocks * 512;
    }
  } catch {}
  return bytes / 1e6;
}

/** The largest memory of a process so far in megabytes, and the seconds of the processor that it had. */
function usageOf(pid) {
  try {
    const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13);
    return { mb: (peak * 1024) / 1e6, cpu: (Number(user) + Number(system)) / 100 };
  } catch {
    return { mb: 0, cpu: 0 };
  }
}

/** Runs a command to its end, or until it has had time enough. */
function measured(words) {
  return new Promise((resolve) => {
    const told = place('usage.json');
    rmSync(told, { force: true });
    const began = performance.now();
    const child = spawn(process.execPath, ['--import', usage, ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, GARGALO_USAGE: told },
    });
    let [peak, cpu, disk, said] = [0, 0, 0, ''];
    child.stderr.on('data', (text) => (said = (said + text).slice(-4000)));
    const watch = setInterval(() => {
      const now = usageOf(child.pid);
      [peak, cpu] = [Math.max(peak, now.mb), Math.max(cpu, now.cpu)];
      disk = Math.max(disk, heldDisk(child.pid));
      if (cpu > GIVE_UP || performance.now() - began > GIVE_UP_WAITING * 1000) child.kill('SIGKILL');
    }, 20);
    child.on('close', (code, signal) => {
      clearInterval(watch);
      const wall = (performance.now() - began) / 1000;
      try {
        const last = JSON.parse(readFileSync(told, 'utf8'));
        peak = Math.max(peak, (last.maxRSS * 1024) / 1e6);
        cpu = (last.userCPUTime + last.systemCPUTime) / 1e6;
      } catch {}
      // on a machine that others use the time of the processor is nearer to what the command takes
      const seconds = cpu > 0 && wall < GIVE_UP_WAITING ? Math.min(wall, cpu) : wall;
      resolve({ code: signal ?? code, mb: peak, disk, seconds, wall, said: said.trim().split('\n').at(-1) ?? '' });
    });
  });
}

/** What is done with a file: its commands by name. */
function commandsFor(kind, file) {
  const out = place('out');
  const model = place(kind === 'images' || kind === 'folders' ? 'image' : 'table');
  const sound = place('sound', 'table.csv');
  if (kind === 'models')
    return {
      load: [
        '-e',
        `import(${JSON.stringify(new URL('../dist/node.js', import.meta.url).href)}).then(({ load }) => load(${JSON.stringify(file)})).catch(({ message }) => { console.error(message); process.exitCode = 2; })`,
      ],
      encode: [bin, 'encode', file, sound, '-o', `${out}.csv`],
      inspect: [bin, 'inspect', file, sound, '-o', `${out}.html`],
      sample: [bin, 'sample', file, '-o', `${out}.csv`],
    };
  if (kind === 'gar') return { decompress: [bin, 'decompress', file, '-o', `${out}/`] };
  return {
    data: [bin, 'data', file],
    train: [
      bin,
      'train',
      file,
      ...(kind === 'images' ? ['--patch', '8'] : []),
      '--epochs',
      '1',
      '--code',
      '2',
      '--encoder',
      '4',
      '--out',
      out,
    ],
    encode: [bin, 'encode', model, file, '-o', `${out}.csv`],
    detect: [bin, 'detect', model, file, '-o', `${out}.csv`],
  };
}

const kinds = ['arrays', 'tables', 'parquet', 'images', 'folders', 'models', 'gar'];
const soundOf = {
  images: ['sound', 'images'],
  folders: ['sound', 'images'],
  models: ['table', 'model.onnx'],
  gar: ['sound', 'images.gar'],
};

/** The files to feed: those of all kinds, and devices. */
function* cases() {
  for (const kind of kinds) {
    const names = readdirSync(place(kind)).sort();
    for (const name of names) yield { kind, name: `${kind}/${name}`, file: place(kind, name) };
    if (kind === 'models') yield { kind, name: 'models fifo', file: place('folders', 'fifo') };
    const devices =
      kind === 'tables' || kind === 'models' || kind === 'gar' ? ['/dev/zero', '/dev/random', '/dev/full'] : [];
    for (const file of devices) yield { kind, name: `${kind} ${file}`, file };
  }
}

const line = (cells) =>
  `${cells.map((cell, i) => (i < 3 ? String(cell).padEnd([30, 10, 7][i]) : i < 7 ? String(cell).padStart(8) : cell)).join(' ')}\n`;
const results = [];
let broken = 0;
try {
  if (!values.keep || !readdirSync(folder).includes('gar')) {
    process.stderr.write('hostile: making files\n');
    await makeSound();
    await makeFiles(folder, {
      model: readFileSync(place('table', 'model.onnx')),
      gar: readFileSync(place('sound', 'images.gar')),
      seed: Number(values.seed),
    });
  }
  process.stdout.write(line(['file', 'command', 'exit', 'MB', 'above', 'disk MB', 's', 'said']));
  const normal = new Map();
  for (const { kind, name, file } of cases()) {
    if (!name.includes(values.only)) continue;
    const commands = commandsFor(kind, file);
    for (const [command, words] of Object.entries(commands)) {
      if (!new RegExp(values.command).test(command)) continue;
      const key = `${kind} ${command}`;
      if (!normal.has(key)) {
        const sound = await measured(commandsFor(kind, place(...(soundOf[kind] ?? ['sound', 'table.csv'])))[command]);
        normal.set(key, sound.mb);
        if (sound.code !== 0) process.stderr.write(`${key} of a sound file: ${sound.code} ${sound.said}\n`);
      }
      rmSync(place('out'), { recursive: true, force: true });
      const writer = name.endsWith('fifo') ? spawn('sh', ['-c', 'exec cat /dev/zero > "$0"', file]) : undefined;
      const got = await measured(words);
      writer?.kill();
      const above = got.mb - normal.get(key);
      const large = name.includes('-60.');
      const isBroken =
        ![0, 2].includes(got.code) || above > MOST_MB || got.disk > MOST_MB || got.seconds > MOST_SECONDS;
      if (isBroken) broken++;
      results.push({ name, command, above, large, isBroken, ...got });
      process.stdout.write(
        line([
          `${isBroken ? '! ' : '  '}${name}`,
          command,
          got.code,
          got.mb.toFixed(0),
          above.toFixed(0),
          got.disk.toFixed(0),
          got.seconds.toFixed(1),
          got.said.replaceAll(folder, '').slice(0, 150),
        ]),
      );
    }
  }
} finally {
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 1)}\n`);
process.stdout.write(`${results.length} runs, ${broken} beyond the bar\n`);
process.exitCode = broken > 0 ? 1 : 0;
