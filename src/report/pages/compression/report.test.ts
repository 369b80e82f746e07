import { describe, expect, it } from 'vitest';
import { parse, sectionsOf, textOf, unbalanced } from '../training/pages.oracle.js';
import { compressionInput } from './fixture.oracle.js';
import { renderCompressionReport } from './report.js';

describe('the report of a compressed file', () => {
  const page = renderCompressionReport(compressionInput());

  it('is a sound page that says how much smaller the file is, and what it leaves out', () => {
    expect(unbalanced(page)).toEqual([]);
    const text = textOf(page, 'main');
    expect(text).toContain('a.gar has the 1,200 images of digits in 12.5 bytes each.');
    // the strongest of the three, of those that were found
    expect(text).toContain('At the same error JPEG, the best of the three as a sheet, takes 2.4× as many');
    expect(text).toContain('the decoder (45,000 bytes) is not counted there');
    expect(text).toContain('window of 5 pixels');
    expect(page).not.toContain('<model>');
  });

  it('shows pictures of all at the same bytes, and names those that have no file so small', () => {
    expect(sectionsOf(page)).toEqual(['pictures', 'curves', 'numbers']);
    const document = parse(page);
    expect(document.querySelectorAll('#pictures img')).toHaveLength(5 * 10);
    expect(textOf(page, '#pictures')).toContain('JPEG and WebP cannot make a file so small');
    for (const image of document.querySelectorAll('#pictures img'))
      expect(image.getAttribute('alt')).toMatch(/^image \d+, /);
  });

  it('draws both curves for every contender, in both widths', () => {
    const charts = parse(page).querySelectorAll('#curves svg');
    expect(charts).toHaveLength(4);
    for (const chart of charts) {
      expect(chart.querySelectorAll('[aria-label="line"] path')).toHaveLength(4);
      expect(JSON.parse(chart.getAttribute('data-stops')!)).toHaveLength(9);
    }
  });

  it('has every format in numbers, with a dash for what was not found', () => {
    const rows = [...parse(page).querySelectorAll('#numbers tbody tr')].map((row) => row.textContent);
    expect(rows).toHaveLength(6);
    expect(rows[0]).toContain('30.00');
    expect(rows[1]).toContain('–');
  });
});
