import type { DetectionFigures } from '../../../tasks/detect/detection-figures.js';
import type { PageAbout } from '../../kit/page.js';

/** What a report of anomalies is made of. */
export type DetectionReportInput = DetectionFigures &
  Pick<PageAbout, 'title' | 'date' | 'version'> & { readonly command: string };

/** What the threshold lies among, in words. */
export const comparedWith = ({ training }: Pick<DetectionFigures, 'training'>): string =>
  training.heldOut ? 'held-out examples' : 'training data';
