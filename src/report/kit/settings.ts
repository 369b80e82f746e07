import { moment } from '../../core/format.js';
import { type Html, html } from './html.js';
import type { Section } from './page.js';
import { commandBlock, scrolling } from './parts.js';

/** Nested JSON as rows of dotted names: { body: { layers: [128, 32] } } is "body.layers" → "128, 32". */
export function flatten(value: unknown, name = ''): (readonly [name: string, text: string])[] {
  const inside = (key: string | number) => (name === '' ? String(key) : `${name}.${key}`);
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null))
      return [[name, value.map(plain).join(', ') || 'none']];
    return value.flatMap((item: unknown, i) => flatten(item, inside(i)));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0 && name !== '') return [[name, 'none']];
    return entries.flatMap(([key, item]) => flatten(item, inside(key)));
  }
  return [[name, plain(value)]];
}

function plain(value: unknown): string {
  return value === null || value === undefined ? 'none' : String(value);
}

/** What a page says of how its figures came about. */
export interface Settings {
  readonly date: Date;
  readonly version?: string | undefined;
  readonly command?: string | undefined;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** What the command does, as a verb: "trains the network". */
  readonly does: string;
  /** Facts that are no settings: name and text. */
  readonly facts?: readonly (readonly [name: string, text: string | undefined])[];
}

/** What it takes to repeat what a page shows. */
export function settingsSection({ date, version, command, configuration, does, facts = [] }: Settings): Section {
  const all = [['finished', moment(date)], ['gargalo', version], ...facts] as const;
  const row = (name: string, text: string): Html => html`<tr><th scope="row">${name}</th><td>${text}</td></tr>`;
  return [
    'configuration',
    'Configuration',
    'How to repeat this',
    html`<p class="lead">${
      command
        ? `This command ${does} again; everything it leaves out is in the table.`
        : 'Everything that was set for this run.'
    }</p>
${
  command && commandBlock(command)
}${scrolling('Configuration', html`<table class="settings"><tbody>${flatten(configuration).map(([name, text]) => row(name, text))}</tbody><tbody>${all.map(([name, text]) => text !== undefined && row(name, text))}</tbody></table>`)}`,
  ];
}
