import { describe, expect, it } from 'vitest';
import type { SparsityFigures } from '../../../analysis/training/sparsity.js';
import {
  activity,
  denoising,
  history,
  imageInput,
  parse,
  socketParts as parts,
  sectionsOf,
  imageSize as size,
  tableInput,
  term,
  terms,
  textOf,
  unbalanced,
  values,
} from './pages.oracle.js';
import { renderReport } from './report.js';

describe('sections of the sockets', () => {
  it.each(Object.entries(parts))('"%s" is there where there are figures for it, and only then', (id, part) => {
    const plain = sectionsOf(renderReport(imageInput()));
    expect(plain).not.toContain(id);
    const page = renderReport({ ...imageInput(), ...part });
    expect(sectionsOf(page).filter((name) => !plain.includes(name))).toEqual([id]);
    expect(unbalanced(page)).toEqual([]);
    const section = parse(page).querySelector(`#${id}`)!;
    expect(section.querySelector('.lead')?.textContent).not.toMatch(/NaN|undefined|Infinity/);
    for (const image of section.querySelectorAll('img')) expect(image.getAttribute('alt')).not.toBe('');
    for (const chart of section.querySelectorAll('svg.plot')) expect(chart.getAttribute('aria-label')).toBeTruthy();
    expect(section.innerHTML).not.toMatch(/(?:cx|cy|d|x|y|x1|y1|width|height)="[^"]*NaN/);
  });

  it('say their figures in words', () => {
    const page = renderReport({ ...imageInput(), ...Object.assign({}, ...Object.values(parts)) });
    expect(textOf(page, '#denoising .lead')).toContain('30\u202f% of the values set to 0');
    expect(textOf(page, '#denoising .lead')).toContain('rises from 11.2 dB to 19.8 dB');
    expect(textOf(page, '.verdict')).toContain('from 11.2 dB to 19.8 dB');
    expect(textOf(page, '#depth .lead')).toContain('1 layer (8) 5.00, 2 layers (4) 4.00');
    expect(textOf(page, '#generated .lead')).toContain('codes drawn from N(0, I)');
    expect(textOf(page, '#distribution .lead')).toContain('2.50 nats (3.61 bits)');
    expect(textOf(page, '#distribution .lead')).toContain('101.3 nats an example');
    expect(textOf(page, '#distribution .lead')).toContain('is 0.020; ');
    expect(textOf(page, '#codebook .lead')).toContain('3 of 4 entries are used');
    expect(textOf(page, '#codebook .lead')).toContain('perplexity is 2.83');
    expect(textOf(page, '#jacobian .lead')).toContain('1 singular value of 3 holds 90\u202f%');
  });

  it('mark an improvement on the corrupted input, and only that', () => {
    const cells = [...parse(renderReport({ ...imageInput(), denoising })).querySelectorAll('#denoising .errors .less')];
    expect(cells.map((cell) => cell.textContent)).toEqual(['20.0', '15.0']);
  });

  it('put the dimension that carries most first', () => {
    const captions = parse(renderReport({ ...imageInput(), ...parts.distribution })).querySelectorAll(
      '.histograms figcaption',
    );
    expect([...captions].map((caption) => caption.textContent)).toEqual(['2 2.0 nats', '1 0.50 nats']);
  });
});

describe('sparsity', () => {
  const lead = (change: Partial<SparsityFigures>) =>
    textOf(renderReport({ ...imageInput(), sparsity: { ...activity, ...change } }), '#sparsity .lead');

  it('says the mean activity against its target', () => {
    expect(lead({ target: 0.05 })).toContain('mean activity is 0.0550, 10.0\u202f% above its target of 0.05');
  });

  it('says that a top-k code keeps exactly k, or how far it is off', () => {
    expect(lead({ kept: { asked: 1, fewest: 1, most: 1 } })).toContain('exactly 1 are kept, in every example');
    expect(lead({ kept: { asked: 2, fewest: 1, most: 2 } })).toContain('1 to 2 are not 0');
  });

  it('counts dead units', () => {
    expect(lead({})).toContain('One unit is dead');
    expect(lead({ dead: 0, inactive: 0 })).toContain('No unit is dead');
  });
});

