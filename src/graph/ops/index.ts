export * from './convolution.js';
export * from './custom.js';
export * from './elementwise.js';
export * from './movement.js';
export * from './products.js';
export * from './random.js';
export * from './reductions.js';
export * from './selection.js';
