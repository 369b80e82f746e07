import { renderPage } from '../../kit/page.js';
import type { ReportInput } from './input.js';
import { codebook } from './sections/codebook.js';
import { configuration } from './sections/configuration.js';
import { denoising } from './sections/denoising.js';
import { depth } from './sections/depth.js';
import { distribution } from './sections/distribution.js';
import { filters } from './sections/filters.js';
import { generated } from './sections/generated.js';
import { head } from './sections/head.js';
import { jacobian } from './sections/jacobian.js';
import { losses } from './sections/losses.js';
import { codeMap } from './sections/map.js';
import { pcaTwin } from './sections/pca.js';
import type { SectionMaker } from './sections/section.js';
import { sparsity } from './sections/sparsity.js';
import { extremes, samples } from './sections/specimens.js';
import { idle, terms } from './sections/terms.js';

/** The parts of the page below its head, in order. */
const sections: readonly SectionMaker[] = [
  losses,
  terms,
  idle,
  samples,
  extremes,
  denoising,
  depth,
  generated,
  distribution,
  sparsity,
  codebook,
  jacobian,
  filters,
  codeMap,
  pcaTwin,
  configuration,
];

/**
 * The report of a run as one HTML file that needs nothing else: no network, no fonts, no other file.
 * Parts that the run has no data for (no filters, no map) are left out.
 *
 * @returns the whole file as text
 * @throws GargaloError `bad-input` where a picture, a profile or the map does not have the size its shape says
 */
export function renderReport(input: ReportInput): string {
  return renderPage({ ...input, head: head(input), sections: sections.map((sectionOf) => sectionOf(input)) });
}
