import * as Plot from '@observablehq/plot';
import { count, figure } from '../../../core/format.js';
import { chart, sideNames } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import { colorKey, lead } from '../../kit/parts.js';
import { type CompressionReportInput, contenders } from './input.js';

/** A file on a curve. */
type Point = Pick<CompressionReportInput['comparison']['ours'], 'bytesPerImage' | 'psnr' | 'ssim'>;

/** How quality is measured. */
const qualities = [
  {
    ...{
      name: 'PSNR',
      unit: 'PSNR, dB',
      of: ({ psnr }: Point) => psnr,
      text: (value: number) => `${value.toFixed(2)} dB`,
    },
    caption:
      'PSNR of the mean squared error of all pixels against the bytes of the whole file, over the images. Ringed: the file of this report.',
  },
  {
    ...{
      name: 'SSIM',
      unit: 'SSIM',
      of: ({ ssim }: Point) => ssim,
      text: (value: number) => `SSIM ${value.toFixed(4)}`,
    },
    caption: 'Structural similarity, mean over the images, against the same bytes.',
  },
];

/** Quality against the logarithm of the bytes, a curve for each contender. */
function qualityChart(
  { comparison: { ours, curves: files } }: CompressionReportInput,
  quality: (typeof qualities)[number],
): Html {
  const { name: measure, unit, of, text } = quality;
  const place = { x: 'bytesPerImage', y: of };
  const curves = contenders.map(({ key, ...contender }) => ({
    ...contender,
    points: files[key].toSorted((a, b) => a.bytesPerImage - b.bytesPerImage),
  }));
  const bytes = curves.flatMap(({ points }) => points.map(({ bytesPerImage }) => bytesPerImage));
  const stops = curves.flatMap(({ name, points }) =>
    points.map((point): readonly [number, string] => [
      point.bytesPerImage,
      `${name}\n${figure(point.bytesPerImage, 4)} bytes an image\n${text(of(point))}`,
    ]),
  );
  return chart(({ pick }) => ({
    label: `${measure} against bytes an image, for .gar, JPEG, WebP and AVIF`,
    ...{ height: pick(400, 300), top: 26, right: pick(80, 62) },
    x: {
      ...{ type: 'log', domain: [Math.min(...bytes) / 1.08, Math.max(...bytes) * 1.08], apart: pick(46, 40) },
      ...{ text: (at) => figure(at, 2), label: 'bytes an image' },
    },
    y: { nice: true, label: unit },
    marks: [
      ...curves.flatMap(({ points, color }) => [
        Plot.line(points, { ...place, stroke: `var(--${color})`, strokeWidth: 2 }),
        Plot.dot(points, { ...place, r: pick(2.6, 2), fill: `var(--${color})` }),
      ]),
      Plot.dot([ours], { ...place, r: 7, stroke: 'var(--network)', strokeWidth: 1.5 }),
    ],
    markup: ({ x, y, frame }) =>
      sideNames(
        curves.flatMap(({ name: text, color, points }) => {
          const last = points.at(-1);
          return last ? [{ x: Math.min(x(last.bytesPerImage), frame.right) + 8, y: y(of(last)), color, text }] : [];
        }),
      ),
    stops: stops.sort(([a], [b]) => a - b),
  }));
}

/** How quality grows with bytes, ours and the formats'. */
export const curves = (input: CompressionReportInput): Html =>
  html`${lead(`The same ${count(input.comparison.count)} images as one file each way: .gar at several steps, the formats as one sheet of all images at several qualities, so that headers hardly count. Up and to the left is better.`)}
${colorKey(contenders)}${qualities.map(
  (quality) =>
    html`<figure>${qualityChart(input, quality)}<figcaption>${quality.caption} The model is trained for one place on its curve.</figcaption></figure>`,
)}`;
