import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { metricsTable } from '../src/analysis/metrics.js';
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

describe('docs/latent.md', () => {
  it('defines every figure as the registry of metrics does: `node tools/metrics-table.mjs` writes its table', () => {
    expect(read('docs/latent.md')).toContain(`\n## Every figure\n\n${metricsTable()}\n`);
  });
});
