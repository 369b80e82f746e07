import { moment } from '../format.js';
import { type Html, html } from '../html.js';
import type { ReportInput } from '../input.js';
import type { Section } from './section.js';

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

/** What it takes to repeat the run. */
export function configuration(input: ReportInput): Section {
  const facts: (readonly [string, string | undefined])[] = [
    ['finished', moment(input.date)],
    ['gargalo', input.version],
    ['model file', input.summary.model || undefined],
  ];
  const row = (name: string, text: string): Html => html`<tr><th scope="row">${name}</th><td>${text}</td></tr>`;
  const settings = flatten(input.configuration);
  return {
    id: 'configuration',
    short: 'Configuration',
    title: 'How to repeat this',
    body: html`<p class="lead">${
      input.command
        ? 'This command trains the network again; everything it leaves out is in the table.'
        : 'Everything that was set for this run.'
    }</p>
${
  input.command &&
  html`<div class="command"><pre tabindex="0"><code>${input.command}</code></pre><button type="button" data-copy>Copy</button></div>`
}<div class="scroll" tabindex="0" role="group" aria-label="Configuration"><table class="settings"><tbody>${settings.map(([name, text]) => row(name, text))}</tbody><tbody>${facts.map(([name, text]) => text !== undefined && row(name, text))}</tbody></table></div>`,
  };
}
