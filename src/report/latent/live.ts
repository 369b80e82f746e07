import { type Html, html } from '../html.js';
import type { Live } from '../page.js';
import type { InspectedRun, LatentReportInput } from './input.js';

/** What makes the page move: data islands, the script and its style; goes to `renderPage` as `live`. */
export function liveParts(_input: LatentReportInput): Live {
  return { islands: html``, script: '', style: '' };
}

/**
 * The place below a strip's pictures where the page's script puts a slider that decodes between the steps. Empty and
 * not shown where scripts do not run.
 *
 * @param index of the strip among those of the run
 */
export function liveStrip(run: InspectedRun, index: number): Html {
  return html`<div class="live live-strip" data-live-strip="${run.id}" data-index="${index}"></div>`;
}

/** The place where the page's script puts a slider for each unit of a run's code, beside what the code decodes to. */
export function liveUnits(run: InspectedRun): Html {
  return html`<div class="live live-units" data-live-units="${run.id}"></div>`;
}
