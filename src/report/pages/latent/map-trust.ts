import type { LatentMap } from '../../../analysis/latent/figures.js';
import { NONE } from '../../../analysis/latent/metrics.js';
import type { Estimate } from '../../../analysis/statistics/estimate.js';
import { count, figure, percent } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import { swatch } from '../../kit/parts.js';
import type { LatentReportInput } from './input.js';
import { gapShare } from './plane.js';
import { runColor } from './spaces.js';

const methods: Readonly<Record<LatentMap['method'], string>> = {
  code: 'the code itself',
  pca: 'two principal components',
  umap: 'UMAP',
};

function trust({ value, interval: [low, high] }: Estimate): Html {
  const ends = low < high ? html`<br><small>${figure(low)} – ${figure(high)}</small>` : '';
  return html`<td>${Number.isFinite(value) ? figure(value) : NONE}${ends}</td>`;
}

/** How far the maps can be trusted: what part of the variance a plane shows, and how much of the neighbourhoods a map keeps. */
export function mapTrust(input: LatentReportInput): Html {
  const runs = input.runs.filter(({ maps }) => maps.length > 0);
  const [first] = runs.flatMap(({ maps }) => maps);
  if (!first) return html``;
  const { k, points } = first.preservation;
  const row = (map: LatentMap, run: (typeof runs)[number], i: number) => {
    const plane = run.planes.find(({ method }) => method === map.method);
    const shown = map.method === 'code' ? 1 : map.explained;
    return html`<tr><th scope="row">${i === 0 ? html`${swatch(runColor(input, run))}${run.name}` : html`<span class="unseen">${run.name}</span>`}</th><td>${methods[map.method]}</td><td>${shown === undefined ? NONE : percent(shown)}</td>${trust(map.preservation.trustworthiness)}${trust(map.preservation.continuity)}<td>${plane ? percent(gapShare(plane)) : NONE}</td></tr>`;
  };
  return html`<h3>How far a map can be trusted</h3><p class="lead">Trustworthiness: whoever is near on the map is near by code. Continuity: whoever is near by code is near on the map. Both are 1 where all neighbourhoods are kept (Venna & Kaski 2001), here of ${count(k)} neighbours among ${count(points)} codes, with 95\u202f% intervals.</p>
<div class="scroll" tabindex="0" role="group" aria-label="How far the maps can be trusted"><table class="figures trust">
<thead><tr>${['run', 'map', 'variance shown', 'trustworthiness', 'continuity', 'plane in gaps'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${runs.map((run) => run.maps.map((map, i) => row(map, run, i)))}</tbody></table></div>`;
}
