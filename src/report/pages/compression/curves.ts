import * as Plot from '@observablehq/plot';
import { figure } from '../../../core/format.js';
import { addMarkup, draw, finish, inBothWidths, logTicks, round, type Stop, spread } from '../../kit/chart.js';
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
function chart(input: CompressionReportInput, { label, unit, of, text }: QualityChart, width: number): Html {
  const wide = width > 500;
  const [height, left, right, top, bottom] = wide ? [400, 56, 80, 26, 44] : [300, 46, 62, 26, 40];
  const curves = contenders.map((contender) => ({ ...contender, points: pointsOf(input, contender) }));
  const bytes = curves.flatMap(({ points }) => points.map((point) => point.bytesPerImage));
  const [low, high] = [Math.min(...bytes) / 1.08, Math.max(...bytes) * 1.08];
  const across = (value: number) => (Math.log(value / low) / Math.log(high / low)) * (width - left - right);
  const ticks = logTicks(low, high, across, wide ? 46 : 40);
  const drawing = draw({
    width,
    height,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: bottom,
    x: { type: 'log', domain: [low, high] },
    y: { nice: true },
    marks: [
      Plot.gridY({ ticks: 6, stroke: 'var(--line)', strokeOpacity: 1 }),
      Plot.axisY({ ticks: 6, tickSize: 0, label: unit, labelArrow: 'none' }),
      Plot.axisX(ticks, {
        tickSize: 4,
        text: (at: number) => figure(at, 2),
        label: 'bytes an image',
        labelArrow: 'none',
        labelAnchor: 'center',
      }),
      ...curves.flatMap(({ points, color }) => {
        const shown = points.map((point) => ({ x: point.bytesPerImage, y: of(point) }));
        return [
          Plot.line(shown, { x: 'x', y: 'y', stroke: `var(--${color})`, strokeWidth: 2 }),
          Plot.dot(shown, { x: 'x', y: 'y', r: wide ? 2.6 : 2, fill: `var(--${color})` }),
        ];
      }),
      Plot.dot([{ x: input.comparison.ours.bytesPerImage, y: of(input.comparison.ours) }], {
        x: 'x',
        y: 'y',
        r: 7,
        stroke: 'var(--network)',
        strokeWidth: 1.5,
      }),
    ],
  });
  const ends = curves.map(({ name, color, points }) => ({ name, color, last: points.at(-1)! }));
  const heights = spread(
    ends.map(({ last }) => drawing.y(of(last))),
    17,
  );
  addMarkup(
    drawing,
    html`<g class="names">${ends.map(
      ({ name, color, last }, i) =>
        html`<text x="${round(Math.min(drawing.x(last.bytesPerImage), width - right) + 8)}" y="${round(heights[i]!)}" dy="0.35em" text-anchor="start" style="fill:var(--${color})">${name}</text>`,
    )}</g>`,
  );
  const stops = curves
    .flatMap(({ name, points }) =>
      points.map(
        (point): Stop => [
          drawing.x(point.bytesPerImage),
          `${name}\n${figure(point.bytesPerImage, 4)} bytes an image\n${text(of(point))}`,
        ],
      ),
    )
    .sort(([a], [b]) => a - b);
  return finish(drawing, label, stops);
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
    html`<figure>${inBothWidths((width) => chart(input, one, width))}<figcaption>${
      i === 0
        ? 'PSNR of the mean squared error of all pixels against the bytes of the whole file, over the images. Ringed: the file of this report.'
        : 'Structural similarity, mean over the images, against the same bytes.'
    } The model is trained for one place on its curve.</figcaption></figure>`,
)}`,
  };
}
