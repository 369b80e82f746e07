// Pictures of examples in rows: a column for each example, a row for each way that it is shown.
import type { PictureLook } from '../../data/look.js';
import type { TestExample } from '../../tasks/training-figures.js';
import { type Html, html, type Part } from './html.js';
import { exampleName } from './names.js';
import { scrolling, swatch } from './parts.js';
import { picture } from './picture.js';

/** One way that the examples are shown. */
export interface StripRow {
  readonly name: Part;
  /** The name of its colour in the style sheet. */
  readonly color?: string;
  /** A picture of each example; an empty cell where there is nothing to show. */
  readonly pictures: readonly (Float32Array | undefined)[];
  /** What the pictures show, after the name of the example: ", rebuilt by PCA". */
  readonly alt?: string;
}

/** Pictures of the same examples. */
export interface Strip {
  /** What it shows, for those who cannot see it. */
  readonly label: string;
  readonly look: PictureLook;
  /** The values drawn black and white. */
  readonly range?: readonly [number, number];
  /** Examples of a test, whose numbers and classes are headings of the columns; or names that are not written. */
  readonly examples: readonly (TestExample | string)[];
  /** Rows that belong together, under a heading of their own. */
  readonly groups: readonly { readonly band?: Part; readonly rows: readonly (StripRow | Html)[] }[];
  /** Room for a picture in pixels, wide and narrow. */
  readonly room?: readonly [wide: number, narrow: number];
  /** Whether the last two rows are figures of the columns. */
  readonly hasFigures?: boolean;
}

/** A test example in words. */
export const naming = ({ index, label }: TestExample): string => `test ${exampleName(index, label)}`;

/** Sizes for pictures of a look: whole multiples of a pixel where there is room, so that pixels stay square and sharp. */
export function zoomStyle(look: { readonly width: number }, wide: number, narrow: number): string {
  const fitting = (room: number) => (look.width <= room ? Math.floor(room / look.width) * look.width : room);
  return `--wide:${fitting(wide)}px;--narrow:${fitting(narrow)}px`;
}

/** A picture with what it shows in words. */
export const imageOf = ({ width, height }: PictureLook, uri: string, alt: string, title?: string): Html =>
  html`<img src="${uri}" width="${width}" height="${height}" alt="${alt}"${title !== undefined && html` title="${title}"`}>`;

/** Many small pictures, one after another. */
export function mosaicOf(
  look: PictureLook,
  uris: readonly string[],
  alt: (i: number) => string,
  isDrawn = false,
): Html {
  const wide = isDrawn ? 84 : 56;
  return html`<ul class="mosaic${isDrawn && ' drawn'}" style="${zoomStyle(look, wide, 56)}">${uris.map(
    (uri, i) => html`<li>${imageOf(look, uri, alt(i), isDrawn ? undefined : alt(i))}</li>`,
  )}</ul>`;
}

/** A row of figures below the pictures, those in bold that are better than what they are compared with. */
export function figureRow<T>(
  [name, what, color, kind]: readonly [name: string, what: string, color: string, kind?: string],
  items: readonly T[],
  text: (item: T) => string,
  isBetter: (item: T) => boolean,
): Html {
  const cells = items.map((item) => html`<td${isBetter(item) && html` class="less"`}>${text(item)}</td>`);
  return html`<tr class="errors${kind && ` ${kind}`}"><th scope="row">${swatch(color)}<span class="what">${what},</span> ${name}</th>${cells}</tr>`;
}

/** Draws examples that are pictures. */
export function pictureStrip(strip: Strip): Html {
  const { label, look, range, examples, groups, room = [84, 56], hasFigures } = strip;
  const names = examples.map((example) => (typeof example === 'string' ? example : naming(example)));
  const cell = (values: Float32Array | undefined, alt: string): Html =>
    html`<td>${values && imageOf(look, picture(values, look, range), alt)}</td>`;
  const rowOf = (row: StripRow | Html): Html =>
    'pictures' in row
      ? html`<tr><th scope="row">${row.color && swatch(row.color)}${row.name}</th>${row.pictures.map((values, i) => cell(values, `${names[i]}${row.alt ?? ''}`))}</tr>`
      : row;
  const headings = examples.flatMap((example) =>
    typeof example === 'string'
      ? []
      : html`<th scope="col">${example.label !== undefined && html`<span title="${example.label}">${example.label}</span>`}<small>#${example.index}</small></th>`,
  );
  return scrolling(
    label,
    html`<table class="strip${!hasFigures && ' depth'}" style="${zoomStyle(look, ...room)}">${
      headings.length > 0 && html`<thead><tr><td></td>${headings}</tr></thead>`
    }${groups.map(
      ({ band, rows }) =>
        html`<tbody>${band && html`<tr class="band"><th colspan="${examples.length + 1}" scope="rowgroup">${band}</th></tr>`}${rows.map(rowOf)}</tbody>`,
    )}</table>`,
  );
}
