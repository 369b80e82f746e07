import { count, figure } from '../../../core/format.js';
import { rowAt } from '../../../core/vectors.js';
import { type Html, html } from '../../kit/html.js';
import { lead } from '../../kit/parts.js';
import { pictureStrip, type StripRow } from '../../kit/strip.js';
import { type CompressionReportInput, contenders } from './input.js';

/** Small pictures side by side; of large ones fewer, drawn larger. */
const [MANY, FEW] = [10, 4];
const LARGE = 100;

/** The same images in every way, at the same bytes. */
export function pictures({ comparison }: CompressionReportInput): Html {
  const { look, originals, restored, comparisons, ours } = comparison;
  const size = look.width * look.height * look.channels;
  const isLarge = look.width > LARGE;
  const shown = Array.from({ length: Math.min(comparison.count, isLarge ? FEW : MANY) }, (_, n) => n);
  const rowOf = (name: string, color: string, bytes: Uint8Array, how: string, figures: string): StripRow => ({
    ...{ name: html`${name}<small>${figures}</small>`, color, alt: `, ${how}` },
    pictures: shown.map((n) => Float32Array.from(rowAt(bytes, size, n), (value) => value / 255)),
  });
  const sheets = comparisons.flatMap(({ codec, arrangement, sameBytes }) => {
    const contender = contenders.find(({ key }) => key === codec);
    return arrangement === 'sheet' && contender ? [{ ...contender, sameBytes }] : [];
  });
  const words = ({ bytesPerImage, psnr }: { bytesPerImage: number; psnr: number }) =>
    ` ${figure(bytesPerImage, 3)} bytes, ${psnr.toFixed(1)} dB`;
  const coarse = sheets.filter(({ sameBytes }) => sameBytes.bytesPerImage > ours.bytesPerImage);
  const rows = [
    rowOf('original', 'input', originals, 'as it is', ` ${count(size)} bytes`),
    rowOf('.gar', 'network', restored, 'out of the .gar file', words(ours)),
    ...sheets.map(({ name, color, sameBytes }) => rowOf(name, color, sameBytes.bytes, `as ${name}`, words(sameBytes))),
  ];
  return html`${lead(
    `The first images as they are, and as every format has them in ${figure(ours.bytesPerImage, 3)} bytes an image; the formats in one sheet of all ${count(comparison.count)}.`,
    coarse.length > 0 &&
      `${coarse.map(({ name }) => name).join(' and ')} cannot make a file so small: shown at the lowest quality, in more bytes.`,
  )}
<div class="strips">${pictureStrip({
    label: 'Images at the same bytes',
    ...{ look, room: isLarge ? [200, 140] : [84, 56], groups: [{ rows }] },
    examples: shown.map((n) => `image ${n + 1}`),
  })}</div>`;
}
