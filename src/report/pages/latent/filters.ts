import { several } from '../../../core/format.js';
import { html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { bankFigure } from '../training/filters.js';
import type { LatentReportInput } from './input.js';

/** What a linear kind has learned beside PCA's components. */
export function filtersSection(input: LatentReportInput): Section | undefined {
  const shown = input.runs.flatMap(({ filters, name }) => (filters && filters.count > 0 ? [{ filters, name }] : []));
  if (shown.length === 0) return undefined;
  const isColor = input.shape[2] === 3;
  return {
    id: 'filters',
    short: 'Filters',
    title: 'Learned filters beside PCA’s components',
    body: html`<p class="lead">A linear autoencoder learns the space that PCA spans (Bourlard & Kamp 1988; Baldi & Hornik 1989). Where the two sides look alike, it has. ${isColor ? 'Mid-gray is a weight of 0' : 'Blue is negative, red positive, blank is 0'}; each filter is scaled by its own largest weight, and its sign means nothing.</p>
${shown.map(
  ({ filters: { learned, components, count }, name }) =>
    html`<div class="pair">${bankFigure({ count, values: learned }, input, name, 'network', (i) => `Filter ${i + 1} of ${several(count, 'filter')} of ${name}`)}${bankFigure({ count, values: components }, input, 'PCA', 'pca', (i) => `Component ${i + 1} of PCA`)}</div>`,
)}${!isColor && html`<p class="scale"><span>−max</span><span class="ramp" aria-hidden="true"></span><span>+max</span></p>`}`,
  };
}
