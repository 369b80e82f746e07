import { jobMetrics } from '../../../analysis/metrics.js';
import { count, factor, figure } from '../../../core/format.js';
import { codecNames } from '../../../tasks/compress/image-codecs.js';
import { type Html, html } from '../../kit/html.js';
import { type Head, renderPage } from '../../kit/page.js';
import { known, tableOf } from '../../kit/parts.js';
import { curves } from './curves.js';
import type { CompressionReportInput } from './input.js';
import { pictures } from './pictures.js';

/** The format whose sheet is the smallest at our error, and its bytes. */
function strongest({ comparison }: CompressionReportInput) {
  return comparison.comparisons
    .flatMap(({ codec, arrangement, bytesAtSameError: bytes }) =>
      arrangement === 'sheet' && bytes !== undefined ? [{ codec, bytes }] : [],
    )
    .toSorted((a, b) => a.bytes - b.bytes)[0];
}

function head(input: CompressionReportInput): Head {
  const { figures, comparison, output, data } = input;
  const best = strongest(input);
  const ratio = best && best.bytes / comparison.ours.bytesPerImage;
  const { psnr = 0, ssim = 0 } = figures;
  return {
    about: ['compressed, lossy'],
    verdict: {
      outcome: ratio !== undefined && ratio > 1 ? 'better' : 'same',
      words:
        best && ratio !== undefined
          ? `${output} has the ${count(figures.examples)} images of ${data} in ${figure(figures.bytesPerExample, 3)} bytes each. At the same error ${codecNames[best.codec]}, the best of the three as a sheet, takes ${ratio >= 1 ? `${factor(ratio)} as many` : `${figure(ratio * 100, 3)} % of that`}; the decoder (${count(figures.decoderBytes)} bytes) ${input.embedded ? 'is in the file' : 'is not counted there'}.`
          : 'No format comes so near to the images as this file does.',
    },
    tiles: [
      ['Bytes', count(figures.bytes), `${figure(figures.bytesPerExample, 4)} an image`],
      [
        'Bits per pixel',
        figure(figures.bitsPerPixel ?? 0, 3),
        `with decoder ${figure(figures.bitsPerPixelWithDecoder ?? 0, 3)}`,
      ],
      [jobMetrics.psnr.name, jobMetrics.psnr.format(psnr), `${jobMetrics.mse.name} ${figure(figures.mse)}`],
      [jobMetrics.ssim.name, jobMetrics.ssim.format(ssim), `window of ${figures.ssimWindow} pixels`],
    ],
  };
}

/** Every format in numbers, on either side of ours. */
function numbers({ comparison, command }: CompressionReportInput): Html {
  const { ours, alone, comparisons } = comparison;
  const names = { sheet: 'one sheet', each: 'each its own file' } as const;
  const singles = comparisons.find(({ arrangement }) => arrangement === 'each')?.count ?? 0;
  return html`<p class="lead">${count(comparison.count)} images (${count(Math.min(comparison.count, singles))} of them as files of their own). Ours: ${figure(ours.bytesPerImage, 4)} bytes an image at ${ours.psnr.toFixed(2)} dB, SSIM ${ours.ssim.toFixed(4)}; alone in a file, header and checksum included, an image takes ${figure(alone, 4)} bytes.</p>
${tableOf({
  label: 'Formats of images',
  head: [
    ...['format', 'bytes at the same error', 'over ours', 'bytes at the same bytes'],
    ...['PSNR there, dB', 'SSIM there', 'quality'],
  ],
  rows: comparisons.map(({ codec, arrangement, bytesAtSameError, sameBytes }) => {
    const own = arrangement === 'sheet' ? ours.bytesPerImage : alone;
    const { bytesPerImage, psnr, ssim, quality } = sameBytes;
    return [
      `${codecNames[codec]}, ${names[arrangement]}`,
      known(bytesAtSameError, (bytes) => figure(bytes, 4)),
      known(bytesAtSameError, (bytes) => factor(bytes / own)),
      ...[figure(bytesPerImage, 4), psnr.toFixed(2), ssim.toFixed(4), quality],
    ];
  }),
})}
<p class="key">Bytes at the same error lie between those of two qualities, in logarithms. Where a format has no file so small, its lowest quality stands under “at the same bytes”. Made by <code>${command}</code>.</p>`;
}

/**
 * The report of a compressed file as one HTML file that needs nothing else.
 *
 * @returns the whole file as text
 */
export function renderCompressionReport(input: CompressionReportInput): string {
  return renderPage({
    ...input,
    head: head(input),
    sections: [
      ['pictures', 'Pictures', 'At the same bytes', pictures(input)],
      ['curves', 'Rate and distortion', 'What bytes buy', curves(input)],
      ['numbers', 'Numbers', 'Every format in numbers', numbers(input)],
    ],
  });
}
