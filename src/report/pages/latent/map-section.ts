import type { LatentMap } from '../../../analysis/latent/figures.js';
import { NONE } from '../../../analysis/latent/metrics.js';
import type { Estimate } from '../../../analysis/statistics/estimate.js';
import { itemAt } from '../../../core/collections.js';
import { count, figure, percent, several } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import { classButtons, known, lead, repeatedColors, swatch, tableOf } from '../../kit/parts.js';
import type { InspectedRun, LatentReportInput } from './input.js';
import { gapShare } from './manifold.js';
import { runColor } from './spaces.js';
import { stillMap } from './still.js';

type CodeMap = InspectedRun['maps'][number];

const methods: Readonly<Record<CodeMap['method'], string>> = { code: 'The code itself', pca: 'PCA', umap: 'UMAP' };

const within = ({ value, interval: [low, high] }: Estimate): string =>
  `${figure(value)} (${figure(low)} to ${figure(high)})`;

function caption({ method, explained, preservation }: CodeMap, width: number): string {
  const what = {
    code: 'Placed by the two numbers of the code: nothing is left out.',
    pca: `Placed by the first two principal components of the codes${explained === undefined ? '' : `, which show ${percent(explained)} of their variance`}.`,
    umap: `Placed by UMAP, which keeps neighbours of the ${width} numbers together and bends the rest: distances between groups mean little.`,
  }[method];
  if (method === 'code') return what;
  return `${what} From codes to this map, with ${preservation.k} neighbours: trustworthiness ${within(preservation.trustworthiness)}, continuity ${within(preservation.continuity)}.`;
}

function mapFigure(input: LatentReportInput, run: InspectedRun): Html {
  const first = itemAt(run.maps, 0);
  const name = `Map of the codes of ${run.name}`;
  const words = `${several(input.points, 'example')} as dots${input.labels ? ', coloured by class' : ''}, with what the decoder makes of the plane behind them and gaps hatched.`;
  const others = run.maps.length > 1;
  return html`<figure class="live-map" data-live-map="${run.id}">
<div class="live-top"><h3>${run.name}</h3>${
    others &&
    html`<div class="live-methods live" role="group" aria-label="How the codes of ${run.name} are laid out">${run.maps.map(
      ({ method }) =>
        html`<button type="button" data-method="${method}" aria-pressed="${String(method === first.method)}">${methods[method]}</button>`,
    )}</div>`
  }</div>
<div class="live-body">
<div class="live-frame" tabindex="0" role="application" aria-roledescription="map" aria-label="${name}. ${words}" aria-describedby="live-keys">
<noscript><img src="${stillMap(input, run, first)}" alt="${name}. ${words}"></noscript>
<div class="live-plane" aria-hidden="true"></div><div class="live-hatch" aria-hidden="true"></div><canvas aria-hidden="true"></canvas>
<svg class="live-own-line" aria-hidden="true"><polyline></polyline></svg>
<div class="live-ring" hidden></div><div class="live-marker" hidden></div>
<div class="live-zoom live"><button type="button" data-zoom="in" aria-label="Nearer">+</button><button type="button" data-zoom="out" aria-label="Farther">−</button><button type="button" data-zoom="all" aria-label="All of the map">All</button></div>
</div>
<div class="live-caption">${run.maps.map((map) => html`<p data-caption="${map.method}"${map !== first && html` hidden`}>${caption(map, run.figures.width)}</p>`)}</div>
<div class="live-panel live"><div class="live-actions" hidden></div></div>
</div>
<p class="live-says" aria-live="polite"></p>
<div class="live-own"></div>
</figure>`;
}

const switches = html`<div class="live-switches live" role="group" aria-label="What the maps show"><label><input type="checkbox" name="points" checked> Points</label><label><input type="checkbox" name="plane" checked> Decoded plane</label><label><input type="checkbox" name="gaps" checked> Gaps</label></div>`;

const layouts: Readonly<Record<LatentMap['method'], string>> = {
  code: 'the code itself',
  pca: 'two principal components',
  umap: 'UMAP',
};

function trust({ value, interval: [low, high] }: Estimate): Html {
  const ends = low < high && html`<br><small>${figure(low)} – ${figure(high)}</small>`;
  return html`${Number.isFinite(value) ? figure(value) : NONE}${ends}`;
}

/** How far the maps can be trusted: what part of the variance a plane shows, and how much of the neighbourhoods a map keeps. */
function mapTrust(input: LatentReportInput, runs: readonly InspectedRun[], { preservation }: CodeMap): Html {
  const { k, points } = preservation;
  const row = (map: CodeMap, run: InspectedRun, i: number) => {
    const plane = run.planes.find(({ method }) => method === map.method);
    const { trustworthiness, continuity } = map.preservation;
    return [
      i === 0 ? html`${swatch(runColor(input, run))}${run.name}` : html`<span class="unseen">${run.name}</span>`,
      ...[layouts[map.method], known(map.method === 'code' ? 1 : map.explained, percent)],
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

/** The codes on a plane with what the decoder makes of it: one map for each run, and how far they can be trusted. */
export function mapsOf(input: LatentReportInput): Html | undefined {
  const { points, labels } = input;
  const runs = input.runs.filter(({ maps }) => maps.length > 0);
  const [first] = runs.flatMap(({ maps }) => maps);
  if (!first) return undefined;
  return html`${lead(
    `Each dot is the code of one of ${several(points, 'example')}. Behind them is what the decoder makes of the places between; where it is hatched lies a gap: codes that decode to nothing the encoder would give back, or that are far from every real code.`,
    repeatedColors(labels, 'classes'),
  )}
<div class="live-bar">${labels && html`<div class="live-legend" role="group" aria-label="Classes: choose one to see it alone"><ul>${classButtons(labels, points, String)}</ul></div>`}${switches}</div>
<p class="live live-keys" id="live-keys">Click, or move the marker by the arrow keys (with Shift: farther), to decode a place; Enter goes to the nearest example. Zoom by + and −, 0 shows all; by the wheel once the map is chosen. Drag to move.</p>
<div class="live-maps ${runs.length > 1 ? 'many' : 'one'}">${runs.map((run) => mapFigure(input, run))}</div>${mapTrust(input, runs, first)}`;
}
