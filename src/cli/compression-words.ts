import { count, factor, figure } from '../core/format.js';
import type { CodecComparison } from '../tasks/compress/compare.js';
import type { ImageComparison } from '../tasks/compress/compare-images.js';
import type { CompressionFigures } from '../tasks/compress/compress.js';
import { codecNames } from '../tasks/compress/image-codecs.js';
import { aligned } from './terminal.js';

/** Sizes and qualities, as people read them. */
export function compressionWords(output: string, name: string, figures: CompressionFigures): string {
  const { examples, bytes, bytesPerExample, bitsPerPixel, bytesPerExampleWithDecoder, mse, psnr, ssim } = figures;
  const quality = [
    psnr === undefined ? `mean squared error ${figure(mse, 4)}` : `PSNR ${psnr.toFixed(2)} dB`,
    ...(ssim === undefined
      ? []
      : [`SSIM ${ssim.toFixed(4)}${figures.ssimWindow === 11 ? '' : ` (window ${figures.ssimWindow})`}`]),
  ].join(', ');
  const bits = (value: number | undefined) => (value === undefined ? '' : `, ${value.toFixed(4)} bits per pixel`);
  return [
    `${output}: ${count(examples)} examples of ${name} in ${count(bytes)} bytes, lossy`,
    `  an example   ${bytesPerExample.toFixed(2)} bytes${bits(bitsPerPixel)}`,
    `  with decoder ${bytesPerExampleWithDecoder.toFixed(2)} bytes${bits(figures.bitsPerPixelWithDecoder)} (${count(figures.decoderBytes)} bytes spread over the examples)`,
    `  quality      ${quality}`,
  ].join('\n');
}

/** The formats of images beside ours, as a table. */
export function comparisonWords({ count: images, ours, alone, comparisons }: ImageComparison): string {
  const line = ({ codec, arrangement, bytesAtSameError, sameBytes }: CodecComparison): string[] => {
    const own = arrangement === 'sheet' ? ours.bytesPerImage : alone;
    return [
      `  ${codecNames[codec]}, ${arrangement === 'sheet' ? 'one sheet' : 'each alone'}`,
      bytesAtSameError === undefined ? '–' : `${figure(bytesAtSameError, 4)} (${factor(bytesAtSameError / own)})`,
      `${sameBytes.psnr.toFixed(2)} dB`,
      sameBytes.ssim.toFixed(4),
      `${figure(sameBytes.bytesPerImage, 4)} (quality ${sameBytes.quality})`,
    ];
  };
  return [
    `beside image files, ${count(images)} images, bytes an image:`,
    aligned([
      ['', 'at the same error', 'at the same bytes', 'SSIM', 'in'],
      ['  .gar, one file', figure(ours.bytesPerImage, 4), `${ours.psnr.toFixed(2)} dB`, ours.ssim.toFixed(4), ''],
      ['  .gar, each alone', figure(alone, 4), '', '', ''],
      ...comparisons.map(line),
    ]),
  ].join('\n');
}

/** The same for programs. */
export function comparisonJson({ count: images, ours, alone, comparisons }: ImageComparison): object {
  const without = <T extends { readonly bytes: Uint8Array }>({ bytes: _bytes, ...figures }: T) => figures;
  return {
    images,
    ours,
    alone,
    codecs: comparisons.map(({ sameError, sameBytes, ...rest }) => ({
      ...rest,
      ...(sameError && { sameError: without(sameError) }),
      sameBytes: without(sameBytes),
    })),
  };
}
