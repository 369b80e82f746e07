import type { TrainingFigures } from '../../../tasks/training-figures.js';
import type { PageAbout } from '../../kit/page.js';

/** Everything the report of a run shows. */
export type ReportInput = TrainingFigures & PageAbout;
