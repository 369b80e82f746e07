import { html, trusted } from './html.js';
import type { ReportInput } from './input.js';
import { pageScript, themeScript } from './page-script.js';
import { pageStyle } from './page-style.js';
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

/** Refuses every request a page could make; pictures come as data URIs. */
const policy =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * The report of a run as one HTML file that needs nothing else: no network, no fonts, no other file.
 * Parts that the run has no data for (no filters, no map) are left out.
 *
 * @returns the whole file as text
 * @throws GargaloError `bad-input` where a picture, a profile or the map does not have the size its shape says
 */
export function renderReport(input: ReportInput): string {
  const parts = sections.flatMap((make) => make(input) ?? []);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="generator" content="gargalo${input.version !== undefined && ` ${input.version}`}">
<title>${input.title}</title>
<link rel="icon" href="data:,">
<style>${trusted(pageStyle)}</style>
<script>${trusted(themeScript)}</script>
</head>
<body>
<a class="skip" href="#${parts[0]!.id}">Skip to the figures</a>
<div class="bar"><div><nav aria-label="Sections"><ul>${parts.map((part) => html`<li><a href="#${part.id}">${part.short}</a></li>`)}</ul></nav><button type="button" data-theme-toggle hidden>Dark</button></div></div>
<main>
${head(input)}
${parts.map((part) => html`<section id="${part.id}" aria-labelledby="${part.id}-title"><h2 id="${part.id}-title">${part.title}</h2>\n${part.body}</section>\n`)}
</main>
<footer>Made by gargalo${input.version !== undefined && ` ${input.version}`}. This file is complete in itself and asks nothing of the network.</footer>
<div id="tip" role="status" hidden></div>
<script>${trusted(pageScript)}</script>
</body>
</html>
`.text;
}
