import { describe, expect, it } from 'vitest';
import { structuralSimilarity, windowSide } from './ssim.js';

const pixels = (
  width: number,
  height: number,
  value: (row: number, column: number, channel: number) => number,
  channels = 1,
) =>
  Float64Array.from({ length: width * height * channels }, (_, at) => {
    const pixel = Math.floor(at / channels);
    return value(Math.floor(pixel / width), pixel % width, at % channels);
  });
const gray = (i: number, j: number) => (3 * i * i + 29 * j) % 256;
const changed = (i: number, j: number) => Math.min(255, Math.max(0, gray(i, j) + ((31 * i + 17 * j * j) % 41) - 20));

describe('structural similarity', () => {
  // computed with NumPy window by window, weighted variances and covariances by their definition, as scikit-image has them
  // with gaussian_weights=True, sigma=1.5, use_sample_covariance=False
  it.each([
    [24, 20, 0.98759514854504],
    [8, 7, 0.9709945101172528],
  ])('is what a second implementation gives, for %i × %i pixels', (width, height, expected) => {
    const look = { width, height, channels: 1 as const };
    const value = structuralSimilarity(pixels(width, height, gray), pixels(width, height, changed), look);
    expect(value).toBeCloseTo(expected, 12);
  });

  it('is the mean over the channels of colours', () => {
    const one = pixels(16, 16, (i, j, c) => (5 * i + 9 * j + 40 * c) % 256, 3);
    const other = one.map((value, at) => (at % 3 === 2 ? 255 - value : 16 * Math.floor(value / 16)));
    const value = structuralSimilarity(one, other, { width: 16, height: 16, channels: 3 });
    expect(value).toBeCloseTo(0.46787955586788393, 12);
  });

  it('is 1 for the same picture, whatever the scale of its values', () => {
    const look = { width: 12, height: 12, channels: 1 as const };
    const [one, other] = [pixels(12, 12, gray), pixels(12, 12, changed)];
    expect(structuralSimilarity(one, one, look)).toBeCloseTo(1, 12);
    const scaled = [one, other].map((values) => values.map((value) => value / 255)) as [Float64Array, Float64Array];
    expect(structuralSimilarity(...scaled, look, 1)).toBeCloseTo(structuralSimilarity(one, other, look), 12);
  });

  it('looks through a smaller window where a picture is smaller', () => {
    expect([28, 11, 10, 9, 2, 1].map((width) => windowSide({ width, height: 40 }))).toEqual([11, 11, 9, 9, 1, 1]);
  });
});
