import { count, figure } from '../../../core/format.js';
import { html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { pictureStrip, type StripRow } from '../../kit/strip.js';
import { type CompressionReportInput, contenders } from './input.js';

/** Small pictures side by side; of large ones fewer, drawn larger. */
const [MANY, FEW] = [10, 4];
const LARGE = 100;

/** The same images in every way, at the same bytes. */
export function picturesSection({ comparison }: CompressionReportInput): Section {
  const { look, originals, restored, comparisons, ours } = comparison;
  const size = look.width * look.height * look.channels;
  const isLarge = look.width > LARGE;
  const shown = Math.min(comparison.count, isLarge ? FEW : MANY);
  const rowOf = (name: string, color: string, bytes: Uint8Array, how: string, figures: string): StripRow => ({
    ...{ name: html`${name}<small>${figures}</small>`, color },
    pictures: Array.from({ length: shown }, (_, n) => ({
      values: Float32Array.from(bytes.subarray(n * size, (n + 1) * size), (value) => value / 255),
      alt: `image ${n + 1}, ${how}`,
    })),
  });
  const sheets = comparisons.flatMap(({ codec, arrangement, sameBytes }) => {
    const contender = contenders.find(({ key }) => key === codec);
    return arrangement === 'sheet' && contender ? [{ ...contender, sameBytes }] : [];
  });
  const words = ({ bytesPerImage, psnr }: { bytesPerImage: number; psnr: number }) =>
    ` ${figure(bytesPerImage, 3)} bytes, ${psnr.toFixed(1)} dB`;
  const coarse = sheets.filter(({ sameBytes }) => sameBytes.bytesPerImage > ours.bytesPerImage);
  return {
    id: 'pictures',
    short: 'Pictures',
    title: 'At the same bytes',
    body: html`<p class="lead">The first images as they are, and as every format has them in ${figure(ours.bytesPerImage, 3)} bytes an image; the formats in one sheet of all ${count(comparison.count)}.${
      coarse.length > 0 &&
      ` ${coarse.map(({ name }) => name).join(' and ')} cannot make a file so small: shown at the lowest quality, in more bytes.`
    }</p>
<div class="strips">${pictureStrip({
      label: 'Images at the same bytes',
      ...{ look, room: isLarge ? [200, 140] : [84, 56] },
      groups: [
        {
          rows: [
            rowOf('original', 'input', originals, 'as it is', ` ${count(size)} bytes`),
            rowOf('.gar', 'network', restored, 'out of the .gar file', words(ours)),
            ...sheets.map(({ name, color, sameBytes }) =>
              rowOf(name, color, sameBytes.bytes, `as ${name}`, words(sameBytes)),
            ),
          ],
        },
      ],
    })}</div>`,
  };
}
