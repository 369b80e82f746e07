// The state of the studio as an address: "#/train?data=digits&kind=basic&code=2&seed=1". The command line says the same.
import { type KindName, kinds, type Option, trainingOptions } from 'gargalo';
import type { OptionValue, Setup } from './engine/protocol.js';

export const placeNames = ['start', 'build', 'train', 'map', 'use', 'lessons', 'runs'] as const;
export type PlaceName = (typeof placeNames)[number];

export interface Address {
  readonly place: PlaceName;
  /** What is shown of a place: the number of a lesson. */
  readonly item?: string;
  readonly setup: Setup;
}

const isPlace = (name: string): name is PlaceName => placeNames.some((known) => known === name);
const kindOf = (name: string) => kinds.find((kind) => kind.name === name);

/** Options of a kind and of training, in the order that forms show them. */
export function optionsOf(kind: KindName): Readonly<Record<string, Option>> {
  return { ...kindOf(kind)?.options, ...trainingOptions };
}

/** The value of an option from text; undefined where it is none. */
export function readOption(option: Option, text: string): OptionValue | undefined {
  switch (option.type) {
    case 'number':
    case 'integer':
      return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case 'integers': {
      const items = text.split(',').filter((item) => item.trim() !== '');
      const numbers = items.map(Number);
      if (text === 'none') return [];
      return items.length > 0 && numbers.every(Number.isInteger) ? numbers : undefined;
    }
    case 'choice':
      return option.choices.includes(text) ? text : undefined;
    case 'flag':
      return text === 'true' ? true : text === 'false' ? false : undefined;
  }
}

export const optionText = (value: OptionValue): string =>
  typeof value === 'object' ? value.join(',') || 'none' : String(value);

export function parseAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [place = 'start', item] = path.split('/');
  const parameters = new URLSearchParams(query);
  const kind = kindOf(parameters.get('kind') ?? 'basic')?.name ?? 'basic';
  const known = optionsOf(kind);
  const options: Record<string, OptionValue> = {};
  for (const [name, text] of parameters) {
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    const value = option && readOption(option, text);
    if (value !== undefined) options[name] = value;
  }
  const isEmpty = query === '';
  return {
    place: isPlace(place) ? place : 'start',
    ...(item && { item }),
    setup: {
      data: parameters.get('data') ?? 'digits',
      kind,
      options: isEmpty ? { code: 2, encoder: [128, 32], seed: 1 } : options,
    },
  };
}

export function writeAddress({ place, item, setup: { data, kind, options } }: Address): string {
  const parameters = new URLSearchParams({ data, kind });
  for (const [name, value] of Object.entries(options)) parameters.set(name, optionText(value));
  return `#/${place}${item ? `/${item}` : ''}?${parameters.toString().replaceAll('%2C', ',')}`;
}
