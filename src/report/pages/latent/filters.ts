import { several } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import { lead } from '../../kit/parts.js';
import { bankFigure, weightKey } from '../training/filters.js';
import type { LatentReportInput } from './input.js';

/** What a linear kind has learned beside PCA's components. */
export function filters(input: LatentReportInput): Html | undefined {
  const shown = input.runs.flatMap(({ filters: bank, name }) => (bank && bank.count > 0 ? [{ ...bank, name }] : []));
  if (shown.length === 0) return undefined;
  const { words, scale } = weightKey(input);
  const pairs = shown.map(({ learned, components, count, name }) => {
    const own = (i: number) => `Filter ${i + 1} of ${several(count, 'filter')} of ${name}`;
    const linear = (i: number) => `Component ${i + 1} of PCA`;
    return html`<div class="pair">${bankFigure({ count, values: learned }, input, name, 'network', own)}${bankFigure({ count, values: components }, input, 'PCA', 'pca', linear)}</div>`;
  });
  return html`${lead(
    'A linear autoencoder learns the space that PCA spans (Bourlard & Kamp 1988; Baldi & Hornik 1989). Where the two sides look alike, it has.',
    `${words}; each filter is scaled by its own largest weight, and its sign means nothing.`,
  )}
${pairs}${scale}`;
}