describe('a loss of several terms', () => {
  const base = imageInput();
  const summary = { ...base.summary, testLoss: 0.15, terms: { reconstruction: 0.1, divergence: 0.05 } };
  const page = renderReport({ ...base, summary, history: terms(5), testBce: 0.0987 });

  it('is drawn term by term, with the share of the gradient', () => {
    expect(sectionsOf(page)).toContain('terms');
    expect(textOf(page, '#terms .lead')).toContain('divergence 0.0500, 25.0\u202f% of the gradient');
    expect(parse(page).querySelectorAll('#terms figure').length).toBe(2);
    expect(sectionsOf(renderReport(base))).not.toContain('terms');
  });

  it('is called what it is', () => {
    expect(textOf(page, '.tiles')).toContain('0.100 bce + 0.0500 divergence');
    expect(textOf(page, '#loss figcaption')).toContain('the sum of reconstruction and divergence');
    // levels of a reconstruction alone are no levels of the sum
    expect(textOf(page, '#loss .wide svg')).not.toContain('PCA');
    expect(textOf(page, '#terms .wide svg')).toContain('0.1500');
    expect(textOf(page, '#pca .figures')).toContain('0.09870');
  });

  it('does not count what an opponent minimises', () => {
    const rival = renderReport({
      ...base,
      history: history(3).map((record) => ({
        ...record,
        terms: { reconstruction: term(0.1, 0.5), discriminator: term(0.7, 0.5) },
      })),
      opponents: ['discriminator'],
    });
    expect(textOf(rival, '#terms .lead')).toContain('What the discriminator minimises is an opponent’s');
    expect(textOf(rival, '#loss figcaption')).not.toContain('the sum of');
  });
});

describe('stages', () => {
  it('are marked in the chart of the loss, and the words are about the last', () => {
    const staged = history(6).map((record, i) =>
      i < 4 ? { ...record, stage: `layer ${i < 2 ? 1 : 2} of 2` } : record,
    );
    const page = renderReport({ ...imageInput(), history: staged });
    const names = [...parse(page).querySelectorAll('#loss .wide .stages text')].map((text) => text.textContent);
    expect(names).toEqual(['layer 1 of 2', 'layer 2 of 2', 'whole network']);
    expect(parse(page).querySelectorAll('#loss .wide .stages line').length).toBe(2);
    expect(textOf(page, '#loss')).toContain('in 2 epochs');
    expect(parse(renderReport(imageInput())).querySelectorAll('.stages line, .stages text').length).toBe(0);
  });
});

describe('idle units', () => {
  it('are drawn where there were any', () => {
    const idle = history(4).map((record, i) => ({
      ...record,
      activity: { ...record.activity, deadUnits: i, hiddenUnits: 9, inactiveCode: 1 },
    }));
    const text = textOf(renderReport({ ...imageInput(), history: idle }), '#idle .lead');
    expect(text).toContain('1 of 4 code values is inactive');
    expect(text).toContain('3 of 9 hidden units are dead');
    expect(sectionsOf(renderReport(imageInput()))).not.toContain('idle');
  });
});

describe('windows of a series', () => {
  const base = tableInput(12, ['speed', 'heat']);
  const page = renderReport({ ...base, shape: [6, 2], sequence: true });

  it('are lines over time, a panel for each column, and never pictures', () => {
    const figures = [...parse(page).querySelectorAll('#samples .profile')];
    expect(figures.length).toBe(3);
    expect(figures.map((figure) => figure.querySelectorAll('svg').length)).toEqual([2, 2, 2]);
    expect(figures[0]!.querySelector('svg')?.getAttribute('aria-label')).toContain('speed over time');
    const stops: unknown = JSON.parse(figures[0]!.querySelectorAll('svg')[1]!.getAttribute('data-stops')!);
    expect(stops).toHaveLength(6);
    expect(parse(page).querySelectorAll('#samples img').length).toBe(0);
  });

  it('have filters with the steps of a column side by side', () => {
    const names = [...parse(page).querySelectorAll('#filters .wide svg')].map((svg) => svg.textContent);
    for (const name of names) expect(name).toMatch(/speed.*heat/s);
  });
});

describe('filters by use', () => {
  it('say which they are, and stand beside what the decoder adds', () => {
    const bank = { count: 2, values: values(2 * size, Math.sin), of: 70, use: [0.5, 0.25] };
    const text = textOf(renderReport({ ...imageInput(), filters: bank, atoms: bank }), '#filters');
    expect(text).toContain('the 2 most used of 70');
    expect(text).toContain('what each code value adds to the output');
  });
});
