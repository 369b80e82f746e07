import { count } from '../../core/format.js';

/** An example in words: "example 1,234, label 7". */
export const exampleName = (index: number, label?: string): string =>
  `example ${count(index)}${label === undefined ? '' : `, label ${label}`}`;

/** A name that is cut where it is long. */
export const shortened = (name: string, most: number): string =>
  name.length > most ? `${name.slice(0, most - 1)}…` : name;
