import type { InspectedRun } from '../../../tasks/inspect/inspection.js';
import type { Subject } from '../../../tasks/inspect/subject.js';
import { rangeOf } from '../../kit/examples.js';
import type { LatentReportInput } from './input.js';

/** What a page says beside the runs. */
export type PageWords = Pick<LatentReportInput, 'title' | 'command' | 'warnings' | 'version'>;

/** Examples as bytes between the ends of a range, of as many as a page has room for. */
function shownExamples({ examples, shown, size }: Subject): LatentReportInput['examples'] {
  const values = examples.subarray(0, shown * size);
  const range = rangeOf([values]);
  const scale = 255 / (range[1] - range[0]);
  // A clamped array rounds and clips.
  return { count: shown, range, values: new Uint8Array(Uint8ClampedArray.from(values, (v) => (v - range[0]) * scale)) };
}

/** What the page of inspected runs is made of; all of them looked at through the same examples. */
export function reportInput(subject: Subject, runs: readonly InspectedRun[], words: PageWords): LatentReportInput {
  const { points } = subject;
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
    examples: shownExamples(subject),
    runs,
  };
}
