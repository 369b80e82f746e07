import { expect, it } from 'vitest';
import { parseJson } from './json.js';

it('reads what JSON.parse reads, brackets in texts too', () => {
  for (const value of [{ a: ['[[{', '\\"[', 1.5, null] }, [], 'x', 3, '"']) {
    expect(parseJson(JSON.stringify(value))).toEqual(value);
  }
  expect(() => parseJson('{"a"')).toThrow(SyntaxError);
});

it('refuses more lists and objects, or deeper ones, than a file of this program has', () => {
  expect(parseJson(`${'['.repeat(64)}${']'.repeat(64)}`)).toHaveLength(1);
  expect(() => parseJson(`${'['.repeat(65)}${']'.repeat(65)}`)).toThrow('more than 64 deep');
  expect(() => parseJson(`[${'{},'.repeat(2 ** 20)}{}]`)).toThrow('more than 1048576 lists and objects');
});
