import { type ExampleForm, exampleSize } from '../data/dataset.js';
import { shown } from '../data/table/cells.js';
import { formatShape } from '../graph/shape.js';
import type { Specification } from './specification.js';

/** What keeps data from being input of a model, in words. */
export interface InputMismatch {
  readonly problem: string;
  readonly remedy: string;
}

const REOPEN = 'open the data as the model takes them, with like: model.specification.input';

/** The axes of a shape that hold more than one value. */
const axesOf = (shape: readonly number[]): string => shape.filter((side) => side !== 1).join(' ');

/** Whether values of one shape can stand for values of the other: the same axes, or a flat row of all of them. */
const areAlike = (a: readonly number[], b: readonly number[]): boolean =>
  axesOf(a) === axesOf(b) || a.length === 1 || b.length === 1;

/** A column of both tables that has become other features than the model has. */
function otherColumn(model: ExampleForm['table'], data: ExampleForm['table']): InputMismatch | undefined {
  if (!model || !data) return undefined;
  for (const [i, own] of model.columns.entries()) {
    const other = data.columns[i];
    const name = shown(own.name);
    if (own.type !== other?.type) {
      const problem = `expected ${name} to be a ${own.type}, as the model has it, got a ${other?.type ?? 'missing column'}`;
      return { problem, remedy: REOPEN };
    }
    if (own.type === 'number' || other.type === 'number') continue;
    const [levels, others] = [own, other].map((column) => column.levels.map(shown).join(', '));
    if (levels !== others) {
      const problem = `expected the levels of ${name} as the model has them (${levels}), got ${others}`;
      return { problem, remedy: REOPEN };
    }
  }
  return undefined;
}

/** A column that both have by name, at another place: its values would be taken for those of another column. */
function movedColumn(model: readonly string[], data: readonly string[]): InputMismatch | undefined {
  let places: Map<string, number> | undefined;
  for (const [i, name] of model.entries()) {
    if (data[i] === name) continue;
    places ??= new Map(data.map((other, at) => [other, at]));
    const at = places.get(name);
    if (at === undefined) continue;
    const problem = `expected ${shown(name)} as column ${i + 1}, as the model has it, got it as column ${at + 1}`;
    return { problem, remedy: `put the columns in the model's order, or ${REOPEN}` };
  }
  return undefined;
}

/** What keeps examples of a form from being input of a model; undefined where they are. */
export function inputMismatch({ input }: Specification, data: ExampleForm): InputMismatch | undefined {
  const expected = exampleSize(input);
  if (exampleSize(data) !== expected || !areAlike(input.shape, data.shape)) {
    return {
      problem: `expected examples of ${expected} values, shape ${formatShape(input.shape)}, as the model has them, got ${exampleSize(data)} values, shape ${formatShape(data.shape)}`,
      remedy: 'use the data the model was made for, with the same columns',
    };
  }
  return otherColumn(input.table, data.table) ?? movedColumn(input.columns ?? [], data.columns ?? []);
}
