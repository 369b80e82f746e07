import type { DetectionFigures } from '../../../tasks/detect/detection-figures.js';

/** What a report of anomalies is made of. */
export interface DetectionReportInput extends DetectionFigures {
  readonly title: string;
  readonly date: Date;
  readonly command: string;
  readonly version?: string;
}

/** What the threshold lies among, in words. */
export const comparedWith = ({ training }: Pick<DetectionReportInput, 'training'>): string =>
  training.heldOut ? 'held-out examples' : 'training data';
