import { unknownName } from '../../core/names.js';
import type { Kind } from '../kind.js';
import { adversarialKind } from './adversarial.js';
import { basicKind } from './basic.js';
import { contractiveKind } from './contractive.js';
import { convolutionalKind } from './convolutional.js';
import { deepKind } from './deep.js';
import { denoisingKind } from './denoising.js';
import { detectingKind } from './detecting.js';
import { linearKind } from './linear.js';
import { recurrentKind } from './recurrent.js';
import { sparseKind } from './sparse.js';
import { variationalKind } from './variational.js';
import { vectorQuantizedKind } from './vector-quantized.js';

/** Every kind, a line each. */
export const kinds = [
  basicKind,
  linearKind,
  deepKind,
  denoisingKind,
  detectingKind,
  sparseKind,
  contractiveKind,
  convolutionalKind,
  recurrentKind,
  variationalKind,
  vectorQuantizedKind,
  adversarialKind,
] as const satisfies readonly Kind[];

/** The name of a kind. */
export type KindName = (typeof kinds)[number]['name'];

/** The kind of a name; for an unknown one the error suggests the nearest. */
export function kindNamed(name: string): Kind & { readonly name: KindName } {
  const found = kinds.find((kind) => kind.name === name);
  if (!found)
    throw unknownName(
      'kind',
      name,
      kinds.map((kind) => kind.name),
    );
  return found;
}
