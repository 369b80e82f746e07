// The parts of the built library that rows use, in one place: what is public, and a few rooms that are not yet.
export * from '../dist/codec.js';
export * from '../dist/graph.js';
export * from '../dist/index.js';
export * from '../dist/latent.js';
export * from '../dist/node.js';

/** The number of values in one example. */
export const exampleSizeOf = ({ shape }) => shape.reduce((product, side) => product * side, 1);
export { versionsSheet } from '../dist/data/before-after.js';
