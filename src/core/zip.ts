import { GargaloError } from './errors.js';

/** Pairs of what stands at the same place of two lists of one length. */
export function zip<A, B>(left: readonly A[], right: readonly B[]): (readonly [A, B])[] {
  if (left.length !== right.length) {
    throw new GargaloError('internal', 'zip', `expected lists of one length, got ${left.length} and ${right.length}`);
  }
  return left.map((item, i) => [item, right[i] as B] as const);
}
