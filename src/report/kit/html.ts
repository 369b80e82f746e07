import { escapeControls } from '../../core/errors.js';

/** Markup that is already safe. Only {@link html} and {@link trusted} make one, so text from outside cannot pass for it. */
export class Html {
  constructor(readonly text: string) {}
}

/** What may stand in a template: markup as it is, text escaped, lists joined, nothing for null, undefined and false. */
export type Part = Html | string | number | null | undefined | false | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in markup and in a quoted attribute; of controls HTML allows line ends alone. */
export function escapeHtml(text: string): string {
  return escapeControls(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

function write(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(write).join('');
  return escapeHtml(String(part));
}

/**
 * A template of markup that escapes everything put into it, unless it is markup itself. Attribute values must be quoted.
 *
 * @example html`<p title="${label}">${label}</p>`
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((string, i) => string + (i < parts.length ? write(parts[i]) : '')).join(''));
}

/** Markup written by this project itself (a style sheet, a drawing): taken as it is. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** A value as JSON that may stand inside a script element: no tag can end or begin in it. */
export function scriptJson(value: unknown): Html {
  return new Html(
    escapeControls(JSON.stringify(value)).replace(
      /[<>&]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
}
