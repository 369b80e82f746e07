import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from '../pages/training/pages.oracle.js';
import { type IntervalChart, narrowIntervals, roundTicks, wideIntervals } from './intervals.js';

describe('ticks', () => {
  it('are round, evenly spaced, within the ends, and about as many as asked for', () => {
    const ends = fc.tuple(
      fc.double({ min: -1e4, max: 1e4, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
    );
    fc.assert(
      fc.property(ends, fc.integer({ min: 2, max: 8 }), ([low, span], most) => {
        const high = low + span;
        const ticks = roundTicks(low, high, most);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        const slack = span * 1e-6;
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(low - slack);
          expect(tick).toBeLessThanOrEqual(high + slack);
        }
        const steps = ticks.slice(1).map((tick, i) => tick - ticks[i]!);
        for (const step of steps) expect(Math.abs(step - steps[0]!)).toBeLessThan(slack + steps[0]! * 1e-6);
      }),
    );
  });
});

describe('a chart of intervals', () => {
  const chart: IntervalChart = {
    rows: [
      { name: 'a', color: 'network', isYardstick: false },
      { name: 'b', color: 'pca', isYardstick: true },
      { name: 'c', color: 'c3', isYardstick: false },
    ],
    panels: [
      {
        ...{ title: 'x', unit: 'units', better: 'low', format: (value) => value.toFixed(2) },
        cells: [
          { estimate: { value: 1, interval: [0.5, 2] }, isApart: true, isLeading: true },
          { estimate: { value: 3, interval: [3, 3] }, isApart: true },
          { estimate: undefined, isApart: false },
        ],
      },
    ],
  };

  it('has every value between the ends of its interval, on one axis for all rows, and says them in words', () => {
    for (const markup of [wideIntervals(chart), narrowIntervals(chart)]) {
      const svg = parse(`<body>${markup.text}</body>`).querySelector('svg')!;
      const at = (element: Element, name: string) => Number(element.getAttribute(name));
      const [first, second] = svg.querySelectorAll('line.interval');
      const dot = first!.nextElementSibling!;
      expect(at(dot, 'cx')).toBeGreaterThan(at(first!, 'x1'));
      expect(at(dot, 'cx')).toBeLessThan(at(first!, 'x2'));
      expect(at(second!, 'x1')).toBe(at(second!, 'x2'));
      // 0.5 … 2 is one and a half, 2 … 3 one: the same scale
      const unit = (at(first!, 'x2') - at(first!, 'x1')) / 1.5;
      expect((at(second!, 'x1') - at(first!, 'x2')) / unit).toBeCloseTo(1, 1);
      expect(svg.getAttribute('aria-label')).toBe('x, less is better: a 1.00, b 3.00, c unknown');
    }
  });
});
