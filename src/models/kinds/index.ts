import type { Kind } from '../kind.js';
import { unknownName } from '../options.js';
import { basic } from './basic.js';

/** Every kind, a line each. */
export const kinds: readonly Kind[] = [basic];

/** The kind of a name; for an unknown one the error suggests the nearest. */
export function kindNamed(name: string): Kind {
  const found = kinds.find((kind) => kind.name === name);
  if (!found)
    throw unknownName(
      'kind',
      name,
      kinds.map((kind) => kind.name),
    );
  return found;
}
