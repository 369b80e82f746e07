// The state of the studio as an address: "#/train?data=digits&kind=basic&code=2&seed=1". The command line says the same.
import { completeOptions, type KindName, kinds, type Option, parseOption, trainingOptions } from 'gargalo';
import type { OptionValue, Setup } from './engine/protocol.js';

export const placeNames = ['start', 'build', 'train', 'map', 'use', 'lessons', 'runs'] as const;
export type PlaceName = (typeof placeNames)[number];

export interface Address {
  readonly place: PlaceName;
  /** What is shown of a place: the number of a lesson. */
  readonly item?: string;
  readonly setup: Setup;
  /** What the address says beside that nothing here knows: it was left out. */
  readonly unknown?: readonly string[];
}

const isPlace = (name: string): name is PlaceName => placeNames.some((known) => known === name);
const kindOf = (name: string) => kinds.find((kind) => kind.name === name);

/** Options of a kind and of training, in the order that forms show them. */
export function optionsOf(kind: KindName): Readonly<Record<string, Option>> {
  return { ...kindOf(kind)?.options, ...trainingOptions };
}

/**
 * The value of an option from text, read and checked as the command line does.
 *
 * @throws GargaloError naming the option and what it must be
 */
export function readOption(name: string, option: Option, text: string): OptionValue {
  const value = parseOption(option, text) as OptionValue;
  completeOptions({ [name]: option }, { [name]: value });
  return value;
}

export const optionText = (value: OptionValue): string =>
  typeof value === 'object' ? value.join(',') || 'none' : String(value);

export function parseAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [place = 'start', item] = path.split('/');
  const parameters = new URLSearchParams(query);
  const [data, kindName] = [parameters.get('data') ?? 'digits', parameters.get('kind') ?? 'basic'];
  const kind = kindOf(kindName)?.name ?? 'basic';
  const unknown = kind === kindName ? [] : [`kind=${kindName}`];
  const known = optionsOf(kind);
  const options: Record<string, OptionValue> = {};
  for (const [name, text] of parameters) {
    if (name === 'data' || name === 'kind') continue;
    try {
      const option = Object.hasOwn(known, name) ? known[name] : undefined;
      if (option) options[name] = readOption(name, option, text);
      else unknown.push(`${name}=${text}`);
    } catch {
      unknown.push(`${name}=${text}`);
    }
  }
  const beginning = { code: 2, encoder: [128, 32], seed: 1 };
  return {
    place: isPlace(place) ? place : 'start',
    ...(item && { item }),
    setup: { data, kind, options: query === '' ? beginning : options },
    ...(unknown.length > 0 && { unknown }),
  };
}

export function writeAddress({ place, item, setup: { data, kind, options } }: Address): string {
  const parameters = new URLSearchParams({ data, kind });
  for (const [name, value] of Object.entries(options)) parameters.set(name, optionText(value));
  return `#/${place}${item ? `/${item}` : ''}?${parameters.toString().replaceAll('%2C', ',')}`;
}
