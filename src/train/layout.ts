import * as op from '../graph/ops/index.js';
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
 * parameters share one slot (fewer operators), and large ones are cut into column blocks (each pass finds its operands
 * still in the processor's cache). A private matter of training: everywhere else a parameter is one tensor.
 */
export interface Layout {
  readonly slots: readonly Slot[];
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
  /** Two-dimensional parameters above this many values are cut into blocks of about that many. */
  readonly block?: number;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

/** Where a part of a parameter lies: rows × columns of the parameter (as [outer, inner]) from a column on. */
interface Piece {
  readonly parameter: string;
  readonly slot: string;
  readonly slotOffset: number;
  readonly rows: number;
  readonly rowLength: number;
  readonly column: number;
  readonly columns: number;
}

/** Plans the slots for parameters. */
export function planLayout(
  definitions: readonly ParameterDefinition[],
  { small = 4096, block = 150_000 }: LayoutOptions = {},
): Layout {
  const slots: Slot[] = [];
  const pieces: Piece[] = [];
  const parameters = new Map<string, Tensor>();
  const addSlot = (name: string, shape: readonly number[], decays: boolean): Slot => {
    const slot = { name, shape, decays, variable: variable(name, shape) };
    slots.push(slot);
    return slot;
  };
  const whole = (parameter: string, size: number, slot: string, slotOffset: number): Piece => ({
    parameter,
    slot,
    slotOffset,
    rows: 1,
    rowLength: size,
    column: 0,
    columns: size,
  });

  for (const decays of [true, false]) {
    const shared = definitions.filter(
      (definition) => definition.decays === decays && sizeOf(definition.shape) <= small,
    );
    if (shared.length < 2) continue;
    const total = shared.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const slot = addSlot(decays ? 'small-weights' : 'biases', [total], decays);
    let offset = 0;
    for (const { name, shape } of shared) {
      const size = sizeOf(shape);
      parameters.set(name, op.Reshape(op.Slice(slot.variable, 0, offset, offset + size), shape));
      pieces.push(whole(name, size, slot.name, offset));
      offset += size;
    }
  }

  for (const { name, shape, decays } of definitions) {
    if (parameters.has(name)) continue;
    const size = sizeOf(shape);
    const [rows, columns] = shape as [number, number];
    const count = shape.length === 2 ? Math.min(Math.ceil(size / block), columns) : 1;
    if (count === 1) {
      parameters.set(name, addSlot(name, shape, decays).variable);
      pieces.push(whole(name, size, name, 0));
      continue;
    }
    const blocks: Tensor[] = [];
    for (let i = 0; i < count; i++) {
      // Multiples of 16 columns: whole vectors for the matrix product. Rounded up they may lie beyond the last column.
      const edge = (k: number): number =>
        k === count ? columns : Math.min(columns, Math.round((k * columns) / count / 16) * 16);
      const [start, end] = [edge(i), edge(i + 1)];
      if (start === end) continue;
      const slot = addSlot(`${name}.${i}`, [rows, end - start], decays);
      blocks.push(slot.variable);
      pieces.push({
        parameter: name,
        slot: slot.name,
        slotOffset: 0,
        rows,
        rowLength: columns,
        column: start,
        columns: end - start,
      });
    }
    parameters.set(name, op.Concat(blocks, 1));
  }

  /** Copies all pieces one way or the other. */
  const copy = (
    from: ReadonlyMap<string, Float32Array>,
    to: Map<string, Float32Array>,
    direction: 'pack' | 'unpack',
  ): void => {
    for (const piece of pieces) {
      const { parameter, slot, slotOffset, rows, rowLength, column, columns } = piece;
      const [source, target] =
        direction === 'pack' ? [from.get(parameter)!, to.get(slot)!] : [from.get(slot)!, to.get(parameter)!];
      for (let row = 0; row < rows; row++) {
        const inParameter = row * rowLength + column;
        const inSlot = slotOffset + row * columns;
        const [start, at] = direction === 'pack' ? [inParameter, inSlot] : [inSlot, inParameter];
        target.set(source.subarray(start, start + columns), at);
      }
    }
  };

  return {
    slots,
    parameters,
    pack(values) {
      const result = new Map(slots.map((slot) => [slot.name, new Float32Array(sizeOf(slot.shape))]));
      copy(values, result, 'pack');
      return result;
    },
    unpack(values) {
      const result = new Map(definitions.map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))]));
      copy(values, result, 'unpack');
      return result;
    },
  };
}
