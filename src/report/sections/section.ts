import type { Html } from '../html.js';
import type { ReportInput } from '../input.js';

/** One part of the page. */
export interface Section {
  /** Anchor. */
  readonly id: string;
  /** Its name in the navigation. */
  readonly short: string;
  readonly title: string;
  readonly body: Html;
}

/** Makes a section of the page, or nothing where the run has nothing for it. */
export type SectionMaker = (input: ReportInput) => Section | undefined;

/** The number of values in one example of the report's data. */
export function exampleValues(input: ReportInput): number {
  return input.shape.reduce((product, side) => product * side, 1);
}
