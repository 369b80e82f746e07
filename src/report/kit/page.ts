import { type Html, html, trusted } from './html.js';
import { pageScript, themeScript } from './page-script.js';
import { pageStyle } from './page-style.js';

/** Refuses every request a page could make; pictures come as data URIs. */
const policy = (scripts: string): string =>
  `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${scripts}; base-uri 'none'; form-action 'none'`;

/** One part of a page. */
export interface Section {
  /** Anchor. */
  readonly id: string;
  /** Its name in the navigation. */
  readonly short: string;
  readonly title: string;
  readonly body: Html;
}

/** What a page says beside its figures. */
export interface PageAbout {
  readonly title: string;
  /** When the work ended. */
  readonly date: Date;
  /** What was set, as plain JSON. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Sentences ("the code is as wide as the input: nothing is compressed"). */
  readonly warnings: readonly string[];
  /** The command that does this again. */
  readonly command?: string;
  /** The version of gargalo that made it. */
  readonly version?: string;
}

/** What makes a page compute: it may run WebAssembly that lies in it, and still asks for nothing. */
export interface Live {
  /** Data for the script, in elements that are not shown. */
  readonly islands: Html;
  /** An ES module without imports. */
  readonly script: string;
  /** Added to the style of the page. */
  readonly style: string;
}

/** What a page is made of. */
export interface Page {
  readonly title: string;
  /** The top, above the first section. */
  readonly head: Html;
  /** At least one. */
  readonly parts: readonly Section[];
  /** The version of gargalo. */
  readonly version?: string;
  readonly live?: Live;
}

/** A page as one HTML file that needs nothing else: no network, no fonts, no other file. */
export function renderPage({ title, head, parts, version, live }: Page): string {
  const made = version === undefined ? 'gargalo' : `gargalo ${version}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy(live ? "'unsafe-inline' 'wasm-unsafe-eval'" : "'unsafe-inline'")}">
<meta name="generator" content="${made}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(pageStyle + (live?.style ?? ''))}</style>
<script>${trusted(themeScript)}</script>
</head>
<body>
<a class="skip" href="#${parts[0]!.id}">Skip to the figures</a>
<div class="bar"><div><nav aria-label="Sections"><ul>${parts.map((part) => html`<li><a href="#${part.id}">${part.short}</a></li>`)}</ul></nav><button type="button" data-theme-toggle hidden>Dark</button></div></div>
<main>
${head}
${parts.map((part) => html`<section id="${part.id}" aria-labelledby="${part.id}-title"><h2 id="${part.id}-title">${part.title}</h2>\n${part.body}</section>\n`)}
</main>
<footer>Made by ${made}. This file is complete in itself and asks nothing of the network.</footer>
<div id="tip" role="status" hidden></div>
<script>${trusted(pageScript)}</script>
${live && html`${live.islands}\n<script type="module">${trusted(live.script)}</script>\n`}</body>
</html>
`.text;
}
