// The first program: train on MNIST, look at the loss, use the code, keep the model.
import { fit } from 'gargalo';
import { loadMnist, saveModel } from 'gargalo/node';

const { train, test } = await loadMnist();
const { autoencoder, history } = await fit(train, { code: 32, epochs: 3, validation: test, seed: 1 });
console.log('test loss', history.at(-1)?.testLoss);
const codes = await autoencoder.encode(test);
console.log('codes', codes.length / test.length, 'numbers for each of', test.length, 'images');
await saveModel('mnist.onnx', autoencoder);
await autoencoder.close();
