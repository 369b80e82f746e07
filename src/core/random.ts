import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded source of random numbers; every draw moves it on. */
export interface Random {
  /** Uniform in [0, 1), with 32 random bits. */
  uniform(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** Standard normal (Box & Muller 1958). */
  normal(): number;
}

/** FNV-1a over UTF-16 units: turns the name of a stream into 32 bits. */
function hashName(name: string, basis: number): number {
  let hash = basis;
  for (let i = 0; i < name.length; i++) {
    hash ^= name.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash | 0;
}

/** splitmix32: spreads a weak seed over all bits (Steele, Lea & Flood 2014). */
function mix(value: number): number {
  let z = (value + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) | 0;
}

/**
 * Opens the stream of random numbers called `stream` under `seed`. Streams are independent of each other, so
 * that a draw added in one place changes nothing elsewhere, and a position is named ("shuffle/12") instead of reached
 * by drawing: that is what makes resuming exact.
 *
 * @param seed any integer
 * @param stream a path-like name: "initialize/encoder/0/weight", "shuffle/3"
 */
export function createRandom(seed: number, stream: string): Random {
  const low = mix(seed | 0);
  const high = mix(Math.floor(seed / 2 ** 32) | 0);
  const generator = xoroshiro128plusFromState([
    mix(low ^ hashName(stream, 0x811c9dc5)),
    mix(high ^ hashName(stream, 0x01234567)),
    mix(low + high + hashName(stream, 0x5bd1e995)),
    // never all zero, which the generator could not leave
    mix(stream.length) | 1,
  ]);
  const uniform = (): number => (generator.next() >>> 0) / 2 ** 32;
  let spare: number | undefined;
  return {
    uniform,
    integer: (bound) => uniformInt(generator, 0, bound - 1),
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** The numbers 0 … length−1 in random order (Fisher & Yates, Durstenfeld's form). */
export function permutation(length: number, random: Random): Int32Array {
  const order = new Int32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  for (let i = length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const swap = order[i] as number;
    order[i] = order[j] as number;
    order[j] = swap;
  }
  return order;
}
