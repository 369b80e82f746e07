import { convertIndexedToRgb, decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { lookOf, picture, pictureSheet, weightPicture } from '../../kit/picture.js';
import { bytesOf, history, imageInput, parse, sectionsOf, tableInput, textOf, unbalanced } from './pages.oracle.js';
import { renderReport } from './report.js';

const order = ['loss', 'samples', 'extremes', 'filters', 'map', 'pca', 'configuration'];

describe('the report', () => {
  it.each([
    ['pictures', imageInput()],
    ['colour pictures', { ...imageInput(), shape: [2, 5, 3] }],
    ['a table', tableInput()],
    ['long profiles without names', tableInput(60, undefined)],
  ])('has every section, in order and well formed, for %s', (_, input) => {
    const page = renderReport(input);
    expect(sectionsOf(page)).toEqual(order);
    expect(unbalanced(page)).toEqual([]);
    const document = parse(page);
    expect(document.documentElement.getAttribute('lang')).toBe('en');
    for (const section of document.querySelectorAll('main > section')) {
      expect(section.querySelector('h2')?.textContent).not.toBe('');
      expect(section.querySelector('.lead')?.textContent).not.toMatch(/NaN|undefined|Infinity/);
    }
    for (const picture of document.querySelectorAll('img')) expect(picture.getAttribute('alt')).not.toBe('');
    for (const chart of document.querySelectorAll('svg.plot')) expect(chart.getAttribute('aria-label')).toBeTruthy();
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('asks nothing of the network', () => {
    for (const page of [renderReport(imageInput()), renderReport(tableInput())]) {
      expect(page).not.toMatch(/(?:src|href|action|poster)\s*=\s*["']?\s*(?:https?:)?\/\//i);
      expect(page).not.toMatch(/url\(\s*["']?(?!data:)[a-z/]|@import|\bfetch\(|XMLHttpRequest/i);
      expect(page).toContain('content="default-src &#39;none&#39;;');
      for (const element of parse(page).querySelectorAll('[src],[href]')) {
        expect(element.getAttribute('src') ?? element.getAttribute('href')).toMatch(/^(data:|#)/);
      }
    }
  });

  it('writes hostile text as text', () => {
    const hostile = `</script></title><script>alert(1)</script><img src=x onerror="alert(1)" '& &quot;&lt;`;
    const image = imageInput();
    for (const base of [
      image,
      tableInput(
        5,
        Array.from({ length: 5 }, () => hostile),
      ),
    ]) {
      const page = renderReport({
        ...base,
        title: hostile,
        summary: { ...base.summary, kind: hostile, model: hostile },
        samples: base.samples.map((specimen) => ({ ...specimen, label: hostile })),
        worst: base.worst.map((specimen) => ({ ...specimen, label: hostile })),
        map: { ...image.map!, labels: { values: new Int32Array(30), names: [hostile] } },
        configuration: { [hostile]: { [hostile]: [hostile], text: { text: hostile } } },
        warnings: [hostile],
        command: hostile,
        version: hostile,
      });
      expect(page).not.toContain('<script>alert');
      expect(page).not.toContain('<img src=x');
      expect(unbalanced(page)).toEqual([]);
      const document = parse(page);
      expect(document.querySelectorAll('script').length).toBe(3);
      expect(document.querySelectorAll('[onerror]').length).toBe(0);
      expect(document.querySelector('h1')?.textContent).toBe(hostile);
      expect(document.querySelector('code')?.textContent).toBe(hostile);
      const data: unknown = JSON.parse(/id="map-data">(.*?)<\/script>/s.exec(page)![1]!);
      expect(data).toMatchObject({ names: [hostile] });
      for (const chart of document.querySelectorAll('[data-stops]')) {
        expect(() => JSON.parse(chart.getAttribute('data-stops') ?? '')).not.toThrow();
      }
    }
  });

  it('draws a run of one epoch', () => {
    const page = renderReport({ ...imageInput(), history: history(1) });
    expect(textOf(page, '#loss .lead')).toContain('After its one epoch');
    expect(parse(page).querySelectorAll('#loss .wide circle').length).toBe(2);
    expect(page).not.toMatch(/(?:cx|cy|d|x1|y1)="[^"]*NaN/);
  });

  it('leaves out what the run has nothing for', () => {
    const { filters: _f, map: _m, command: _c, version: _v, ...rest } = imageInput();
    const { components: _p, ...pca } = rest.pca;
    const bare = {
      ...rest,
      pca: { ...pca, explained: [] },
      samples: [],
      worst: [],
      best: [],
      history: [],
      warnings: [],
      configuration: {},
    };
    const page = renderReport(bare);
    expect(sectionsOf(page)).toEqual(['loss', 'pca', 'configuration']);
    expect(unbalanced(page)).toEqual([]);
    expect(parse(page).querySelector('.warnings')).toBeNull();
    expect(textOf(page, '#configuration')).not.toContain('gargalo train');
  });

  it('survives a run that diverged', () => {
    const lost = history(4).map((record, i) =>
      i < 2 ? record : { ...record, trainLoss: Number.NaN, testLoss: Number.NaN },
    );
    const image = imageInput();
    const page = renderReport({
      ...image,
      history: lost,
      summary: { ...image.summary, testLoss: Number.NaN, testSquaredError: Number.NaN, trainLoss: null },
    });
    expect(page).not.toMatch(/(?:cx|cy|d|x1|y1)="[^"]*NaN/);
  });

  it('shows the headline figures', () => {
    const tiles = textOf(renderReport(imageInput()), '.tiles');
    for (const text of ['0.1177', '4.9×', '7.5×', '30 → 4 numbers', '50,992', '184,000', '16.3', '12 epochs'])
      expect(tiles).toContain(text);
  });

  it('says why the network is no better than PCA, and what mends it', () => {
    const image = imageInput();
    const cause = {
      name: 'random-start',
      finding: 'training starts from random weights',
      remedy: 'use --start pca',
    } as const;
    const comparison = { outcome: 'worse', sentence: 'Does worse than PCA', causes: [cause] } as const;
    const page = renderReport({ ...image, summary: { ...image.summary, comparison } });
    expect(textOf(page, '.verdict.worse')).toBe('Does worse than PCA.');
    expect(textOf(page, '.causes li')).toBe('Training starts from random weights – use --start pca.');
    expect(textOf(page, '.causes code')).toBe('--start pca');
    expect(parse(renderReport(image)).querySelector('.causes')).toBeNull();
  });

  it('says which weights are kept: those of an epoch, or the start', () => {
    const table = tableInput();
    const start = { testLoss: 0.1, testSquaredError: 9.8, terms: { reconstruction: 0.1 } };
    const kept = (keptEpoch: number) => renderReport({ ...table, start, summary: { ...table.summary, keptEpoch } });
    expect(textOf(kept(0), '.tiles')).toContain('12 epochs, the start kept');
    expect(textOf(kept(0), '#loss .lead')).toContain('No epoch improved on the start');
    expect(textOf(kept(0), '#pca .lead')).toContain('its nonlinear part adds nothing');
    expect(textOf(kept(5), '.tiles')).toContain('12 epochs, epoch 5 kept');
    expect(textOf(kept(12), '.tiles')).not.toContain('kept');
    expect(textOf(kept(12), '#pca .lead')).toContain('started at PCA with 9.80 and ended with 2.00');
    expect(textOf(kept(12), '#pca .lead')).toContain('leaves 20.4\u202f% of the error');
    expect(textOf(kept(12), '#pca .figures')).toContain('network at its start9.800');
  });

  it('shows what each column gains on PCA, the largest gain first, without columns that never change', () => {
    const perValue = {
      names: ['a', '<b>', 'c', 'd'],
      variance: Float64Array.of(1, 2, 4, 0),
      pca: Float64Array.of(0.5, 1, 1, 0),
      network: Float64Array.of(0.4, 0.2, 2, 0),
    };
    const page = renderReport({ ...tableInput(), perValue });
    const rows = [...parse(page).querySelectorAll('#pca [aria-label^="Variance"] tbody tr')].map(
      (row) => row.textContent,
    );
    expect(rows).toEqual([
      '<b>50.0\u202f%90.0\u202f%+40.0',
      'a50.0\u202f%60.0\u202f%+10.0',
      'c75.0\u202f%50.0\u202f%−25.0',
    ]);
    expect(textOf(page, '#pca')).toContain('Of 3 columns the network explains more of the variance than PCA in 2');
    expect(unbalanced(page)).toEqual([]);
  });

  it('shows values without names only where they are few, and pixels as a picture', () => {
    const errors = (size: number) => ({
      variance: new Float64Array(size).fill(2),
      pca: new Float64Array(size).fill(1),
      network: new Float64Array(size).fill(0.5),
    });
    const rows = (size: number) =>
      parse(renderReport({ ...tableInput(size, undefined), perValue: errors(size) })).querySelectorAll('#pca .dumbbell')
        .length;
    expect([rows(30), rows(65)]).toEqual([20, 0]);
    const page = renderReport({ ...imageInput(), perValue: errors(30) });
    expect(textOf(page, '#pca')).toContain('Pixel by pixel');
    expect(parse(page).querySelectorAll('#pca img').length).toBe(1);
  });

  it('says which examples were looked at, where there were too many for all', () => {
    const sampled = { train: { examples: 100_000, of: 25_510_204 } };
    expect(renderReport({ ...imageInput(), sampled })).toContain(
      'PCA is fitted to 100,000 of the 25,510,204 training examples',
    );
    expect(renderReport(imageInput())).not.toContain('drawn at random in runs');
  });

  it('flattens the configuration', () => {
    const cells = [...parse(renderReport(imageInput())).querySelectorAll('.settings tr')].map((row) => row.textContent);
    expect(cells).toEqual(
      expect.arrayContaining([
        'kindbasic',
        'body.layers.0.units4',
        'body.tiedfalse',
        'betas0.9, 0.999',
        'extranone',
        'gargalo0.1.0',
      ]),
    );
  });

  it('draws the floor and PCA only where they apply', () => {
    expect(textOf(renderReport(imageInput()), '#loss .wide svg')).toMatch(
      /PCA 0\.1500.*floor 0\.08000|floor 0\.08000.*PCA 0\.1500/,
    );
    const mse = textOf(renderReport(tableInput()), '#loss .wide svg');
    expect(mse).toContain('PCA 1.960');
    expect(mse).not.toContain('floor');
  });

  it('refuses pictures and maps of the wrong size', () => {
    const image = imageInput();
    expect(() => renderReport({ ...image, shape: [7, 7] })).toThrow('report: expected a picture of 49 values, got 30');
    expect(() => renderReport({ ...image, map: { ...image.map!, points: Float32Array.of(1, Number.NaN) } })).toThrow(
      'finite map coordinates',
    );
    expect(() => renderReport({ ...tableInput(), shape: [4], columns: ['a', 'b', 'c', 'd'] })).toThrow(
      'expected examples of 4 values, got 5',
    );
  });

  it('is the same text for the same run', () => {
    expect(renderReport(imageInput())).toBe(renderReport(imageInput()));
  });
});

describe('pictures', () => {
  const thumbnails = { range: [0, 255], longest: 40, levels: 31 } as const;

  it('decode back to the values, clipped to 0 … 1', () => {
    const look = { kind: 'picture', width: 3, height: 2, channels: 1 } as const;
    const png = decode(bytesOf(picture(Float32Array.of(-1, 0, 0.2, 0.5, 1, 7), look)));
    expect([png.width, png.height, png.channels]).toEqual([3, 2, 1]);
    expect([...png.data]).toEqual([0, 0, 51, 128, 255, 255]);
  });

  it('keep colours in order', () => {
    const png = decode(
      bytesOf(picture(Float32Array.of(1, 0, 0, 0, 1, 0.2), { kind: 'picture', width: 2, height: 1, channels: 3 })),
    );
    expect(png.channels).toBe(3);
    expect([...png.data]).toEqual([255, 0, 0, 0, 255, 51]);
  });

  it('show weights blue below and red above a clear zero, by their own largest magnitude', () => {
    const look = { kind: 'picture', width: 3, height: 1, channels: 1 } as const;
    const pixels = [...convertIndexedToRgb(decode(bytesOf(weightPicture(Float32Array.of(-2, 0, 1), look))))];
    const [negative, zero, positive] = [pixels.slice(0, 4), pixels.slice(4, 8), pixels.slice(8)] as [
      number[],
      number[],
      number[],
    ];
    expect(negative[2]).toBeGreaterThan(negative[0]!);
    expect(negative[3]).toBe(254);
    expect(zero[3]).toBe(0);
    expect(positive[0]).toBeGreaterThan(positive[2]!);
    expect(positive[3]).toBe(128);
    const silent = [...convertIndexedToRgb(decode(bytesOf(weightPicture(new Float32Array(3), look))))];
    expect([silent[3], silent[7], silent[11]]).toEqual([0, 0, 0]);
  });

  it('stand on a thumbnail sheet where the page looks for them', () => {
    const look = { kind: 'picture', width: 2, height: 2, channels: 1 } as const;
    const values = Uint8Array.from({ length: 5 * 4 }, (_, i) => (i >= 12 && i < 16 ? 255 : 0));
    const sheet = pictureSheet(values, look, { count: 5, ...thumbnails });
    const png = decode(bytesOf(sheet.uri));
    expect([png.width, png.height]).toEqual([sheet.columns * 2, sheet.rows * 2]);
    const at = (n: number) => png.data[Math.floor(n / sheet.columns) * 2 * png.width + (n % sheet.columns) * 2];
    expect([0, 1, 2, 3, 4].map(at)).toEqual([0, 0, 0, 255, 0]);
  });

  it('average large thumbnails down', () => {
    const look = { kind: 'picture', width: 100, height: 50, channels: 3 } as const;
    const sheet = pictureSheet(new Uint8Array(2 * 100 * 50 * 3).fill(255), look, { count: 2, ...thumbnails });
    expect([sheet.width, sheet.height]).toEqual([34, 17]);
    expect(decode(bytesOf(sheet.uri)).data[0]).toBe(255);
  });

  it('are drawn for pictures only', () => {
    expect(lookOf([28, 28])).toEqual({ kind: 'picture', width: 28, height: 28, channels: 1 });
    expect(lookOf([32, 24, 3])).toEqual({ kind: 'picture', width: 24, height: 32, channels: 3 });
    expect(lookOf([12])).toEqual({ kind: 'profile', width: 12 });
    expect(lookOf([4, 4, 7])).toEqual({ kind: 'profile', width: 112 });
  });
});
