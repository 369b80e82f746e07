// Checks of what comes out of a file, place by place: whatever is not what it must be is refused with its place.
import { badInput } from '../core/errors.js';

/** More values than an example may have, and more units than a layer: no memory holds their weights. */
export const MOST = 2 ** 31 - 1;

/** Looks at the value of a place; throws where it is not what it must be. */
export type Check = (value: unknown, at: string) => void;

function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return value === undefined ? 'nothing' : (JSON.stringify(value)?.slice(0, 40) ?? typeof value);
}

export function refuse(at: string, expected: string, value: unknown): never {
  throw badInput(at, `expected ${expected}, got ${shown(value)}`);
}

export const when =
  (expected: string, fits: (value: unknown) => boolean): Check =>
  (value, at) =>
    fits(value) || refuse(at, expected, value);

export const number = (expected: string, fits: (value: number) => boolean = () => true): Check =>
  when(expected, (value) => typeof value === 'number' && Number.isFinite(value) && fits(value));

export const finite = number('a finite number');
export const positive = number('a number above 0', (value) => value > 0);
export const amount = number('a number of at least 0', (value) => value >= 0);
export const share = number('a number from 0 to 1', (value) => value >= 0 && value <= 1);
export const count = number(
  'a whole number of at least 1',
  (value) => Number.isInteger(value) && value >= 1 && value <= MOST,
);
export const whole = number('a whole number of at least 0', (value) => Number.isInteger(value) && value >= 0);
export const text = when('a text', (value) => typeof value === 'string');
export const flag = when('true or false', (value) => typeof value === 'boolean');
export const oneOf = (names: readonly unknown[]): Check =>
  when(`one of ${names.join(', ')}`, (value) => names.includes(value));

export const optional =
  (check: Check): Check =>
  (value, at) =>
    value === undefined || check(value, at);

export const list =
  (check: Check, length?: readonly number[]): Check =>
  (value, at) => {
    if (!Array.isArray(value)) refuse(at, 'a list', value);
    if (length && !length.includes(value.length)) {
      refuse(at, `a list of ${[...new Set(length)].join(' or ')}`, value.length);
    }
    for (const [i, item] of value.entries()) check(item, `${at}[${i}]`);
  };

export const record =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(at, 'an object', value);
    for (const [name, check] of Object.entries(fields)) {
      check(
        Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined,
        `${at}.${name}`,
      );
    }
  };

/** One of several objects, told apart by their `type`. */
export const variant =
  (variants: Readonly<Record<string, Readonly<Record<string, Check>>>>): Check =>
  (value, at) => {
    record({ type: oneOf(Object.keys(variants)) })(value, at);
    record(variants[(value as { readonly type: string }).type] ?? {})(value, at);
  };
