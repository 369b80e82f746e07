import * as Plot from '@observablehq/plot';
import { figure } from '../../../core/format.js';
import { chart, logTicks, type Stop, sideNames } from '../../kit/chart.js';
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { colorKey } from '../../kit/parts.js';
import { type CompressionReportInput, type Contender, contenders } from './input.js';

/** A file on a curve. */
interface Point {
  readonly bytesPerImage: number;
  readonly psnr: number;
  readonly ssim: number;
}

function pointsOf({ comparison }: CompressionReportInput, { key }: Contender): readonly Point[] {
  return comparison.curves[key].toSorted((a, b) => a.bytesPerImage - b.bytesPerImage);
}

interface QualityChart {
  readonly label: string;
  readonly unit: string;
  readonly of: (point: Point) => number;
  readonly text: (value: number) => string;
}

/** Quality against the logarithm of the bytes, a curve for each contender. */
function qualityChart(input: CompressionReportInput, { label, unit, of, text }: QualityChart): Html {
  const { ours } = input.comparison;
  const curves = contenders.map((contender) => ({ ...contender, points: pointsOf(input, contender) }));
  const bytes = curves.flatMap(({ points }) => points.map((point) => point.bytesPerImage));
  const [low, high] = [Math.min(...bytes) / 1.08, Math.max(...bytes) * 1.08];
  return chart((room) => {
    const [height, left, right, bottom] = room.pick([400, 56, 80, 44] as const, [300, 46, 62, 40] as const);
    return {
      ...{ label, height, margins: [26, right, bottom, left] },
      x: {
        ...{ type: 'log', domain: [low, high], label: 'bytes an image' },
        ticks: logTicks(low, high, room.width - left - right, room.pick(46, 40)),
        text: (at) => figure(at, 2),
      },
      y: { nice: true, label: unit },
      marks: [
        ...curves.flatMap(({ points, color }) => {
          const shown = points.map((point) => ({ x: point.bytesPerImage, y: of(point) }));
          return [
            Plot.line(shown, { x: 'x', y: 'y', stroke: `var(--${color})`, strokeWidth: 2 }),
            Plot.dot(shown, { x: 'x', y: 'y', r: room.pick(2.6, 2), fill: `var(--${color})` }),
          ];
        }),
        Plot.dot([{ x: ours.bytesPerImage, y: of(ours) }], {
          ...{ x: 'x', y: 'y', r: 7, stroke: 'var(--network)', strokeWidth: 1.5 },
        }),
      ],
      markup: (drawing) =>
        sideNames(
          curves.flatMap(({ name, color, points }) => {
            const last = points.at(-1);
            if (!last) return [];
            const x = Math.min(drawing.x(last.bytesPerImage), room.width - right) + 8;
            return [{ x, y: drawing.y(of(last)), color, text: name }];
          }),
        ),
      stops: ({ x }) =>
        curves
          .flatMap(({ name, points }) =>
            points.map(
              (point): Stop => [
                x(point.bytesPerImage),
                `${name}\n${figure(point.bytesPerImage, 4)} bytes an image\n${text(of(point))}`,
              ],
            ),
          )
          .sort(([a], [b]) => a - b),
    };
  });
}

/** How quality grows with bytes, ours and the formats'. */
export function curvesSection(input: CompressionReportInput): Section {
  const { count } = input.comparison;
  const charts: readonly QualityChart[] = [
    {
      label: 'PSNR against bytes an image, for .gar, JPEG, WebP and AVIF',
      unit: 'PSNR, dB',
      of: ({ psnr }) => psnr,
      text: (value) => `${value.toFixed(2)} dB`,
    },
    {
      label: 'SSIM against bytes an image, for .gar, JPEG, WebP and AVIF',
      unit: 'SSIM',
      of: ({ ssim }) => ssim,
      text: (value) => `SSIM ${value.toFixed(4)}`,
    },
  ];
  return {
    id: 'curves',
    short: 'Rate and distortion',
    title: 'What bytes buy',
    body: html`<p class="lead">The same ${count.toLocaleString('en-US')} images as one file each way: .gar at several steps, the formats as one sheet of all images at several qualities, so that headers hardly count. Up and to the left is better.</p>
${colorKey(contenders)}${charts.map(
  (one, i) =>
    html`<figure>${qualityChart(input, one)}<figcaption>${
      i === 0
        ? 'PSNR of the mean squared error of all pixels against the bytes of the whole file, over the images. Ringed: the file of this report.'
        : 'Structural similarity, mean over the images, against the same bytes.'
    } The model is trained for one place on its curve.</figcaption></figure>`,
)}`,
  };
}
