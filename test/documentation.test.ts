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

describe('the tables of figures', () => {
  it.each([
    ['latent', latentMetrics],
    ['jobs', jobMetrics],
  ])('in docs/%s.md are what the registry of metrics says: `node tools/metrics-table.mjs` writes them', (name, metrics) => {
    expect(read(`docs/${name}.md`)).toContain(`\n## Every figure\n\n${metricsTable(metrics)}\n`);
  });
});
