// What pages are put together from: keys, tables, notes.
import type { Standing } from '../../analysis/latent/compare.js';
import { NONE } from '../../analysis/latent/metrics.js';
import { count } from '../../core/format.js';
import type { Labels } from '../../data/dataset.js';
import { type Html, html, type Part } from './html.js';
import { classColors } from './palette.js';

/** Sentences at the top of a section; those that do not apply are left out. */
export const lead = (...sentences: readonly (string | false | undefined)[]): Html =>
  html`<p class="lead">${sentences.filter(Boolean).join(' ')}</p>`;

/** A dot in a colour of the style sheet; a diamond for what others are compared with. */
export const swatch = (color: string, isDiamond = false): Html =>
  html`<span class="swatch${isDiamond ? ' diamond' : ''}" style="--swatch:var(--${color})"></span>`;

/** The colour of a class, −1 where it is unknown. */
export const classColor = (label: number): string =>
  label < 0 ? 'var(--faint)' : `var(--c${label % classColors.length})`;

/** A button for each class that the first examples have, with how many they are. */
export function classButtons({ names, values }: Labels, examples: number, nameOf: (name: string) => Part): Html {
  const sizes = new Map<number, number>();
  for (let i = 0; i < examples; i++) sizes.set(values[i] ?? -1, (sizes.get(values[i] ?? -1) ?? 0) + 1);
  const button = (name: string, label: number) =>
    sizes.has(label) &&
    html`<li><button type="button" data-class="${label}" aria-pressed="false"><span class="swatch" style="--swatch:${classColor(label)}"></span>${nameOf(name)} <small>${count(sizes.get(label) ?? 0)}</small></button></li>`;
  return html`${names.map(button)}${button('unknown', -1)}`;
}

/** Says that classes have to share colours, where they do. */
export const repeatedColors = (labels: Labels | undefined, what: string): string | false =>
  (labels?.names.length ?? 0) > classColors.length && `Colours repeat after ${classColors.length} ${what}.`;

/** Which colour is which. */
export function colorKey(
  entries: readonly { readonly name: string; readonly color: string }[],
  ...notes: Part[]
): Html {
  const named = entries.map(({ name, color }) => html`<span>${swatch(color)}${name}</span>`);
  return html`<p class="key" aria-hidden="true">${named}${notes.map((note) => html`<span>${note}</span>`)}</p>`;
}

/** What may be wider than the page: scrolled by itself, by keys too. */
export function scrolling(label: string, content: Html, isTall = false): Html {
  return html`<div class="scroll${isTall ? ' tall' : ''}" tabindex="0" role="group" aria-label="${label}">${content}</div>`;
}

/** Figures in rows under headings. */
export interface Table {
  /** What it holds, for those who cannot see it. */
  readonly label: string;
  readonly head: readonly Part[];
  /** The heading of a row, then its cells; or the row as markup. */
  readonly rows: readonly (Html | readonly [heading: Part, ...cells: Part[]])[];
  /** Added to the class of the table. */
  readonly kind?: string;
  readonly isTall?: boolean;
}

/** A value as a cell writes it, a dash for none. */
export function known<T>(value: T | null | undefined, format: (value: T) => string): string {
  return value === null || value === undefined ? NONE : format(value);
}

/** A table of figures. */
export function tableOf({ label, head, rows, kind, isTall }: Table): Html {
  const rowOf = (row: Table['rows'][number]): Html => {
    if ('text' in row) return row;
    const [heading, ...cells] = row;
    return html`<tr><th scope="row">${heading}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  };
  return scrolling(
    label,
    html`<table class="figures${kind && ` ${kind}`}"><thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows.map(rowOf)}</tbody></table>`,
    isTall,
  );
}

/** A part of the page that opens. */
export const folded = (summary: Part, ...content: Part[]): Html =>
  html`<details><summary>${summary}</summary>${content}</details>`;

/** A command, with a button that copies it. */
export const commandBlock = (command: string): Html =>
  html`<div class="command"><pre tabindex="0"><code>${command}</code></pre><button type="button" data-copy>Copy</button></div>`;

/** Signs and words for how a figure stands beside another. */
export const standings: Readonly<Record<Standing, readonly [sign: string, words: string]>> = {
  better: ['▲', 'better than'],
  same: ['≈', 'not apart from'],
  worse: ['▼', 'worse than'],
  apart: ['≠', 'apart from'],
};

/** How a figure stands beside another: a sign for the eye alone, and what it says to those who cannot see it. */
export function standingMark(standing: Standing, other: string): Html {
  const [sign, words] = standings[standing];
  return html` <span title="${words} ${other}"><span aria-hidden="true">${sign}</span><span class="unseen">${words} ${other}</span></span>`;
}

/** Rows of a table under a heading of their own. */
export const bandOf = (heading: Part, columns: number, rows: readonly Html[]): Html =>
  html`<tbody><tr class="band"><th scope="rowgroup" colspan="${columns}">${heading}</th></tr>${rows}</tbody>`;

/** Colours of curves and runs, by their place; PCA's is none of them. */
const colors = ['network', 'c3', 'c7', 'c8', 'c2', 'c9', 'c0', 'c5', 'c6', 'c1', 'c4'];

/** The colour of a name among names, the same wherever these are compared. */
export function colorOf(names: readonly string[], name: string): string {
  return colors[names.indexOf(name) % colors.length] ?? 'network';
}
