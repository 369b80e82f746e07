import { count, figure, percent, several } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { light } from '../../kit/palette.js';
import type { InspectedRun, LatentReportInput } from './input.js';
import { stillMap } from './still.js';

type CodeMap = InspectedRun['maps'][number];
type Estimate = CodeMap['preservation']['continuity'];

/** Colours before they repeat; the page style has as many. */
const COLORS = 10;
const classColors = Array.from({ length: COLORS }, (_, i) => light[`c${i}` as keyof typeof light]);

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
  const first = run.maps[0]!;
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
<noscript><img src="${stillMap(input, run, { classes: classColors, other: input.labels ? light.faint : light.network })}" alt="${name}. ${words}"></noscript>
<canvas class="behind" aria-hidden="true"></canvas><canvas class="points" aria-hidden="true"></canvas>
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

function legend({ labels, points }: LatentReportInput): Html | undefined {
  if (!labels) return undefined;
  const sizes = new Map<number, number>();
  for (const label of labels.values.subarray(0, points)) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const item = (name: string, label: number) =>
    sizes.has(label) &&
    html`<li><button type="button" data-class="${label}" aria-pressed="false"><span class="swatch" style="--swatch:${label < 0 ? 'var(--faint)' : `var(--c${label % COLORS})`}"></span>${name} <small>${count(sizes.get(label)!)}</small></button></li>`;
  return html`<div class="live-legend" role="group" aria-label="Classes: choose one to see it alone"><ul>${labels.names.map(item)}${item('unknown', -1)}</ul></div>`;
}

const switches = html`<div class="live-switches live" role="group" aria-label="What the maps show"><label><input type="checkbox" name="points" checked> Points</label><label><input type="checkbox" name="plane" checked> Decoded plane</label><label><input type="checkbox" name="gaps" checked> Gaps</label></div>`;

/** The codes on a plane with what the decoder makes of it: one map for each run. */
export function mapSection(input: LatentReportInput): Section | undefined {
  const runs = input.runs.filter(({ maps }) => maps.length > 0);
  if (runs.length === 0) return undefined;
  const { points, labels } = input;
  const repeat = (labels?.names.length ?? 0) > COLORS ? ` Colours repeat after ${COLORS} classes.` : '';
  return {
    id: 'map',
    short: 'Map',
    title: runs.length > 1 ? 'Maps of the codes' : 'A map of the codes',
    body: html`<p class="lead">Each dot is the code of one of ${several(points, 'example')}. Behind them is what the decoder makes of the places between; where it is hatched lies a gap: codes that decode to nothing the encoder would give back, or that are far from every real code.${repeat}</p>
<div class="live-bar">${legend(input)}${switches}</div>
<p class="live live-keys" id="live-keys">Click, or move the marker by the arrow keys (with Shift: farther), to decode a place; Enter goes to the nearest example. Zoom by + and −, 0 shows all; by the wheel once the map is chosen. Drag to move.</p>
<div class="live-maps ${runs.length > 1 ? 'many' : 'one'}">${runs.map((run) => mapFigure(input, run))}</div>`,
  };
}
