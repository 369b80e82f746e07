// The catalogue: what runs anywhere, and what needs files; a line each.
export * from './browser.js';
export { readCsv } from './data/csv.js';
export { readIdx } from './data/idx.js';
export { loadMnist } from './data/mnist.js';
export { readNpy } from './data/npy.js';
export { openData } from './data/open.js';
export { writeTable } from './data/write.js';
export { loadModel, saveModel } from './train/model-file.js';
