import { describe, expect, it } from 'vitest';
import {
  chooseFormat,
  type FormatContext,
  isNumberLike,
  type NumberFormat,
  numberIn,
  surveyNumbers,
} from './number-format.js';

const point: NumberFormat = { decimal: '.' };
const comma: NumberFormat = { decimal: ',' };

describe('a number', () => {
  it.each<[string, NumberFormat | undefined, number]>([
    ['1,200', { decimal: '.', thousands: ',' }, 1200],
    ['-1,234,567.5', { decimal: '.', thousands: ',' }, -1234567.5],
    ['1.234,56', { decimal: ',', thousands: '.' }, 1234.56],
    ['1 200', { decimal: '.', thousands: ' ' }, 1200],
    ['1\u00a0200', { decimal: '.', thousands: ' ' }, 1200],
    ['1\u202f200,5', { decimal: ',', thousands: ' ' }, 1200.5],
    ['1\u2009200', { decimal: '.', thousands: ' ' }, 1200],
    ["1'200", { decimal: '.', thousands: "'" }, 1200],
    ['1’200', { decimal: '.', thousands: "'" }, 1200],
    ['80%', { decimal: '.', unit: '%' }, 80],
    ['80,5 %', { decimal: ',', unit: '%' }, 80.5],
    ['€ 5', { decimal: '.', unit: '€' }, 5],
    ['5 €', { decimal: '.', unit: '€' }, 5],
    ['-$5', { decimal: '.', unit: '$' }, -5],
    ['$-5', { decimal: '.', unit: '$' }, -5],
    ['EUR 5', { decimal: '.', unit: 'EUR' }, 5],
    ['5', { decimal: '.', unit: '€' }, 5],
    ['(3.2)', point, -3.2],
    ['($1,200)', { decimal: '.', thousands: ',', unit: '$' }, -1200],
    ['−5', point, -5],
    ['2,5e1', comma, 25],
    ['0', { decimal: '.', unit: '%' }, 0],
    ['1.5', undefined, 1.5],
  ])('%s with %j', (text, format, expected) => {
    expect(numberIn(text, format)).toBe(expected);
  });

  it.each<[string, NumberFormat | undefined]>([
    ['1,200', undefined],
    ['1,200', point],
    ['1.200', comma],
    ['1,20', { decimal: '.', thousands: ',' }],
    ['12,3456', { decimal: '.', thousands: ',' }],
    ['0,123', { decimal: '.', thousands: ',' }],
    ['0.8', { decimal: '.', unit: '%' }],
    ['5%', { decimal: '.', unit: '€' }],
    ['$5', { decimal: '.', unit: '€' }],
    ['80%', point],
    ['(-3)', point],
    ['(3', point],
    ['€5€', { decimal: '.', unit: '€' }],
    ['', point],
    ['-', point],
    ['1-2', point],
    ['12 5', { decimal: '.', thousands: ' ' }],
    ['192.168.100.200', { decimal: ',', thousands: '.' }],
  ])('is none: %s with %j', (text, format) => {
    expect(numberIn(text, format)).toBeNaN();
  });

  it('is like one in some form, or is not', () => {
    for (const text of ['1', '1,5', '1.234,5', '80%', '(3)', '1 000']) expect(isNumberLike(text)).toBe(true);
    for (const text of [
      '',
      'a',
      '1a',
      '2026-01-01',
      '10:30',
      '1.2.3',
      '01.02.2026',
      '10.0.0.1',
      '030 123 456',
      '1,2,3',
    ])
      expect(isNumberLike(text)).toBe(false);
  });
});

describe('a column of numbers', () => {
  const choose = (cells: readonly string[], context: Partial<FormatContext> = {}) => {
    const survey = surveyNumbers(cells);
    return survey && chooseFormat(survey, { given: {}, others: new Set(), commaSeparated: false, ...context });
  };

  it.each<[string[], NumberFormat | undefined]>([
    [['1', '2.5'], undefined],
    [['1.234', '2.345'], undefined],
    [['20,5', '3'], comma],
    [['1,234', '0,5'], comma],
    [['1,234', '1234,567'], comma],
    [['1,234', '1,234,567'], { decimal: '.', thousands: ',' }],
    [['1,234', '1,234.5'], { decimal: '.', thousands: ',' }],
    [['1.234', '1.234,5'], { decimal: ',', thousands: '.' }],
    [['1.234.567', '1'], { decimal: ',', thousands: '.' }],
    [['1 200', '3'], { decimal: '.', thousands: ' ' }],
    [['80%', '5%', '0'], { decimal: '.', unit: '%' }],
    [['$5', '6'], { decimal: '.', unit: '$' }],
  ])('is read by all of its cells: %j as %j', (cells, format) => {
    expect(choose(cells)).toMatchObject({ format });
  });

  it('that leaves it open is decided by options, the model, other columns, the separator, or by nobody', () => {
    const open = ['1,234', '5,678'];
    const thousands = { format: { decimal: '.', thousands: ',' } };
    expect(choose(open)).toMatchObject({ problem: expect.stringContaining('got "1,234"') });
    expect(choose(open, { given: { decimal: ',' } })).toMatchObject({ format: comma, guessed: false });
    expect(choose(open, { given: { thousands: ',' } })).toMatchObject({ ...thousands, guessed: false });
    expect(choose(open, { prior: comma })).toMatchObject({ format: comma, guessed: false });
    const point = new Set(['.'] as const);
    expect(choose(open, { prior: comma, others: point })).toMatchObject({
      remedy: expect.stringContaining('`decimal`'),
    });
    expect(choose(open, { prior: comma, others: point, given: { decimal: ',' } })).toMatchObject({ format: comma });
    expect(choose(['1,2'], { prior: comma, others: point })).toMatchObject({ format: comma });
    expect(choose(open, { others: new Set([','] as const) })).toMatchObject({ format: comma, guessed: true });
    expect(choose(open, { others: new Set(['.'] as const) })).toMatchObject({ ...thousands, guessed: true });
    expect(choose(open, { commaSeparated: true })).toMatchObject({ ...thousands, guessed: true });
    expect(choose(['1.234'], { others: new Set([','] as const) })).toMatchObject({ format: { thousands: '.' } });
    expect(choose(['1.234'], { others: new Set([',', '.'] as const) })).toEqual({ format: undefined, guessed: true });
  });

  it('in several forms or units is none', () => {
    expect(choose(['1,5', '1.5'])).toMatchObject({ problem: expect.stringContaining('several forms') });
    expect(choose(['$1', '€1'])).toMatchObject({ problem: expect.stringContaining('several units') });
    expect(choose(['80%', '0.8'])).toMatchObject({ problem: expect.stringContaining('none') });
    expect(choose(['a', 'b', '1,5'])).toBeUndefined();
  });
});
