import { describe, expect, it } from 'vitest';
import type { CodecPictures } from '../../../tasks/compress/compare.js';
import { imageCodecs } from '../../../tasks/compress/image-codecs.js';
import { parse, sectionsOf, textOf, unbalanced } from '../training/pages.oracle.js';
import type { CompressionReportInput } from './input.js';
import { renderCompressionReport } from './report.js';

const look = { kind: 'picture', width: 6, height: 5, channels: 1 } as const;
const count = 12;
const bytes = Uint8Array.from({ length: count * 30 }, (_, at) => (at * 7) % 256);

function point(bytesPerImage: number, psnr: number) {
  return { bytesPerImage, bitsPerPixel: (8 * bytesPerImage) / 30, mse: 10 ** (-psnr / 10), psnr, ssim: psnr / 50 };
}

/** A format that takes `times` as many bytes as ours. */
function outcome(codec: (typeof imageCodecs)[number], bytesPerImage: number, psnr: number): CodecPictures {
  return { codec, arrangement: 'sheet', quality: 10, ...point(bytesPerImage, psnr), bytes };
}

function input(title = 'digits & "more" as a.gar'): CompressionReportInput {
  return {
    title,
    date: new Date(Date.UTC(2026, 2, 7, 14, 5)),
    output: 'a.gar',
    data: 'digits',
    embedded: false,
    command: 'gargalo compress <model> digits -o a.gar --report r.html',
    version: '1.2.3',
    figures: {
      ...{ examples: 1200, bytes: 15_000, bytesPerExample: 12.5, bitsPerPixel: 3.33, decoderBytes: 45_000, step: 1 },
      ...{ bytesPerExampleWithDecoder: 50, bitsPerPixelWithDecoder: 13.3, mse: 0.006, psnr: 22.22, ssim: 0.93 },
      ...{ ssimWindow: 5, decoder: 'sha256:00' },
    },
    comparison: {
      look,
      count,
      ours: { step: 1, ...point(12.5, 22.2) },
      alone: 180,
      comparisons: imageCodecs.flatMap((codec, i) => [
        {
          ...{ codec, arrangement: 'sheet', count },
          sameError: outcome(codec, 30 + i, 22.5),
          bytesAtSameError: 30 + i,
          // the first two formats have no file so small
          sameBytes: outcome(codec, i < 2 ? 20 : 11, 14),
        } as const,
        { ...{ codec, arrangement: 'each', count: 5 }, sameBytes: outcome(codec, 200, 30) } as const,
      ]),
      curves: {
        ours: [20, 15, 12.5].map((size) => point(size, 20 + size / 5)),
        jpeg: [30, 60].map((size) => ({ ...outcome('jpeg', size, 20 + size / 10) })),
        webp: [40, 80].map((size) => ({ ...outcome('webp', size, 20 + size / 10) })),
        avif: [28, 90].map((size) => ({ ...outcome('avif', size, 20 + size / 10) })),
      },
      originals: bytes,
      restored: bytes,
    },
  };
}

describe('the report of a compressed file', () => {
  const page = renderCompressionReport(input());

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
