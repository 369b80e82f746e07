import { count, factor, figure, moment } from '../../../core/format.js';
import { codecNames } from '../../../tasks/compress/image-codecs.js';
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { renderPage } from '../../kit/page.js';
import { isoDate, tile } from '../training/sections/head.js';
import { curvesSection } from './curves.js';
import type { CompressionReportInput } from './input.js';
import { picturesSection } from './pictures.js';

/** The format whose sheet is the smallest at our error. */
function strongest({ comparison }: CompressionReportInput) {
  return comparison.comparisons
    .filter(({ arrangement, bytesAtSameError }) => arrangement === 'sheet' && bytesAtSameError !== undefined)
    .toSorted((a, b) => a.bytesAtSameError! - b.bytesAtSameError!)[0];
}

function head(input: CompressionReportInput): Html {
  const { figures, comparison, date, title, output, data } = input;
  const best = strongest(input);
  const ratio = best ? best.bytesAtSameError! / comparison.ours.bytesPerImage : undefined;
  const { psnr = 0, ssim = 0 } = figures;
  return html`<header class="head">
<p class="eyebrow">compressed, lossy <span aria-hidden="true">·</span> <time datetime="${isoDate(date)}">${moment(date)}</time></p>
<h1>${title}</h1>
<p class="verdict ${ratio !== undefined && ratio > 1 ? 'better' : 'same'}">${
    best && ratio !== undefined
      ? `${output} has the ${count(figures.examples)} images of ${data} in ${figure(figures.bytesPerExample, 3)} bytes each. At the same error ${codecNames[best.codec]}, the best of the three as a sheet, takes ${ratio >= 1 ? `${factor(ratio)} as many` : `${figure(ratio * 100, 3)} % of that`}; the decoder (${count(figures.decoderBytes)} bytes) ${input.embedded ? 'is in the file' : 'is not counted there'}.`
      : 'No format comes so near to the images as this file does.'
  }</p>
<dl class="tiles">
${tile('Bytes', count(figures.bytes), `${figure(figures.bytesPerExample, 4)} an image`)}
${tile('Bits per pixel', figure(figures.bitsPerPixel ?? 0, 3), `with decoder ${figure(figures.bitsPerPixelWithDecoder ?? 0, 3)}`)}
${tile('PSNR', `${psnr.toFixed(2)} dB`, `mean squared error ${figure(figures.mse)}`)}
${tile('SSIM', ssim.toFixed(4), figures.ssimWindow === 11 ? 'window of 11 pixels' : `window of ${figures.ssimWindow} pixels`)}
</dl>
</header>`;
}

/** Every format in numbers, on either side of ours. */
function numbers({ comparison, command }: CompressionReportInput): Section {
  const { ours, alone, comparisons } = comparison;
  const heading = (text: string) => html`<th scope="col">${text}</th>`;
  const names = { sheet: 'one sheet', each: 'each its own file' } as const;
  return {
    id: 'numbers',
    short: 'Numbers',
    title: 'Every format in numbers',
    body: html`<p class="lead">${count(comparison.count)} images (${count(Math.min(comparison.count, comparisons.find(({ arrangement }) => arrangement === 'each')?.count ?? 0))} of them as files of their own). Ours: ${figure(ours.bytesPerImage, 4)} bytes an image at ${ours.psnr.toFixed(2)} dB, SSIM ${ours.ssim.toFixed(4)}; alone in a file, header and checksum included, an image takes ${figure(alone, 4)} bytes.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Formats of images"><table class="figures">
<thead><tr>${['format', 'bytes at the same error', 'over ours', 'bytes at the same bytes', 'PSNR there, dB', 'SSIM there', 'quality'].map(heading)}</tr></thead>
<tbody>${comparisons.map(({ codec, arrangement, bytesAtSameError, sameBytes }) => {
      const own = arrangement === 'sheet' ? ours.bytesPerImage : alone;
      return html`<tr><th scope="row">${codecNames[codec]}, ${names[arrangement]}</th><td>${bytesAtSameError === undefined ? '–' : figure(bytesAtSameError, 4)}</td><td>${bytesAtSameError === undefined ? '–' : factor(bytesAtSameError / own)}</td><td>${figure(sameBytes.bytesPerImage, 4)}</td><td>${sameBytes.psnr.toFixed(2)}</td><td>${sameBytes.ssim.toFixed(4)}</td><td>${sameBytes.quality}</td></tr>`;
    })}</tbody></table></div>
<p class="key">Bytes at the same error lie between those of two qualities, in logarithms. Where a format has no file so small, its lowest quality stands under “at the same bytes”. Made by <code>${command}</code>.</p>`,
  };
}

/**
 * The report of a compressed file as one HTML file that needs nothing else.
 *
 * @returns the whole file as text
 */
export function renderCompressionReport(input: CompressionReportInput): string {
  return renderPage({
    title: input.title,
    head: head(input),
    parts: [picturesSection(input), curvesSection(input), numbers(input)],
    ...(input.version !== undefined && { version: input.version }),
  });
}
