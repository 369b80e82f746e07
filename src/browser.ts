// The door for a page without a bundler: all that loads in a page, from one file. tools/build-page.mjs bundles it into dist/browser.
export * from './codec.js';
export * from './graph.js';
// Both of the first two have one of this name.
export type { Values } from './index.js';
export * from './index.js';
export * from './latent.js';
