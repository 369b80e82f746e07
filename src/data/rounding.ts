/** The part of their range from which on it matters that numbers are rounded. */
const MATTERS = 1e-3;

/** Follows how far 32-bit floats round numbers, beside the range that these span. */
export interface Rounding {
  add(value: number): void;
  /** Adds many at once: their ends, and the most that one of them is rounded by. */
  addSpan(low: number, high: number, most: number): void;
  /** What is lost where it matters, with the mend: "32-bit floats …"; undefined where it does not. */
  words(): string | undefined;
}

const short = (value: number) => String(Number(value.toPrecision(3)));

/** A number near the middle of a range, with as few digits as the range asks for. */
function middleOf(low: number, high: number): number {
  const digits = Math.floor(Math.log10(high - low));
  const middle = low + (high - low) / 2;
  return digits >= 0
    ? Math.round(middle / 10 ** digits) * 10 ** digits
    : Number(middle.toFixed(Math.min(100, -digits)));
}

export function openRounding(): Rounding {
  let [low, high, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  return {
    add(value) {
      if (value < low) low = value;
      if (value > high) high = value;
      const lost = Math.abs(value - Math.fround(value));
      if (lost > most) most = lost;
    },
    addSpan(otherLow, otherHigh, otherMost) {
      low = Math.min(low, otherLow);
      high = Math.max(high, otherHigh);
      most = Math.max(most, otherMost);
    },
    words() {
      const range = high - low;
      if (!(most > MATTERS * range && range > 0)) return undefined;
      return `32-bit floats round it by up to ${short(most)}, where its values span ${short(range)}: subtract ${middleOf(low, high)} from it first`;
    },
  };
}
