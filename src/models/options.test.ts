import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../core/names.js';
import { trainingOptions } from '../train/options.js';
import { kinds } from './kinds/index.js';
import { completeOptions, defaultWords, type Option, parseOption } from './options.js';

const options = {
  width: { type: 'integer', default: 32, minimum: 1, maximum: 100, description: 'an integer' },
  rate: { type: 'number', default: 0.5, minimum: 0, exclusive: true, description: 'a number' },
  limit: { type: 'number', default: undefined, description: 'a number without bounds or default' },
  layers: { type: 'integers', default: [], minimum: 1, description: 'integers' },
  mode: { type: 'choice', choices: ['fast', 'exact'], default: 'fast', description: 'a choice' },
  tied: { type: 'flag', default: false, description: 'a flag' },
} as const satisfies Record<string, Option>;

describe('completing options', () => {
  it('fills in what is left out, and keeps what is given', () => {
    const defaults = { width: 32, rate: 0.5, limit: undefined, layers: [], mode: 'fast', tied: false };
    expect(completeOptions(options, {})).toEqual(defaults);
    expect(completeOptions(options, { width: undefined, mode: undefined })).toEqual(defaults);
    const given = { width: 1, rate: 1e-9, limit: -5, layers: [3, 2], mode: 'exact', tied: true };
    expect(completeOptions(options, given)).toEqual(given);
  });

  it.each<[string, unknown, string]>([
    ['width', 0, 'a whole number of at least 1 and of at most 100, got 0'],
    ['width', 101, 'a whole number of at least 1 and of at most 100, got 101'],
    ['width', 2.5, 'a whole number of at least 1 and of at most 100, got 2.5'],
    ['width', '32', 'a whole number of at least 1 and of at most 100, got "32"'],
    ['width', null, 'a whole number of at least 1 and of at most 100, got null'],
    ['width', Number.NaN, 'a whole number of at least 1'],
    ['rate', 0, 'a number above 0, got 0'],
    ['rate', Number.POSITIVE_INFINITY, 'a number above 0'],
    ['limit', 'x', 'a number, got "x"'],
    ['layers', [4, 0], 'whole numbers of at least 1, separated by commas, got [4,0]'],
    ['layers', 4, 'whole numbers of at least 1, separated by commas, got 4'],
    ['layers', [1.5], 'whole numbers of at least 1'],
    ['mode', 3, 'one of fast, exact, got 3'],
    ['tied', 'true', 'true or false, got "true"'],
  ])('refuses %s = %j in words', (name, value, words) => {
    expect(() => completeOptions(options, { [name]: value })).toThrow(
      expect.objectContaining({
        code: 'bad-input',
        where: name,
        problem: expect.stringContaining(`expected ${words}`),
      }),
    );
  });

  it('suggests the nearest choice and the nearest name', () => {
    expect(() => completeOptions(options, { mode: 'exakt' })).toThrow(
      expect.objectContaining({ where: 'mode', remedy: 'did you mean "exact"?' }),
    );
    expect(() => completeOptions(options, { widht: 3 })).toThrow(
      expect.objectContaining({ where: 'option', remedy: 'did you mean "width"?' }),
    );
    expect(() => completeOptions(options, { somethingElse: 3 })).toThrow(
      expect.objectContaining({ where: 'option', remedy: undefined }),
    );
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('takes %s for no option', (name) => {
    expect(() => completeOptions(options, Object.fromEntries([[name, 1]]))).toThrow(
      expect.objectContaining({ code: 'bad-input', where: 'option' }),
    );
  });
});

describe('the nearest name', () => {
  it('is found in spite of case and slips of the keyboard, and only where it is close', () => {
    expect(nearest('Relu', ['relu', 'elu'])).toBe('relu');
    expect(nearest('leakyrelu', ['relu', 'leaky-relu'])).toBe('leaky-relu');
    expect(nearest('xylophone', ['relu', 'elu'])).toBeUndefined();
    expect(nearest('relu', [])).toBeUndefined();
  });
});

describe('reading options from text', () => {
  it('undoes writing them as text', () => {
    fc.assert(
      fc.property(
        fc.record({
          width: fc.integer({ min: 1, max: 100 }),
          rate: fc.double({ min: 0, minExcluded: true, noNaN: true, noDefaultInfinity: true }),
          layers: fc.array(fc.integer({ min: 1, max: 5000 })),
          mode: fc.constantFrom('fast', 'exact'),
          tied: fc.boolean(),
        }),
        (values) => {
          const read = Object.entries(values).map(([name, value]) => [
            name,
            parseOption(options[name as keyof typeof options], String(value)),
          ]);
          expect(completeOptions(options, Object.fromEntries(read))).toEqual({ ...values, limit: undefined });
        },
      ),
    );
  });

  it.each<[keyof typeof options, string]>([
    ['width', ''],
    ['width', ' '],
    ['width', 'ten'],
    ['width', '1e'],
    ['rate', '0,1'],
    ['layers', '128,,64'],
    ['layers', '128,'],
    ['layers', '128;64'],
    ['layers', '12.5'],
    ['mode', ''],
    ['tied', 'yes'],
    ['tied', ''],
  ])('leaves it to the check to refuse --%s "%s"', (name, text) => {
    expect(() => completeOptions(options, { [name]: parseOption(options[name], text) })).toThrow(
      expect.objectContaining({ code: 'bad-input', where: name }),
    );
  });
});

describe.each([
  ['training', trainingOptions] as const,
  ...kinds.map((kind) => [`the kind ${kind.name}`, kind.options] as const),
])('the options of %s', (_name, described: Readonly<Record<string, Option>>) => {
  it('have defaults that pass their own checks, and say what they are for', () => {
    const defaults = completeOptions(described, {});
    expect(completeOptions(described, defaults)).toEqual(defaults);
    for (const { description } of Object.values(described)) {
      expect(description).toMatch(/^\S.*[^.\s]$/s);
    }
  });
});

it('no option of a kind has the name of an option of training', () => {
  for (const { options: own } of kinds) {
    expect(Object.keys(own).filter((name) => name in trainingOptions)).toEqual([]);
  }
});

describe('the default in words', () => {
  it('is the value, or what it follows from, and where the recipe chooses, what holds without it', () => {
    const number = { type: 'number', default: 0.5, description: '' } as const;
    expect(defaultWords(number)).toBe('0.5');
    expect(defaultWords({ ...number, byRecipe: true })).toBe('by the recipe; with --recipe none: 0.5');
    expect(defaultWords({ ...number, default: undefined })).toBeUndefined();
    const open = { ...number, default: undefined, usually: 'never', byRecipe: true } as const;
    expect(defaultWords(open, (value) => `<${value}>`)).toBe('by the recipe; with <--recipe none>: never');
    expect(defaultWords({ type: 'integers', default: [], minimum: 1, description: '' })).toBe('none');
    // what help calls none can be given
    expect(parseOption({ type: 'integers', default: [], minimum: 1, description: '' }, 'none')).toEqual([]);
  });
});
