import type { LatentMap } from '../../../analysis/latent/figures.js';
import type { Estimate } from '../../../analysis/statistics/estimate.js';
import { count, figure, percent } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import { known, NONE, swatch, tableOf } from '../../kit/parts.js';
import type { LatentReportInput } from './input.js';
import { gapShare } from './plane.js';
import { runColor } from './spaces.js';

const methods: Readonly<Record<LatentMap['method'], string>> = {
  code: 'the code itself',
  pca: 'two principal components',
  umap: 'UMAP',
};

function trust({ value, interval: [low, high] }: Estimate): Html {
  const ends = low < high && html`<br><small>${figure(low)} – ${figure(high)}</small>`;
  return html`${Number.isFinite(value) ? figure(value) : NONE}${ends}`;
}

/** How far the maps can be trusted: what part of the variance a plane shows, and how much of the neighbourhoods a map keeps. */
export function mapTrust(input: LatentReportInput): Html {
  const runs = input.runs.filter(({ maps }) => maps.length > 0);
  const [first] = runs.flatMap(({ maps }) => maps);
  if (!first) return html``;
  const { k, points } = first.preservation;
  const row = (map: LatentMap, run: (typeof runs)[number], i: number) => {
    const plane = run.planes.find(({ method }) => method === map.method);
    const { trustworthiness, continuity } = map.preservation;
    return [
      i === 0 ? html`${swatch(runColor(input, run))}${run.name}` : html`<span class="unseen">${run.name}</span>`,
      ...[methods[map.method], known(map.method === 'code' ? 1 : map.explained, percent)],
      ...[trust(trustworthiness), trust(continuity), known(plane && gapShare(plane), percent)],
    ] as const;
  };
  return html`<h3>How far a map can be trusted</h3><p class="lead">Trustworthiness: whoever is near on the map is near by code. Continuity: whoever is near by code is near on the map. Both are 1 where all neighbourhoods are kept (Venna & Kaski 2001), here of ${count(k)} neighbours among ${count(points)} codes, with 95\u202f% intervals.</p>
${tableOf({
  ...{ label: 'How far the maps can be trusted', kind: 'trust' },
  head: ['run', 'map', 'variance shown', 'trustworthiness', 'continuity', 'plane in gaps'],
  rows: runs.flatMap((run) => run.maps.map((map, i) => row(map, run, i))),
})}`;
}
