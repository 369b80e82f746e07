import { expect, it } from 'vitest';
import { loadMnist } from './mnist.js';

it('MNIST has 60,000 and 10,000 images of bytes with labels', async () => {
  const { train, test } = await loadMnist();
  expect(train).toMatchObject({ name: 'mnist/train', length: 60_000, shape: [28, 28], type: 'uint8' });
  expect(test).toMatchObject({ name: 'mnist/test', length: 10_000, shape: [28, 28], type: 'uint8' });
  expect(train.labels?.names).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  expect([...(train.labels?.values.subarray(0, 5) ?? [])]).toEqual([5, 0, 4, 1, 9]);
  expect([...(test.labels?.values.subarray(0, 5) ?? [])]).toEqual([7, 2, 1, 0, 4]);
  // the mean of the training pixels, as it is known everywhere
  const pixels = await train.block(0, train.length);
  let sum = 0;
  for (const pixel of pixels) sum += pixel;
  expect(sum / pixels.length / 255).toBeCloseTo(0.1307, 4);
});
