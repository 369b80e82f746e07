import { moment } from '../../core/format.js';
import { type Html, html } from './html.js';
import type { PageAbout, Section } from './page.js';
import { commandBlock, lead, scrolling } from './parts.js';

const plain = (value: unknown): string => (value === null || value === undefined ? 'none' : String(value));

/** Nested JSON as rows of dotted names: { body: { layers: [128, 32] } } is "body.layers" → "128, 32". */
function flatten(value: unknown, name = ''): (readonly [name: string, text: string])[] {
  if (typeof value !== 'object' || value === null) return [[name, plain(value)]];
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null)) {
    return [[name, value.map(plain).join(', ') || 'none']];
  }
  const entries = Object.entries(value);
  if (entries.length === 0 && name !== '') return [[name, 'none']];
  return entries.flatMap(([key, item]) => flatten(item, name === '' ? key : `${name}.${key}`));
}

/** What a page says of how its figures came about. */
export interface Settings extends Pick<PageAbout, 'date' | 'configuration' | 'command' | 'version'> {
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
    html`${lead(
      command
        ? `This command ${does} again; everything it leaves out is in the table.`
        : 'Everything that was set for this run.',
    )}
${
  command && commandBlock(command)
}${scrolling('Configuration', html`<table class="settings"><tbody>${flatten(configuration).map(([name, text]) => row(name, text))}</tbody><tbody>${all.map(([name, text]) => text !== undefined && row(name, text))}</tbody></table>`)}`,
  ];
}
