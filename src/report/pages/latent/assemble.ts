import type { InspectedRun } from '../../../tasks/inspect/inspection.js';
import type { Subject } from '../../../tasks/inspect/subject.js';
import { rangeOf } from '../../kit/examples.js';
import type { LatentReportInput } from './input.js';
import { bytesOf } from './live.js';

/** What a page says beside the runs. */
export type PageWords = Pick<LatentReportInput, 'title' | 'command' | 'warnings' | 'version'>;

/** What the page of inspected runs is made of; all of them looked at through the same examples. */
export function reportInput(subject: Subject, runs: readonly InspectedRun[], words: PageWords): LatentReportInput {
  const { points, shown, size } = subject;
  const values = subject.examples.subarray(0, shown * size);
  const range = rangeOf([values]);
  const { shape, sequence, columns, labels, name } = points;
  return {
    ...words,
    date: new Date(),
    data: name,
    shape,
    ...(sequence && { sequence }),
    ...(columns && { columns }),
    points: points.length,
    ...(labels && { labels }),
    examples: { count: shown, range, values: bytesOf(values, range) },
    runs,
  };
}
