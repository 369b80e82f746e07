import { styleSheet } from '../../kit/assets.js';
import { renderPage } from '../../kit/page.js';
import { everyFigure } from './figures-section.js';
import { filters } from './filters.js';
import { latentHead } from './head.js';
import type { LatentReportInput } from './input.js';
import { limits } from './limits.js';
import { liveParts } from './live.js';
import { manifold } from './manifold.js';
import { mapsOf } from './map-section.js';
import { neighbours } from './neighbours.js';
import { rates } from './rates.js';
import { repair } from './repair.js';
import { strips } from './strips.js';
import { traversals } from './traversals.js';
import { verdicts } from './verdicts.js';

/**
 * The page of one or several latent spaces as one HTML file that needs nothing else: no network, no fonts, no other file.
 * It reads without scripts, and with them decodes in the page; parts that no run has anything for are left out.
 *
 * @returns the whole file as text
 * @throws GargaloError `bad-input` without a run, and where a picture or a profile does not have the size its shape says;
 * `not-available` where the package was not built
 */
export function renderLatentReport(input: LatentReportInput): string {
  const { runs } = input;
  const isOne = runs.length === 1;
  const isWhole = runs.some(({ planes }) => planes.some(({ method }) => method === 'code'));
  const live = liveParts(input);
  return renderPage({
    ...input,
    head: latentHead(input),
    sections: [
      ['weaknesses', 'Weaknesses', isOne ? 'Three weaknesses' : 'Three weaknesses, run by run', verdicts(input)],
      ['figures', 'Figures', 'Every figure, with its interval', everyFigure(input)],
      ['map', 'Map', isOne ? 'A map of the codes' : 'Maps of the codes', mapsOf(input)],
      ['manifold', 'Manifold', `${isWhole ? 'Everything' : 'A cut through what'} the decoder can say`, manifold(input)],
      ['strips', 'Interpolation', 'On the way from one to another', strips(input)],
      ['traversals', 'Units', 'What each number of a code does', traversals(input)],
      ['kin', 'Neighbours', 'Who is near whom', neighbours(input)],
      ['filters', 'Filters', 'Learned filters beside PCA’s components', filters(input)],
      ['rate', 'Error by width', 'What a wider code would bring', rates(input)],
      ['repair', 'Repair', 'Repaired: before and after', repair(input)],
      ['limits', 'Limits', 'What these figures are not', limits(input)],
    ],
    live: { ...live, style: styleSheet(new URL('latent.css', import.meta.url)) + live.style },
  });
}
