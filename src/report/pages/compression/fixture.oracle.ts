// The report of a compressed file made up for tests.
import type { CodecPictures } from '../../../tasks/compress/compare.js';
import { imageCodecs } from '../../../tasks/compress/image-codecs.js';
import type { CompressionReportInput } from './input.js';

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

export function compressionInput(title = 'digits & "more" as a.gar'): CompressionReportInput {
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
