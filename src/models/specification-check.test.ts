import { describe, expect, it } from 'vitest';
import { forms, trials } from '../../test/contracts/kind-trials.js';
import { kindNamed } from './kinds/index.js';
import { checkSpecification } from './specification-check.js';

type Place = readonly (string | number)[];

/** The places of all values that are no objects or lists. */
function leaves(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, [...at, key]));
}

/** A copy with another value at a place. */
function changed(value: unknown, [key, ...rest]: Place, to: unknown): unknown {
  if (key === undefined) return to;
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...(value as object) };
  copy[key] = changed(copy[key], rest, to);
  return copy;
}

const specifications = Object.entries(trials).flatMap(([name, { forms: own, variants }]) =>
  own.flatMap((form) => {
    const [input] = forms[form].inputs;
    return variants
      .filter(({ loss }) => loss !== 'bce' || input.bounded)
      .map((variant) => {
        const made = kindNamed(name).specify(input, { code: 2, ...variant });
        return [`${name} ${JSON.stringify(variant)} of ${form}`, made] as const;
      });
  }),
);

describe('a specification out of a file', () => {
  it.each(specifications)('of %s passes, and with any value damaged it does not', (_, specification) => {
    const plain: unknown = JSON.parse(JSON.stringify(specification));
    expect(() => checkSpecification(plain)).not.toThrow();
    for (const place of leaves(plain)) {
      const value = place.reduce((part, key) => (part as Record<string, unknown>)[key], plain);
      const damages: unknown[] = [{}, [[]], null];
      if (typeof value === 'number') damages.push(Number.NaN, Number.POSITIVE_INFINITY, '1');
      if (typeof value === 'string') damages.push(-1);
      for (const damage of damages) {
        const broken = changed(plain, place, damage);
        expect(() => checkSpecification(broken), `${place.join('.')} = ${JSON.stringify(damage)}`).toThrow(
          /^specification/,
        );
      }
    }
  });

  it.each([
    [
      ['input', 'scaling', 'scale'],
      [1, 1],
    ],
    [['input', 'scaling', 'scale'], [0]],
    [['input', 'scaling', 'scale'], [1e60]],
    [
      ['input', 'scaling', 'offset'],
      [0, 0, 0],
    ],
    [['input', 'scaling', 'method'], '__proto__'],
    [['input', 'columns'], ['a']],
    [['input', 'shape'], [1e10]],
    [['input', 'shape'], []],
    [['input', 'table'], { columns: [{ type: 'category', name: 'a', levels: ['b', 'c'] }] }],
    [['body', 'encoder'], [1e10]],
    [['code', 'type'], 'constructor'],
    [['loss'], 'toString'],
  ])('is refused with %j = %j', (place, value) => {
    const { inputs } = forms.tables;
    const plain: unknown = JSON.parse(JSON.stringify(kindNamed('basic').specify(inputs[0], { code: 2 })));
    expect(() => checkSpecification(changed(plain, place, value))).toThrow(`specification.${place[0]}`);
  });
});
