import { expect, it } from 'vitest';
import { spots } from '../../test/tiny.js';
import { binarized } from './binarize.js';
import { arrayDataset } from './dataset.js';

it('draws each value with the probability that it stands for, the same each time and in any blocks', async () => {
  const gray = arrayDataset(new Float32Array(20_000).fill(0.3), { name: 'gray', shape: [10] });
  const data = binarized(gray);
  const values = await data.block(0, 2000);
  const ones = Array.from(values).reduce((sum, value) => sum + value, 0);
  expect(values.every((value) => value === 0 || value === 1)).toBe(true);
  // four standard deviations of a binomial count
  expect(Math.abs(ones - 6000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.3 * 0.7));
  expect(await data.block(7, 9)).toEqual(values.slice(70, 90));
  expect(await binarized(gray, 'drawn', 1).block(0, 2000)).not.toEqual(values);
  expect(await gray.block(0, 1)).toEqual(new Float32Array(10).fill(0.3));
});

it('cuts at the middle, and leaves 0 and 255 as they are', async () => {
  const bytes = arrayDataset(Uint8Array.of(0, 127, 128, 255), { name: 'bytes', shape: [4] });
  expect(await binarized(bytes, 'threshold').block(0, 1)).toEqual(Uint8Array.of(0, 0, 255, 255));
  const drawn = await binarized(spots(50)).block(0, 50);
  const raw = await spots(50).block(0, 50);
  for (const [i, value] of raw.entries()) if (value === 0 || value === 255) expect(drawn[i]).toBe(value);
});
