import { entryOf } from '../core/collections.js';
import * as op from '../graph/ops/index.js';
import { sizeOf } from '../graph/shape.js';
import { type Tensor, variable } from '../graph/tensor.js';
import type { ParameterDefinition } from '../nn/scope.js';

/** A state variable of the training loop, and which parts of which parameters lie in it. */
export interface Slot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly decays: boolean;
  readonly variable: Tensor<'Variable'>;
}

/**
 * How parameters are kept while they are trained. Each operator of an optimiser is a pass over a slot, so small
 * parameters share one slot (fewer operators), and a tall, narrow weight lies on its side: the product that makes its
 * gradient then wants the small activations turned instead of the wide input. A private matter of training: everywhere
 * else a parameter is one tensor [in, out].
 */
export interface Layout {
  /** What follows the gradient. */
  readonly slots: readonly Slot[];
  /** What does not: running means, and layers that stay as they are. One parameter each, of the same name. */
  readonly kept: readonly Slot[];
  /** The tensor of each parameter, made of slots. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** From values by parameter to values by slot. */
  pack(values: ReadonlyMap<string, Float32Array>): Map<string, Float32Array>;
  /** And back. */
  unpack(slots: ReadonlyMap<string, Float32Array>): Map<string, Float32Array>;
}

export interface LayoutOptions {
  /** Parameters of up to this many values share a slot. */
  readonly small?: number;
}

/** Where a parameter lies: from `offset` on in its slot. */
interface Place {
  readonly parameter: string;
  readonly slot: string;
  readonly offset: number;
  readonly size: number;
  /** Rows and columns of a parameter that lies on its side. */
  readonly turned?: readonly [number, number];
}

/** From this many rows a column on, a weight is narrow; squarer ones were slower on their side. */
const NARROW = 4;

/** [rows, columns] to [columns, rows]. */
function transposed(values: Float32Array, [rows, columns]: readonly [number, number]): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[column * rows + row] = values[row * columns + column]!;
    }
  }
  return result;
}

/** Plans the slots for parameters. */
export function planLayout(definitions: readonly ParameterDefinition[], { small = 4096 }: LayoutOptions = {}): Layout {
  const slots: Slot[] = [];
  const kept: Slot[] = [];
  const places: Place[] = [];
  const parameters = new Map<string, Tensor>();
  const addSlot = (name: string, shape: readonly number[], decays: boolean, to = slots): Slot => {
    const slot = { name, shape, decays, variable: variable(name, shape) };
    to.push(slot);
    return slot;
  };

  for (const { name, shape, trained } of definitions) {
    if (trained) continue;
    parameters.set(name, addSlot(name, shape, false, kept).variable);
    places.push({ parameter: name, slot: name, offset: 0, size: sizeOf(shape) });
  }
  for (const decays of [true, false]) {
    const shared = definitions.filter(
      (definition) => definition.trained && definition.decays === decays && sizeOf(definition.shape) <= small,
    );
    if (shared.length < 2) continue;
    const total = shared.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const slot = addSlot(decays ? 'small-weights' : 'biases', [total], decays);
    let offset = 0;
    for (const { name, shape } of shared) {
      const size = sizeOf(shape);
      parameters.set(name, op.Reshape(op.Slice(slot.variable, 0, offset, offset + size), shape));
      places.push({ parameter: name, slot: slot.name, offset, size });
      offset += size;
    }
  }
  for (const { name, shape, decays } of definitions) {
    if (parameters.has(name)) continue;
    const [rows = 1, columns = 1] = shape;
    const isNarrow = shape.length === 2 && rows >= NARROW * columns;
    const slot = addSlot(name, isNarrow ? [columns, rows] : shape, decays);
    parameters.set(name, isNarrow ? op.Transpose(slot.variable) : slot.variable);
    const place = { parameter: name, slot: name, offset: 0, size: sizeOf(shape) };
    places.push(isNarrow ? { ...place, turned: [rows, columns] } : place);
  }

  return {
    slots,
    kept,
    parameters,
    pack(values) {
      const result = new Map([...slots, ...kept].map((slot) => [slot.name, new Float32Array(sizeOf(slot.shape))]));
      for (const { parameter, slot, offset, turned } of places) {
        const given = entryOf(values, parameter);
        result.get(slot)?.set(turned ? transposed(given, turned) : given, offset);
      }
      return result;
    },
    unpack(values) {
      // in the order of the definitions, those that the slots hold
      const held = new Set(places.filter(({ slot }) => values.has(slot)).map(({ parameter }) => parameter));
      const result = new Map(
        definitions
          .filter(({ name }) => held.has(name))
          .map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))]),
      );
      for (const { parameter, slot, offset, size, turned } of places) {
        const part = values.get(slot)?.subarray(offset, offset + size);
        if (!part) continue;
        result.get(parameter)?.set(turned ? transposed(part, [turned[1], turned[0]]) : part);
      }
      return result;
    },
  };
}
