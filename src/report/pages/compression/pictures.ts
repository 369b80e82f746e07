import { count, figure } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { picture } from '../../kit/picture.js';
import { zoomStyle } from '../training/sections/specimens.js';
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
  const image = (bytes: Uint8Array, n: number, how: string) => {
    const values = Float32Array.from(bytes.subarray(n * size, (n + 1) * size), (value) => value / 255);
    return html`<td><img src="${picture(values, look)}" width="${look.width}" height="${look.height}" alt="image ${n + 1}, ${how}"></td>`;
  };
  const row = (name: string, color: string, bytes: Uint8Array, how: string, figures: string) =>
    html`<tr><th scope="row"><span class="swatch" style="--swatch:var(--${color})"></span>${name}<small>${figures}</small></th>${Array.from({ length: shown }, (_, n) => image(bytes, n, how))}</tr>`;
  const sheets = comparisons.filter(({ arrangement }) => arrangement === 'sheet');
  const words = ({ bytesPerImage, psnr }: { bytesPerImage: number; psnr: number }) =>
    ` ${figure(bytesPerImage, 3)} bytes, ${psnr.toFixed(1)} dB`;
  const coarse = sheets.filter(({ sameBytes }) => sameBytes.bytesPerImage > ours.bytesPerImage);
  return {
    id: 'pictures',
    short: 'Pictures',
    title: 'At the same bytes',
    body: html`<p class="lead">The first images as they are, and as every format has them in ${figure(ours.bytesPerImage, 3)} bytes an image; the formats in one sheet of all ${count(comparison.count)}.${
      coarse.length > 0 &&
      ` ${coarse.map(({ codec }) => contenders.find(({ key }) => key === codec)!.name).join(' and ')} cannot make a file so small: shown at the lowest quality, in more bytes.`
    }</p>
<div class="strips"><div class="scroll" tabindex="0" role="group" aria-label="Images at the same bytes"><table class="strip depth" style="${isLarge ? zoomStyle(look, 200, 140) : zoomStyle(look, 84, 56)}">
<tbody>${row('original', 'input', originals, 'as it is', ` ${count(size)} bytes`)}
${row('.gar', 'network', restored, 'out of the .gar file', words(ours))}
${sheets.map(({ codec, sameBytes }): Html => {
  const { name, color } = contenders.find(({ key }) => key === codec)!;
  return row(name, color, sameBytes.bytes, `as ${name}`, words(sameBytes));
})}</tbody></table></div></div>`,
  };
}
