/**
 * How deep places lie in a gap, [n]: up to 1 they are as good as the codes of examples, 2 is twice as far off as a code may
 * be, and so on.
 */
export type DepthOf = (codes: Float32Array) => Promise<Float32Array>;
