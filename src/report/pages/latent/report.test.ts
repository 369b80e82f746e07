import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../../analysis/statistics/estimate.js';
import { bytesOf, parse, sectionsOf, textOf, unbalanced } from '../training/pages.oracle.js';
import { full, knownFixture as latentFixture, profiles, rivals } from './fixture.oracle.js';
import type { InspectedRun, LatentReportInput } from './input.js';
import { renderLatentReport } from './report.js';

const estimate = (value: number, spread: number): Estimate => ({ value, interval: [value - spread, value + spread] });

const every = [
  'weaknesses',
  'figures',
  'map',
  'manifold',
  'strips',
  'traversals',
  'kin',
  'filters',
  'rate',
  'repair',
  'limits',
];

describe('the page of latent spaces', () => {
  it.each([
    ['pictures', full()],
    ['rows of a table', profiles(false)],
    ['windows of a series', profiles(true)],
  ])('has every section, in order and well formed, for %s', (_, input) => {
    const page = renderLatentReport(input);
    expect(sectionsOf(page)).toEqual(every);
    expect(unbalanced(page)).toEqual([]);
    const document = parse(page);
    expect(document.querySelector('main')!.textContent).not.toMatch(/NaN|undefined|Infinity|\[object/);
    for (const drawing of document.querySelectorAll('main svg:not([aria-hidden])')) {
      expect(drawing.getAttribute('aria-label') ?? drawing.getAttribute('role')).toBeTruthy();
    }
    for (const picture of document.querySelectorAll('main img')) expect(picture.getAttribute('alt')).not.toBe('');
    const numbers = [...page.matchAll(/ (?:d|x|y|x1|x2|cx|cy|width|height|viewBox)="([^"]*)"/g)].map(
      ([, value]) => value!,
    );
    expect(numbers.filter((value) => /NaN|undefined|Infinity/.test(value))).toEqual([]);
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const scroll of document.querySelectorAll('.scroll')) expect(scroll.getAttribute('tabindex')).toBe('0');
  });

  it('leaves out what no run has anything for', () => {
    const [run] = latentFixture({ widths: [16] }).runs as [InspectedRun];
    const bare = { ...run, maps: [], planes: [], strips: [], traversals: [], kin: [], verdicts: [] };
    const page = renderLatentReport({ ...latentFixture(), runs: [bare] });
    expect(sectionsOf(page)).toEqual(['figures', 'limits']);
    expect(unbalanced(page)).toEqual([]);
  });

  it('moves where a decoder travels with it, and is as whole there', () => {
    const page = renderLatentReport(latentFixture({ live: true }));
    expect(unbalanced(page)).toEqual([]);
    const document = parse(page);
    expect(document.querySelectorAll('#traversals [data-live-units]')).toHaveLength(2);
    expect(document.querySelectorAll('#strips [data-live-strip]').length).toBeGreaterThan(0);
  });

  it('refuses a page of nothing', () => {
    expect(() => renderLatentReport({ ...latentFixture(), runs: [] })).toThrow('expected at least one run');
  });

  it('asks nothing of the network', () => {
    for (const element of parse(renderLatentReport(full())).querySelectorAll('[src],[href]')) {
      expect(element.getAttribute('src') ?? element.getAttribute('href')).toMatch(/^(data:|#)/);
    }
  });

  it('writes hostile text as text', () => {
    const hostile = `</script></title><script>alert(1)</script><img src=x onerror="alert(1)" '& &quot;&lt;`;
    const input = full();
    const page = renderLatentReport({
      ...input,
      title: hostile,
      data: hostile,
      labels: { values: new Int32Array(input.points), names: [hostile] },
      command: hostile,
      version: hostile,
      warnings: [hostile],
      runs: input.runs.map((run) => ({
        ...run,
        name: hostile,
        kind: hostile,
        verdicts: run.verdicts.map((verdict) => ({
          ...verdict,
          sentence: hostile,
          mend: { kind: hostile, socket: hostile },
        })),
        ...(run.drawn && { drawn: run.drawn.map((one) => ({ ...one, name: hostile, model: hostile })) }),
        ...(run.rates && { rates: { kinds: run.rates.kinds.map((kind) => ({ ...kind, name: hostile })) } }),
      })),
    });
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<img src=x');
    expect(unbalanced(page)).toEqual([]);
    const document = parse(page);
    expect(document.querySelectorAll('[onerror]').length).toBe(0);
    expect(document.querySelector('h1')?.textContent).toBe(hostile);
    expect(document.querySelector('code')?.textContent).toBe(hostile);
  });

  it('says what is worst first, and shows one run’s weaknesses as cards, several as a table', () => {
    const input = latentFixture({ widths: [2] });
    const one = renderLatentReport(input);
    expect(textOf(one, '.verdict')).toContain('Its worst weakness is gaps. 34 % of the places');
    expect(parse(one).querySelectorAll('#weaknesses .card')).toHaveLength(3);
    expect(textOf(one, '#weaknesses .flag')).toBe('worst');
    const several = parse(renderLatentReport(latentFixture()));
    const rows = [...several.querySelectorAll('#weaknesses tbody tr')].map((row) =>
      row.textContent!.replaceAll(/\s+/g, ' '),
    );
    // a row for each width, each run, and PCA at each width
    expect(rows).toHaveLength(6);
    expect(rows[1]).toContain('worse than PCA');
    expect(rows.filter((row) => row.startsWith('PCA'))).toHaveLength(2);
  });

  it('calls one run best where its interval meets no other’s, and names those that may be as good', () => {
    const page = renderLatentReport(rivals([estimate(0.4, 0.02), estimate(0.1, 0.02), estimate(0.3, 0.02)]));
    const [first] = parse(page).querySelectorAll('#figures .best tbody tr');
    expect(first!.textContent).toMatch(/run b 10\.0\u202f%\s+▲better than PCA apart from all$/);
    const close = renderLatentReport(rivals([estimate(0.4, 0.02), estimate(0.3, 0.04), estimate(0.31, 0.04)]));
    const [row] = parse(close).querySelectorAll('#figures .best tbody tr');
    expect(row!.textContent).toMatch(/run b 30\.0\u202f%\s+▼worse than PCA not apart from run c$/);
    expect(textOf(close, '#weaknesses .least')).toContain(
      'Gaps, best by “in gaps, on lines”: run b (30.0\u202f%; PCA 20.0\u202f%), not apart from run c.',
    );
    // of single runs there is no best
    expect(parse(renderLatentReport(latentFixture())).querySelector('#figures .best')).toBeNull();
  });

  it('draws a dot filled only where its interval does not meet that of PCA at its width', () => {
    const page = renderLatentReport(rivals([estimate(0.4, 0.02), estimate(0.21, 0.02), estimate(0.1, 0.02)]));
    const dots = [
      ...parse(page).querySelectorAll('#figures .chart.wide svg.intervals')[0]!.querySelectorAll('line.interval'),
    ]
      .slice(0, 3)
      .map((line) => line.nextElementSibling!.getAttribute('style')!);
    expect(dots.map((style) => style.includes('fill:var(--page)'))).toEqual([false, true, false]);
  });

  it('has every figure in numbers for every space, without labels fewer', () => {
    const table = (input: LatentReportInput) =>
      [...parse(renderLatentReport(input)).querySelectorAll('#figures .every tbody tr')].map((row) => row.textContent!);
    const labelled = table(latentFixture());
    expect(labelled.find((text) => text.startsWith('linear probe'))).toContain('90.0\u202f%');
    const input = latentFixture({ labels: false });
    const runs = input.runs.map((run) => {
      const { labelled: _, ...separability } = run.figures.separability;
      return { ...run, figures: { ...run.figures, separability }, pca: { ...run.pca, separability } };
    });
    const unlabelled = table({ ...input, runs });
    expect(unlabelled.some((text) => text.startsWith('linear probe'))).toBe(false);
    expect(unlabelled).toHaveLength(labelled.length - 3);
  });

  it('survives figures that could not be taken', () => {
    const input = latentFixture();
    const nothing: Estimate = { value: Number.NaN, interval: [Number.NaN, Number.NaN] };
    const runs = input.runs.map((run) => ({
      ...run,
      figures: { ...run.figures, shape: { ...run.figures.shape, intrinsicDimension: nothing }, squaredError: nothing },
    }));
    const page = renderLatentReport({ ...input, runs });
    expect(parse(page).querySelector('main')!.textContent).not.toMatch(/NaN|undefined/);
    expect(page).not.toMatch(/(?:x1|x2|cx|d)="[^"]*NaN/);
  });

  it('marks the steps of a strip that lie in gaps, and its largest change', () => {
    const input = latentFixture({ widths: [2] });
    const page = renderLatentReport(input);
    const { strips } = input.runs[0]!;
    const drawn = [...parse(page).querySelectorAll('#strips .walk > svg.tray')];
    expect(drawn).toHaveLength(strips.length);
    for (const [i, strip] of strips.entries()) {
      expect(drawn[i]!.querySelectorAll('.gap rect')).toHaveLength(strip.gaps.reduce((sum, gap) => sum + gap, 0));
      expect(drawn[i]!.querySelectorAll('.changes rect')).toHaveLength(strip.gaps.length - 1);
      expect(drawn[i]!.querySelectorAll('.changes .most').length).toBeGreaterThan(0);
    }
  });

  it('draws the steps of a strip as one picture with the outputs in order', () => {
    const input = latentFixture({ widths: [2] });
    const [strip] = input.runs[0]!.strips;
    const uri = parse(renderLatentReport(input)).querySelector('#strips .walk image')!.getAttribute('href')!;
    const { width, height, data } = decode(bytesOf(uri));
    const steps = strip!.gaps.length;
    expect([width, height]).toEqual([8 * steps, 8]);
    for (let step = 0; step < steps; step++) {
      for (let i = 0; i < 64; i++) {
        const drawn = data[Math.floor(i / 8) * width + step * 8 + (i % 8)]! / 255;
        expect(Math.abs(drawn - strip!.outputs[step * 64 + i]!)).toBeLessThan(0.01);
      }
    }
  });

  it('sorts units by what they do, and shows the rest of many behind a summary', () => {
    const input = latentFixture({ widths: [16] });
    const [run] = input.runs as [InspectedRun];
    const many = Array.from({ length: 20 }, (_, unit) => ({ ...run.traversals[0]!, unit, effect: unit }));
    const section = parse(renderLatentReport({ ...input, runs: [{ ...run, traversals: many }] })).querySelector(
      '#traversals',
    )!;
    const names = [...section.querySelectorAll('th')].map((th) => th.textContent!);
    expect(names[0]).toContain('unit 20');
    expect(names).toHaveLength(20);
    expect(section.querySelectorAll('details th')).toHaveLength(4);
    expect(section.querySelector('summary')!.textContent).toBe('4 more units of less effect');
  });

  it('says of neighbours by code how many are neighbours by value, and does without pictures that do not travel', () => {
    const input = latentFixture({ widths: [2] });
    const [run] = input.runs as [InspectedRun];
    const kin = [{ example: 1, byCode: [2, 3, 4, 5], byValue: [3, 2, 9, 8] }];
    const shown = renderLatentReport({ ...input, runs: [{ ...run, kin }] });
    expect(textOf(shown, '#kin')).toContain('by value 2/4');
    expect(parse(shown).querySelectorAll('#kin td svg')).toHaveLength(2);
    const few = { ...input, examples: { ...input.examples, count: 4 }, runs: [{ ...run, kin }] };
    const hidden = parse(renderLatentReport(few)).querySelector('#kin')!;
    expect(hidden.querySelectorAll('td svg')).toHaveLength(0);
    expect(hidden.querySelectorAll('.tags li')).toHaveLength(8);
  });

  it('says what a repair made better, worse, or no different', () => {
    const page = renderLatentReport(latentFixture({ widths: [2] }));
    expect(textOf(page, '#repair')).toContain(
      'From a mixture of 32 gaussians rather than the prior N(0, I): better by in gaps 31.0\u202f% → 6.0\u202f%, precision 69.0\u202f% → 94.0\u202f%, Fréchet distance 0.930 → 0.180; not apart by recall 80.0\u202f% → 80.0\u202f%.',
    );
    expect(parse(page).querySelectorAll('#repair .drawn figure')).toHaveLength(2);
  });

  it('sets real examples beside what is drawn, and says nothing of a change there', () => {
    const input = latentFixture({ widths: [2] });
    const [run] = input.runs as [InspectedRun];
    const heldOut = { ...run.drawn![1]!, name: 'real examples that were kept back' };
    const page = parse(renderLatentReport({ ...input, runs: [{ ...run, heldOut }] }));
    const figures = [...page.querySelectorAll('#repair .drawn h4')].map((name) => name.textContent);
    expect(figures).toEqual([
      'before the prior N(0, I)',
      'after a mixture of 32 gaussians',
      'data real examples that were kept back',
    ]);
    expect(
      [...page.querySelectorAll('#repair .drawn + figure, #repair .lead')].map((one) => one.textContent).join(),
    ).not.toContain('From real');
    expect(page.querySelectorAll('#repair tbody tr:last-child td .unseen')).toHaveLength(0);
  });

  it('names no kind where nothing has to be mended, and flags no worst', () => {
    const input = latentFixture({ widths: [2] });
    const [run] = input.runs as [InspectedRun];
    const verdicts = run.verdicts.map(({ mend: _, ...verdict }) => ({ ...verdict, severity: 0 }));
    const page = renderLatentReport({ ...input, runs: [{ ...run, verdicts }] });
    expect(textOf(page, '.verdict')).toBe('None of the three weaknesses shows.');
    expect(parse(page).querySelector('#weaknesses .flag')).toBeNull();
    expect(textOf(page, '#weaknesses')).toContain('Nothing to mend.');
  });
});
