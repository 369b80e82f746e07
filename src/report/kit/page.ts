import { moment } from '../../core/format.js';
import { asFlags } from '../../core/option-flags.js';
import { pageAssets } from './assets.js';
import { type Html, html, type Part, trusted } from './html.js';

/** One part of a page; without content it is left out. */
export type Section = readonly [anchor: string, inNavigation: string, title: string, content: Html | undefined];

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

/** One of the figures one asks for first: its name, its value and a note. */
export type Tile = readonly [name: string, value: string, note: string];

/** The top of a page. */
export interface Head {
  /** What the page is about, in a line above its title; the date follows. */
  readonly about: readonly Part[];
  /** What it comes to. */
  readonly verdict: { readonly outcome: string; readonly words: Part };
  /** Between the verdict and the tiles. */
  readonly remarks?: Part;
  readonly tiles: readonly (Tile | false | undefined)[];
  readonly warnings?: readonly string[];
  /** At the end. */
  readonly after?: Part;
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
export interface Page extends Pick<PageAbout, 'title' | 'version'>, Partial<Pick<PageAbout, 'date'>> {
  readonly head?: Head;
  readonly sections: readonly Section[];
  readonly live?: Live;
}

/** Refuses every request a page could make; pictures come as data URIs. */
const policy = (scripts: string): string =>
  `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${scripts}; base-uri 'none'; form-action 'none'`;

/** A moment for machines. */
const isoDate = (date: Date): string => (Number.isNaN(date.getTime()) ? '' : date.toISOString());

function headOf(title: string, date: Date, { about, verdict, remarks, tiles, warnings = [], after }: Head): Html {
  return html`<header class="head">
<p class="eyebrow">${about.map((part) => html`${part} <span aria-hidden="true">·</span> `)}<time datetime="${isoDate(date)}">${moment(date)}</time></p>
<h1>${title}</h1>
<p class="verdict ${verdict.outcome}">${verdict.words}</p>
${remarks}<dl class="tiles">
${tiles.map((tile) => tile && html`<div class="tile"><dt>${tile[0]}</dt><dd><b>${tile[1]}</b><span>${tile[2]}</span></dd></div>\n`)}</dl>
${
  warnings.length > 0 &&
  html`<aside class="warnings" aria-label="Warnings"><ul>${warnings.map((warning) => html`<li>${asFlags(warning)}</li>`)}</ul></aside>`
}${after}</header>`;
}

/** A page as one HTML file that needs nothing else: no network, no fonts, no other file. Sections without content are left out. */
export function renderPage({ title, date = new Date(Number.NaN), head, sections, version, live }: Page): string {
  const generator = version === undefined ? 'gargalo' : `gargalo ${version}`;
  const parts = sections.filter(([, , , content]) => content);
  const { early, script, css } = pageAssets();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy(live ? "'unsafe-inline' 'wasm-unsafe-eval'" : "'unsafe-inline'")}">
<meta name="generator" content="${generator}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(css + (live?.style ?? ''))}</style>
<script>${trusted(early)}</script>
</head>
<body>
<a class="skip" href="#${parts[0]?.[0]}">Skip to the figures</a>
<div class="bar"><div><nav aria-label="Sections"><ul>${parts.map(([id, short]) => html`<li><a href="#${id}">${short}</a></li>`)}</ul></nav><button type="button" data-theme-toggle hidden>Dark</button></div></div>
<main>
${head && headOf(title, date, head)}
${parts.map(([id, , title, content]) => html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>\n${content}</section>\n`)}
</main>
<footer>Made by ${generator}. This file is complete in itself and asks nothing of the network.</footer>
<div id="tip" role="status" hidden></div>
<script>${trusted(script)}</script>
${live && html`${live.islands}\n<script type="module">${trusted(live.script)}</script>\n`}</body>
</html>
`.text;
}
