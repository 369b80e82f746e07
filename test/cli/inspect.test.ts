import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectOneLine, gargalo, idxBytes, json, start, temporaryFolder, writeCsv } from './command.js';

const cwd = temporaryFolder();
const at = (path: string) => join(cwd, path);
const run = (words: string) => gargalo(words.split(' '), { cwd });

interface Told {
  readonly value: number;
  readonly interval: readonly [number, number];
}

beforeAll(async () => {
  writeFileSync(at('images.idx'), idxBytes(120));
  writeCsv(cwd, 'table.csv', 200);
  const train = (words: string) => json(['train', ...words.split(' '), '--recipe', 'none', '-q'], { cwd });
  await train('images.idx --epochs 2 --code 2 --out plain');
  await train('images.idx --epochs 2 --code 4 --kind variational --out variational');
  await train('table.csv --label class --epochs 3 --code 3 --out table');
});

describe('gargalo inspect', () => {
  it('says figures with intervals beside PCA, and writes a page that needs nothing else', async () => {
    const found = await json('inspect plain images.idx -o page.html'.split(' '), { cwd });
    expect(found).toMatchObject({ kind: 'basic', width: 2, examples: 120, points: 120, report: 'page.html' });
    const { gaps } = found.figures as { gaps: { lines: { gaps: Told } } };
    const { gaps: linear } = found.pca as { gaps: { lines: { unfaithful: Told } } };
    expect(gaps.lines.gaps.interval[0]).toBeLessThanOrEqual(gaps.lines.gaps.value);
    expect(gaps.lines.gaps.interval[1]).toBeGreaterThanOrEqual(gaps.lines.gaps.value);
    expect(linear.lines.unfaithful.value).toBe(0);
    expect(found.verdicts).toHaveLength(3);
    expect(found.maps).toMatchObject([{ method: 'code' }]);
    const page = readFileSync(at('page.html'), 'utf8');
    expect(page).toContain('<!doctype html>');
    expect(page).not.toMatch(/(src|href)="https?:/);
  });

  it('looks through what the run was tested on where no data are named, and writes beside the model', async () => {
    const found = await json('inspect table'.split(' '), { cwd });
    expect(found).toMatchObject({ examples: 20, report: join('table', 'inspect.html') });
    expect((found.maps as { method: string }[]).map(({ method }) => method)).toContain('pca');
    expect(existsSync(at('table/inspect.html'))).toBe(true);
  });

  it('looks through a table that reconstruct wrote', async () => {
    await json('reconstruct plain/model.onnx images.idx -o rebuilt.csv'.split(' '), { cwd });
    expect(await json('inspect plain rebuilt.csv -o rebuilt.html'.split(' '), { cwd })).toMatchObject({
      examples: 120,
    });
  });

  it('says the same again for the same seed', async () => {
    const figures = async () => {
      const { seconds: _, ...rest } = await json('inspect plain images.idx -o again.html --seed 3'.split(' '), { cwd });
      return rest;
    };
    expect(await figures()).toEqual(await figures());
  });

  it.each([
    ['inspect plain none.csv', /none\.csv/],
    ['inspect none images.idx', /none/],
    ['inspect plain table.csv --label class', /expected examples of 30 values/],
    ['inspect plain images.idx --limit 5', /at least 10 examples/],
    ['inspect plain images.idx -o images.idx/page.html', /images\.idx/],
    ['inspect plain images.idx --save new.onnx', /--repair/],
    ['compare plain table --data images.idx', /table.*expected examples of 30 values/],
    ['compare plain', /two or more|at least two/],
  ])('refuses %s in one line', async (words, problem) => {
    expectOneLine(await run(words), problem);
  });

  it('leaves no page behind when it is interrupted', async () => {
    let wait = 700;
    for (; ; wait /= 2) {
      const { child, outcome } = start(`inspect plain images.idx -o interrupted-${wait}.html`.split(' '), { cwd });
      await new Promise((resolve) => setTimeout(resolve, wait));
      child.kill('SIGINT');
      const { code } = await outcome;
      // It was done before the signal came: a sooner one.
      if (code === 0) continue;
      expect(code).toBe(130);
      break;
    }
    expect(existsSync(at(`interrupted-${wait}.html`))).toBe(false);
  });
});

describe('gargalo inspect --repair', () => {
  it('draws from a density fitted to the codes, and keeps it in a model that gargalo sample takes', async () => {
    const words = 'inspect plain images.idx --repair --save repaired.onnx -o repaired.html'.split(' ');
    const found = await json(words, { cwd });
    expect(found).toMatchObject({ saved: 'repaired.onnx', report: 'repaired.html' });
    const drawn = found.drawn as { from: string; precision: Told; recall: Told; frechet: Told; gaps: Told }[];
    expect(drawn).toHaveLength(3);
    for (const { precision, recall } of drawn) {
      for (const { value } of [precision, recall]) expect(value >= 0 && value <= 1).toBe(true);
    }
    expect(readFileSync(at('repaired.html'), 'utf8')).toContain('id="repair"');
    expectOneLine(await run('sample plain/model.onnx -n 4 -o none.png'), /model\.onnx/);
    const sampled = await json('sample repaired.onnx -n 4 -o new.png'.split(' '), { cwd });
    expect(sampled).toMatchObject({ prior: 'mixture', examples: 4 });
  });
});

describe('gargalo inspect --retrain', () => {
  it('trains what mends the worst in a run folder of its own, and looks at both', async () => {
    const found = await json('inspect plain --retrain -o retrained.html'.split(' '), { cwd });
    const { offer, retrained } = found as { offer: { kind: string; command: string }; retrained: { kind: string } };
    expect(retrained.kind).toBe(offer.kind);
    expect(offer.command).toContain(`--kind ${offer.kind}`);
    expect(existsSync(at(`plain-${offer.kind}/model.onnx`))).toBe(true);
    expect(readFileSync(at('retrained.html'), 'utf8')).toContain(`plain-${offer.kind}`);
  });
});

describe('gargalo compare', () => {
  it('puts several runs side by side, through the same examples', async () => {
    const found = await json('compare plain variational --data images.idx -o both.html'.split(' '), { cwd });
    expect(found).toMatchObject({ examples: 120, report: 'both.html' });
    const runs = found.runs as { name: string; width: number; kind: string }[];
    expect(runs.map(({ name, width, kind }) => [name, width, kind])).toEqual([
      ['plain', 2, 'basic'],
      ['variational', 4, 'variational'],
    ]);
    const page = readFileSync(at('both.html'), 'utf8');
    expect(page).toContain('plain');
    expect(page).toContain('variational');
  });

  it('looks through what the first run was tested on where no data are named', async () => {
    const found = await json('compare plain variational -o own.html'.split(' '), { cwd });
    expect(found.examples).toBe(12);
  });
});
