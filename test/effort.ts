/** Whether the long variants of tests run: `npm run test:long`. */
export const isLong = process.env.GARGALO_TESTS === 'long';

/** What a test does much or little of: draws, epochs, cases. */
export const effort = <T>(quick: T, long: T): T => (isLong ? long : quick);

/** Some of the cases, or in the long variant all of them. */
export const someOf = <T>(all: readonly T[], quick: (one: T) => boolean): readonly T[] =>
  isLong ? all : all.filter(quick);
