import { styleSheet } from '../../kit/assets.js';
import { html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { renderPage } from '../../kit/page.js';
import { figuresSection } from './figures-section.js';
import { filtersSection } from './filters.js';
import { latentHead } from './head.js';
import type { LatentReportInput } from './input.js';
import { limitsSection } from './limits.js';
import { liveParts } from './live.js';
import { manifoldSection } from './manifold.js';
import { mapSection } from './map-section.js';
import { mapTrust } from './map-trust.js';
import { neighboursSection } from './neighbours.js';
import { ratesSection } from './rates.js';
import { repairSection } from './repair.js';
import { stripsSection } from './strips.js';
import { traversalsSection } from './traversals.js';
import { verdictsSection } from './verdicts.js';

/** The maps, and how far they can be trusted. */
function maps(input: LatentReportInput): Section | undefined {
  const section = mapSection(input);
  return section && { ...section, body: html`${section.body}${mapTrust(input)}` };
}

/** The parts of the page below its head, in order. */
const sections: readonly ((input: LatentReportInput) => Section | undefined)[] = [
  verdictsSection,
  figuresSection,
  maps,
  manifoldSection,
  stripsSection,
  traversalsSection,
  neighboursSection,
  filtersSection,
  ratesSection,
  repairSection,
  limitsSection,
];

/**
 * The page of one or several latent spaces as one HTML file that needs nothing else: no network, no fonts, no other file.
 * It reads without scripts, and with them decodes in the page; parts that no run has anything for are left out.
 *
 * @returns the whole file as text
 * @throws GargaloError `bad-input` without a run, and where a picture or a profile does not have the size its shape says;
 * `not-available` where the package was not built
 */
export function renderLatentReport(input: LatentReportInput): string {
  const live = liveParts(input);
  return renderPage({
    ...input,
    head: latentHead(input),
    sections: sections.map((sectionOf) => sectionOf(input)),
    live: { ...live, style: styleSheet(new URL('latent.css', import.meta.url)) + live.style },
  });
}
