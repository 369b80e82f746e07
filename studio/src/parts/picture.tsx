// Examples as pictures, however they are made: pixels, points, series, rows.
import { useEffect, useRef } from 'preact/hooks';
import type { DataFacts } from '../engine/protocol.js';

/** Pixels of a picture from raw values. */
function paint(canvas: HTMLCanvasElement, values: ArrayLike<number>, facts: DataFacts): void {
  const { form, low, high } = facts;
  if (form.type !== 'picture') return;
  const { width, height, channels } = form;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(width, height);
  const [from, to] = [low[0] ?? 0, high[0] ?? 1];
  for (let p = 0; p < width * height; p++) {
    for (let c = 0; c < 3; c++) {
      const value = values[channels === 3 ? 3 * p + c : p] ?? 0;
      image.data[4 * p + c] = (255 * (value - from)) / (to - from || 1);
    }
    image.data[4 * p + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

interface ExampleProps {
  readonly values: ArrayLike<number>;
  readonly facts: DataFacts;
  /** What it is, for who cannot see it. */
  readonly label: string;
  readonly size?: number;
  /** The same example before it went through the network, drawn behind. */
  readonly behind?: ArrayLike<number>;
}

export function Example({ values, facts, label, size = 64, behind }: ExampleProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isPicture = facts.form.type === 'picture';
  useEffect(() => {
    if (canvas.current && isPicture) paint(canvas.current, values, facts);
  });
  if (facts.form.type === 'picture') {
    const height = (size * facts.form.height) / facts.form.width;
    return (
      <canvas
        ref={canvas}
        class="example"
        role="img"
        aria-label={label}
        style={{ width: `${size}px`, height: `${height}px` }}
      />
    );
  }
  return <Profile values={values} facts={facts} label={label} size={size} {...(behind && { behind })} />;
}

/** A row or a series as a line, each value within the range of its feature. */
function Profile({ values, facts, label, size = 64, behind }: ExampleProps) {
  const { low, high } = facts;
  const [width, height] = [Math.max(size, 96), 56];
  const line = (row: ArrayLike<number>) =>
    Array.from({ length: row.length }, (_, i) => {
      const [from, to] = [low[i % low.length] ?? 0, high[i % high.length] ?? 1];
      const x = row.length > 1 ? 4 + ((width - 8) * i) / (row.length - 1) : width / 2;
      const y = height - 4 - (height - 8) * Math.min(1, Math.max(0, ((row[i] ?? 0) - from) / (to - from || 1)));
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    }).join(' ');
  return (
    <svg class="example" viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label}>
      {behind && <polyline points={line(behind)} fill="none" stroke="var(--faint)" stroke-width="1.5" />}
      <polyline points={line(values)} fill="none" stroke="var(--network)" stroke-width="1.5" />
    </svg>
  );
}

/** Weights of a unit: blue below 0, red above. */
export function Filter({
  weights,
  width,
  height,
  label,
}: {
  readonly weights: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly label: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(width, height);
    const channels = weights.length / (width * height);
    const most = weights.reduce((max, weight) => Math.max(max, Math.abs(weight)), 1e-12);
    for (let p = 0; p < width * height; p++) {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += weights[p * channels + c] ?? 0;
      const part = sum / channels / most;
      const color = part > 0 ? [214, 56, 42] : [38, 110, 214];
      image.data.set([...color, 255 * Math.min(1, Math.abs(part))], 4 * p);
    }
    context.putImageData(image, 0, 0);
  });
  return (
    <canvas
      ref={canvas}
      class="example filter"
      width={width}
      height={height}
      role="img"
      aria-label={label}
      style={{ width: '56px', height: `${(56 * height) / width}px` }}
    />
  );
}
