// A codec for images of one kind: a code made to be rounded, written by a range coder into a .gar file.
import { fit, sliceDataset } from 'gargalo';
import { compress, decompress } from 'gargalo/codec';
import { loadMnist } from 'gargalo/node';

const { train, test } = await loadMnist();
const { autoencoder } = await fit(sliceDataset(train, 0, 10_000), {
  ...{ bottleneck: 'quantized', rate: 0.05, encoder: [256], code: 32, loss: 'mse' },
  ...{ epochs: 5, batch: 64, seed: 1, threads: 1 },
});
const digits = sliceDataset(test, 0, 1000);
const { file, psnr, ssim, bytesPerExample } = await compress(autoencoder, digits, { psnr: 18 });
console.log('bytes an image', bytesPerExample, 'PSNR', psnr, 'SSIM', ssim);

let images = 0;
for await (const { start, end } of decompress(file, { model: autoencoder })) images += end - start;
console.log('read back', images, 'images of', file.length, 'bytes');
await autoencoder.close();
