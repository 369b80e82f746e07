import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectOneLine, gargalo, idxBytes, json, start, temporaryFolder, until, writeCsv } from './command.js';

const cwd = temporaryFolder();
writeFileSync(join(cwd, 'images.idx'), idxBytes(200));
const at = (path: string) => join(cwd, path);
const words = (text: string) => text.split(' ');

interface Cell {
  readonly name: string;
  readonly status: string;
  readonly testSquaredError: number;
}
const cellsOf = (result: Record<string, unknown>) => result.cells as readonly Cell[];

describe('gargalo sweep', () => {
  const grid = (code: string) => words(`sweep images.idx --code ${code} --epochs 3 --batch 16 --seed 1 --out grid -q`);

  it('trains a grid beside PCA; a grid that has grown trains only what is new', async () => {
    const first = await json(grid('1,3'), { cwd });
    expect(cellsOf(first).map(({ name, status }) => [name, status])).toEqual([
      ['basic-1', 'finished'],
      ['basic-3', 'finished'],
    ]);
    expect(first).toMatchObject({
      pca: [{ code: 1 }, { code: 3 }],
      sweep: 'grid/sweep.json',
      report: 'grid/report.html',
    });
    const page = readFileSync(at('grid/report.html'), 'utf8');
    for (const title of ['How many numbers it takes', 'Ahead of PCA']) expect(page).toContain(title);

    const before = statSync(at('grid/basic-1/model.onnx')).mtimeMs;
    // as a process leaves it that ended between the last epoch and the last file
    const config = at('grid/basic-3/config.json');
    const { finished, ...unfinished } = JSON.parse(readFileSync(config, 'utf8')) as Record<string, unknown>;
    expect(finished).toEqual(expect.any(String));
    writeFileSync(config, JSON.stringify(unfinished));
    rmSync(at('grid/basic-3/model.onnx'));
    const grown = await json(grid('1,3,5'), { cwd });
    expect(JSON.parse(readFileSync(config, 'utf8'))).toMatchObject({ finished: expect.any(String) });
    expect(existsSync(at('grid/basic-3/model.onnx'))).toBe(true);
    expect(statSync(at('grid/basic-1/model.onnx')).mtimeMs).toBe(before);
    expect(cellsOf(grown).slice(0, 2)).toEqual(cellsOf(first));

    const alone = words('train images.idx --code 5 --epochs 3 --batch 16 --seed 1 --threads 1 --out alone -q');
    expect(cellsOf(grown)[2]!.testSquaredError).toBe((await json(alone, { cwd })).testSquaredError);
  });

  it('says once what the recipes chose, gives each width its own, and names the knee by its rule', async () => {
    writeCsv(cwd);
    const command = words('sweep table.csv --label class --code 1,2,3 --epochs 30 --seed 1 --out widths --json');
    const { code, stdout, stderr } = await gargalo(command, { cwd });
    expect(code).toBe(0);
    expect(stderr.match(/recipe: .*/g)).toEqual([expect.stringMatching(/starts at PCA; .* about \d+ s in all \(/)]);
    for (const width of [1, 2, 3]) {
      const text = readFileSync(at(`widths/basic-${width}/config.json`), 'utf8');
      expect(JSON.parse(text)).toMatchObject({
        recipe: { values: { start: 'pca' } },
        request: { values: { code: width } },
      });
    }
    // Four columns that depend on two numbers.
    expect((JSON.parse(stdout) as { findings: unknown[] }).findings).toMatchObject([{ knee: { code: 2 } }]);
    const again = await gargalo(command.slice(0, -1), { cwd });
    expect(again.stdout).toMatch(/\nThe knee is at 2 numbers, /);
  });

  it('refuses to go on with other options, and a grid of nothing', async () => {
    const other = grid('1,3').map((word) => (word === '16' ? '8' : word));
    expectOneLine(await gargalo(other, { cwd }), /--batch: expected 16 as the sweep in grid was started with, got 8/);
    expectOneLine(await gargalo(words('sweep images.idx --code 0 --out none'), { cwd }), /--code/);
    expect(existsSync(at('none'))).toBe(false);
  });

  it('goes on after Ctrl-C as if nothing had been', async () => {
    const sweepOf = (epochs: number) =>
      words(`sweep images.idx --code 2,4 --epochs ${epochs} --batch 64 --seed 1 --jobs 1 -q --recipe none --out`);
    const isStarted = (out: string) => [2, 4].some((code) => existsSync(at(`${out}/basic-${code}/checkpoint`)));
    let epochs = 150;
    for (; ; epochs *= 4) {
      const out = `stopped-${epochs}`;
      const { child, outcome } = start([...sweepOf(epochs), out], { cwd });
      await until(() => isStarted(out) || child.exitCode !== null);
      child.kill('SIGINT');
      const { code, stdout, stderr } = await outcome;
      // It was done before the signal came: more of it.
      if (code === 0) continue;
      expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
      expect(stderr).toMatch(new RegExp(`gargalo: ${out}: interrupted .*--out ${out}`));
      break;
    }
    const resumed = await json([...sweepOf(epochs), `stopped-${epochs}`], { cwd });
    const whole = await json([...sweepOf(epochs), 'whole'], { cwd });
    const figures = (result: Record<string, unknown>) =>
      cellsOf(result).map(({ testSquaredError }) => testSquaredError);
    expect(figures(resumed)).toEqual(figures(whole));
  });
});
