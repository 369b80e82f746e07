import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { jobMetrics, latentMetrics, metricsTable } from '../src/analysis/metrics.js';
import { kinds } from '../src/models/kinds/index.js';
import { kindsPage } from '../src/models/kinds-page.js';
import { socketOptions } from '../src/models/socket-options.js';
import { optionFiles } from '../src/train/option-files.js';

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');

describe('docs/api.txt', () => {
  it('is what the doors export now, and no public signature names a type that no door exports', async () => {
    const tool = fileURLToPath(new URL('../tools/api-report.mjs', import.meta.url));
    await expect(promisify(execFile)(process.execPath, [tool, '--check'])).resolves.toMatchObject({ stderr: '' });
  });
});

describe('the generated types of options', () => {
  it.each(optionFiles())('$path is what `node tools/option-types.mjs` writes now', ({ path, text }) => {
    expect(read(path)).toBe(text);
  });
});

describe('docs/kinds.md', () => {
  it('is what `gargalo kinds --markdown` prints now', () => {
    expect(read('docs/kinds.md')).toBe(kindsPage());
  });

  it('has every kind with its formula and source, and every option once', () => {
    const page = read('docs/kinds.md');
    for (const { name, formula, paper } of kinds) {
      expect(page).toContain(`### ${name}\n`);
      expect(page).toContain(formula);
      expect(page).toContain(paper);
    }
    const rows = page.split('\n').filter((line) => line.startsWith('| `--'));
    expect(rows).toHaveLength(Object.keys(socketOptions).length);
  });
});

describe('the links of the documentation', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const pages = [
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    ...readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
  ];
  const anchorOf = (heading: string): string =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');

  it.each(pages)('of %s lead to files and headings that are there', (page) => {
    const broken = [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].flatMap(
      ([link, path, anchor]) => {
        const target = path ? join(dirname(page), path) : page;
        if (!existsSync(join(root, target))) return [link];
        if (!anchor) return [];
        const anchors = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading ?? ''));
        return anchors.includes(anchor) ? [] : [link];
      },
    );
    expect(broken).toEqual([]);
  });
});

describe('the package', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const packed = async (): Promise<readonly string[]> => {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json'], { cwd: root, maxBuffer: 1e8 });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    return files.map(({ path }) => path);
  };

  it('has all that its pages and messages name, and nothing that only the build needs', async () => {
    const files = await packed();
    const isThere = (path: string): boolean =>
      files.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`));
    const links = files
      .filter((file) => file.endsWith('.md'))
      .flatMap((page) =>
        [...read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, path]) => join(dirname(page), path!)),
      );
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
    const named = sources
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .flatMap((file) => read(`src/${file}`).match(/\b(?:docs|examples)\/[\w-]+\.(?:md|ts)/g) ?? []);
    expect(named.length).toBeGreaterThan(5);
    expect([...links, ...named].filter((path) => !isThere(path))).toEqual([]);
    expect(files.filter((file) => /\.map$|tsbuildinfo|\/\.|\.test\.|\.oracle\./.test(file))).toEqual([]);
  });

  it('depends on what docs/dependencies.md lists, under licences that are allowed', async () => {
    const tool = join(root, 'tools', 'dependencies.mjs');
    await expect(promisify(execFile)(process.execPath, [tool, '--check'])).resolves.toMatchObject({ stderr: '' });
  });

  it('names the versions of the engines that it works with, wherever it says what to install', () => {
    const { peerDependencies } = JSON.parse(read('package.json'));
    const said = [
      'README.md',
      'docs/browser.md',
      'docs/speed.md',
      'src/runtime/node.ts',
      'src/runtime/worker-host.ts',
    ].flatMap((file) => [...read(file).matchAll(/npm install [^`\n']*(onnxruntime-(?:node|web))(?:@([\d.]+))?/g)]);
    expect(said.length).toBeGreaterThan(4);
    for (const [line, name, version] of said) expect(peerDependencies[name!], line).toBe(`~${version}.0`);
  });
});

describe('the tables of figures', () => {
  it.each([
    ['latent', latentMetrics],
    ['jobs', jobMetrics],
  ])('in docs/%s.md are what the registry of metrics says: `node tools/metrics-table.mjs` writes them', (name, metrics) => {
    expect(read(`docs/${name}.md`)).toContain(`\n## Every figure\n\n${metricsTable(metrics)}\n`);
  });
});
