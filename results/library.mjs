// The parts of the built library that rows use, in one place: what is public, and a few rooms that are not yet.
export * from '../dist/index.js';
export { fitPca, projectPca, reconstructPca } from '../dist/models/pca.js';

/** The number of values in one example. */
export const exampleSizeOf = ({ shape }) => shape.reduce((product, side) => product * side, 1);
export { versionsSheet } from '../dist/data/before-after.js';
