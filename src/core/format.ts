/** Made when first used: that takes some milliseconds of the start of a program. */
let formatter: Intl.NumberFormat | undefined;
const grouped = (value: number): string => {
  formatter ??= new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
  return formatter.format(value);
};

/** A whole number with its thousands apart: 50,992. */
export function count(value: number): string {
  return Number.isFinite(value) ? grouped(value) : String(value);
}

/** A measured number with so many significant digits; large ones with their thousands apart, tiny ones with an exponent. */
export function figure(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e9 || size < 1e-4) return value.toExponential(Math.max(0, digits - 1)).replace('e+', 'e');
  // rounding may bring it to one more digit: 999.7
  const rounded = Number(value.toPrecision(digits));
  if (Math.abs(rounded) >= 10 ** digits) return grouped(rounded);
  return value.toPrecision(digits);
}

/** A value that stands in the data with so many significant digits, a whole number with all of them: 2019, -9999, 12,345. */
export function exactly(value: number, digits = 3): string {
  if (!Number.isInteger(value)) return figure(value, digits);
  return Math.abs(value) < 10_000 ? String(value) : Math.abs(value) < 1e15 ? grouped(value) : figure(value, digits);
}

/** A factor: 4.9×, 24.5×, 118×. */
export function factor(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const text = value >= 100 ? count(value) : value >= 1 ? value.toFixed(1) : figure(value, 2);
  return `${Number.isInteger(value) ? count(value) : text}×`;
}

/** A share of one as a percentage, its sign kept on the line: 74 %, 8.3 %, 0.41 %. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return '–';
  const value = share * 100;
  const size = Math.abs(value);
  const text = size >= 99.95 || size === 0 ? value.toFixed(0) : size >= 9.95 ? value.toFixed(1) : figure(value, 2);
  return `${text}\u202f%`;
}

/** A share of one that is a round number, as of an axis or a setting: 75 %, 0.5 %. */
export function roundPercent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}\u202f%`;
}

/** A duration: 16.1 s, 2 min 13 s, 1 h 04 min. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 100) return `${figure(seconds)}\u202fs`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(whole / 60);
  return `${count(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A duration in whole seconds, for a display that counts down: "4 min 12 s". */
export function wholeDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

const months = 'January February March April May June July August September October November December'.split(' ');

/** A moment for people, in universal time, the same on every machine: 7 March 2026, 14:05 UTC. */
export function moment(date: Date): string {
  if (Number.isNaN(date.getTime())) return 'unknown date';
  const clock = `${String(date.getUTCHours()).padStart(2, '0')}:${String(date.getUTCMinutes()).padStart(2, '0')}`;
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${clock} UTC`;
}

/** "1 example", "20 examples". */
export function several(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
