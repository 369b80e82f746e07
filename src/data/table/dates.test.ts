import { describe, expect, it } from 'vitest';
import { parseDateForm, surveyDates, toTime } from './dates.js';

const at = (...parts: [number, number, number, number?, number?, number?]) => Date.UTC(...parts);

describe('dates', () => {
  it.each([
    ['2026-03-10', 'ymd', at(2026, 2, 10)],
    ['2026/3/1 5:07', 'dmy', at(2026, 2, 1, 5, 7)],
    ['10/03/2026', 'dmy', at(2026, 2, 10)],
    ['10/03/2026', 'mdy', at(2026, 9, 3)],
    ['10.03.26 23:59:59', 'dmy', at(2026, 2, 10, 23, 59, 59)],
    ['10-03-70', 'dmy', at(1970, 2, 10)],
    ['3/10/2026 12:05 AM', 'mdy', at(2026, 2, 10, 0, 5)],
    ['3/10/2026, 1:05 pm', 'mdy', at(2026, 2, 10, 13, 5)],
    ['2026-10-25T02:30:00+01:00', 'ymd', at(2026, 9, 25, 1, 30)],
  ] as const)('%s, %s', (text, order, time) => {
    expect(toTime(text, order)).toBe(time);
  });

  it.each([
    ['10/03/2026', 'ymd'],
    ['13/13/2026', 'dmy'],
    ['31/02/2026', 'dmy'],
    ['03/25/2026', 'dmy'],
    ['1/2/2026 13:00 PM', 'dmy'],
    ['10/03-2026', 'dmy'],
    ['2026-03-10 24:61', 'ymd'],
  ] as const)('%s is none, %s', (text, order) => {
    expect(toTime(text, order)).toBeNaN();
  });

  it('tell day and month apart by a part above 12, or by points', () => {
    expect(surveyDates(['01/02/2026', '13/02/2026'])).toMatchObject({ order: 'dmy', witness: '13/02/2026' });
    expect(surveyDates(['01/02/2026', '02/28/2026'])).toMatchObject({ order: 'mdy' });
    expect(surveyDates(['01.02.2026'])).toMatchObject({ order: 'dmy' });
    expect(surveyDates(['01/02/2026', '12/12/2026'])).toEqual({ example: '01/02/2026' });
    expect(surveyDates(['2026-01-02', 'x'])).toBeUndefined();
  });

  it('have forms that people write', () => {
    expect(['dd/mm/yyyy', 'DD.MM.YY', 'm/d/yyyy', 'yyyy-mm-dd'].map(parseDateForm)).toEqual([
      'dmy',
      'dmy',
      'mdy',
      'ymd',
    ]);
    for (const text of ['dd/mm', 'yyyy/dd/mm', 'day first', ''])
      expect(() => parseDateForm(text)).toThrow(/timeFormat/);
  });
});
