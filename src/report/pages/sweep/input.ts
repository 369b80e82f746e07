import type { SweepFigures } from '../../../tasks/sweep-figures.js';
import type { PageAbout } from '../../kit/page.js';

/** Everything that the report of a sweep shows. */
export type SweepReportInput = SweepFigures & PageAbout;
