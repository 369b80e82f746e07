// Binary MNIST: each pixel is drawn black or white with its gray value as the probability, always the same.
import { binarized, exampleSizeOf, loadMnist } from './library.mjs';

/** Data sets of as many examples each, one after the other. */
function together(parts, name) {
  const [{ length, labels: _labels, ...rest }] = parts;
  return {
    ...rest,
    name,
    length: length * parts.length,
    async block(start, end) {
      const size = exampleSizeOf(rest);
      const values = new Uint8Array((end - start) * size);
      for (let at = start; at < end; ) {
        const part = Math.floor(at / length);
        const stop = Math.min(end, (part + 1) * length);
        values.set(await parts[part].block(at - part * length, stop - part * length), (at - start) * size);
        at = stop;
      }
      return values;
    },
  };
}

/** 60,000 images drawn so often to train on, and 10,000 drawn once to test on. */
export async function loadBinaryMnist(draws) {
  const { train, test } = await loadMnist();
  const parts = Array.from({ length: draws }, (_, i) => binarized(train, 'drawn', i + 1));
  return {
    train: together(parts, `binary mnist/train, ${draws} draws`),
    test: { ...binarized(test, 'drawn', draws + 1), name: 'binary mnist/test' },
  };
}
