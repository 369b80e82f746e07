import { evaluate } from './evaluate.js';
import * as op from './ops/index.js';
import { type Dimension, isStatic, type Shape, sameShape, sizeOf, symbolsOf } from './shape.js';
import {
  allocate,
  constant,
  isOperator,
  node,
  type Operator,
  scalarValue,
  type Tensor,
  topologicalOrder,
} from './tensor.js';

/** Constants above this many values are not folded further: folding would make the program larger. */
const FOLD_LIMIT = 4096;

/**
 * A rule gives a simpler tensor of the same value, or undefined where it does not apply.
 *
 * @param once whether a tensor has a single user
 */
type Rule = (tensor: Tensor, inputs: readonly Tensor[], once: (tensor: Tensor) => boolean) => Tensor | undefined;

/** x · c with a scalar constant c, or undefined. */
function scaled(tensor: Tensor): { x: Tensor; factor: number } | undefined {
  if (tensor.op !== 'Mul') return undefined;
  const [x, c] = tensor.inputs as [Tensor, Tensor];
  const factor = scalarValue(c);
  return factor !== undefined && sameShape(x.shape, tensor.shape) ? { x, factor } : undefined;
}

/**
 * Rules that move a constant factor from an operand of a linear operator to its result: there it meets other factors,
 * or becomes the alpha of a Gemm, instead of costing a pass over a large operand.
 */
function pullFactor(rebuild: (tensor: Tensor, inputs: readonly Tensor[]) => Tensor): Rule {
  return (tensor, inputs) => {
    for (const [k, input] of inputs.entries()) {
      const found = scaled(input);
      if (found) return op.Mul(rebuild(tensor, inputs.with(k, found.x)), found.factor);
    }
    return undefined;
  };
}

const sameOperator = (tensor: Tensor, inputs: readonly Tensor[]): Tensor =>
  node(tensor.op, inputs, tensor.attributes, tensor.shape, tensor.type);

/** An operand that is only repeated to fit the other one: broadcasting does that without a copy. */
const dropExpand: Rule = (tensor, inputs) => {
  for (const [k, input] of inputs.entries()) {
    if (input.op !== 'Expand') continue;
    const others = inputs.filter((_, other) => other !== k);
    if (others.some((other) => sameShape(other.shape, tensor.shape))) {
      return sameOperator(tensor, inputs.with(k, input.inputs[0] as Tensor));
    }
  }
  return undefined;
};

/** Whether a factor keeps its digits as a 32-bit float: neither infinite nor so small that runtimes take it for 0. */
const isOrdinary = (factor: number): boolean =>
  factor === 0 || (Math.abs(factor) > 2 ** -126 && Math.abs(factor) < 2 ** 128);

const isNegated = (tensor: Tensor): Tensor | undefined => {
  const found = scaled(tensor);
  return found?.factor === -1 ? found.x : undefined;
};

const rules: { readonly [Op in Operator]?: readonly Rule[] } = {
  CustomGradient: [(_t, [value]) => value],
  Neg: [(_t, [x]) => op.Mul(x!, -1)],
  Add: [
    (_t, [a, b]) => (a === b ? op.Mul(a!, 2) : undefined),
    (t, [a, b]) => (scalarValue(b!) === 0 && sameShape(a!.shape, t.shape) ? a : undefined),
    (t, [a, b]) => (scalarValue(a!) === 0 && sameShape(b!.shape, t.shape) ? b : undefined),
    (_t, [a, b]) => {
      const negated = isNegated(b!);
      return negated && op.Sub(a!, negated);
    },
    (_t, [a, b]) => {
      const negated = isNegated(a!);
      return negated && op.Sub(b!, negated);
    },
    dropExpand,
  ],
  Sub: [
    (t, [a, b]) => (scalarValue(b!) === 0 && sameShape(a!.shape, t.shape) ? a : undefined),
    (_t, [a, b]) => {
      const negated = isNegated(b!);
      return negated && op.Add(a!, negated);
    },
    dropExpand,
  ],
  Mul: [
    // constants to the right
    (_t, [a, b]) => (scalarValue(a!) !== undefined && scalarValue(b!) === undefined ? op.Mul(b!, a!) : undefined),
    (t, [a, b]) => (scalarValue(b!) === 1 && sameShape(a!.shape, t.shape) ? a : undefined),
    (t, [a, b]) => {
      const outer = scalarValue(b!);
      const inner = scaled(a!);
      return outer !== undefined && inner && sameShape(a!.shape, t.shape) && isOrdinary(inner.factor * outer)
        ? op.Mul(inner.x, inner.factor * outer)
        : undefined;
    },
    // one value repeated, times a number
    (t, [a, b]) => {
      const factor = scalarValue(b!);
      return a!.op === 'Expand' && factor !== undefined && sameShape(a!.shape, t.shape)
        ? op.Expand(op.Mul(a!.inputs[0]!, factor), t.shape, a!.inputs[1])
        : undefined;
    },
    // not from a small operand into a large product, nor from one that others want as it is
    (t, [a, b], once) => {
      if (scalarValue(b!) !== undefined) return undefined;
      const left = once(a!) && sameShape(a!.shape, t.shape) ? scaled(a!) : undefined;
      const right = once(b!) && sameShape(b!.shape, t.shape) ? scaled(b!) : undefined;
      if (left) return op.Mul(op.Mul(left.x, b!), left.factor);
      return right && op.Mul(op.Mul(a!, right.x), right.factor);
    },
    dropExpand,
  ],
  Div: [
    (t, [a, b]) => {
      const divisor = t.type === 'float32' && sameShape(a!.shape, t.shape) ? scalarValue(b!) : undefined;
      return divisor !== undefined && isOrdinary(1 / divisor) ? op.Mul(a!, 1 / divisor) : undefined;
    },
    (t, [a, b]) => {
      // whole numbers are cut off, so there the order matters
      const found = t.type === 'float32' && a !== b && sameShape(a!.shape, t.shape) ? scaled(a!) : undefined;
      return found && op.Mul(op.Div(found.x, b!), found.factor);
    },
    dropExpand,
  ],
  Where: [(t, [, a, b]) => (a === b && sameShape(a!.shape, t.shape) ? a : undefined), dropExpand],
  Greater: [dropExpand],
  Less: [dropExpand],
  Equal: [dropExpand],
  MatMul: [pullFactor((_t, [a, b]) => op.MatMul(a!, b!))],
  ReduceSum: [
    pullFactor((t, [x]) => sameOperator(t, [x!])),
    // nothing to add up
    (t, [x]) => {
      const { axes } = t.attributes as { axes: readonly number[] };
      const sole = axes.every((axis) => x!.shape[axis] === 1);
      return sole && symbolsOf(t.shape).length <= 1 ? op.Reshape(x!, t.shape) : undefined;
    },
  ],
  ReduceMean: [pullFactor((t, [x]) => sameOperator(t, [x!]))],
  Reshape: [
    (t, [x]) => (sameShape(x!.shape, t.shape) ? x : undefined),
    (t, [x]) => (x!.op === 'Reshape' ? op.Reshape(x!.inputs[0]!, t.shape) : undefined),
    // one value repeated stays one value repeated
    (t, [x]) =>
      x!.op === 'Expand' && sizeOf(x!.inputs[0]!.shape) === 1 && isStatic(t.shape)
        ? op.Expand(op.Reshape(x!.inputs[0]!, []), t.shape)
        : undefined,
    pullFactor((t, [x]) => sameOperator(t, [x!])),
  ],
  Transpose: [
    (t, [x]) => ((t as Tensor<'Transpose'>).attributes.permutation.every((from, to) => from === to) ? x : undefined),
    (t, [x]) =>
      isOperator(x!, 'Transpose')
        ? op.Transpose(
            x.inputs[0]!,
            (t as Tensor<'Transpose'>).attributes.permutation.map((axis) => x.attributes.permutation[axis]!),
          )
        : undefined,
    pullFactor((t, [x]) => sameOperator(t, [x!])),
    // (A B)ᵀ = Bᵀ Aᵀ: for the gradients of tied weights
    (t, [x], once) =>
      isTransposed(t) && x!.op === 'MatMul' && once(x!)
        ? op.MatMul(op.Transpose(x!.inputs[1]!), op.Transpose(x!.inputs[0]!))
        : undefined,
  ],
  Expand: [
    (t, [x]) => (sameShape(x!.shape, t.shape) ? x : undefined),
    (t, [x, like]) => (x!.op === 'Expand' ? op.Expand(x!.inputs[0]!, t.shape, like) : undefined),
  ],
  Slice: [
    (t, [x]) => (sameShape(x!.shape, t.shape) ? x : undefined),
    // a slice that lies within one part of a concatenation
    (t, [x]) => {
      const { axis, start, end } = (t as Tensor<'Slice'>).attributes;
      if (!isOperator(x!, 'Concat') || x.attributes.axis !== axis) return undefined;
      let from = 0;
      for (const part of x.inputs) {
        const to = from + (part.shape[axis] as number);
        if (start >= from && end <= to) return op.Slice(part, axis, start - from, end - from);
        from = to;
      }
      return undefined;
    },
  ],
};

/** Never folded: leaves, numbers that are fresh at every step, and repetitions, which broadcasting makes for free. */
const unfoldable = new Set<Operator>([
  'Variable',
  'Constant',
  'Expand',
  'RandomNormalLike',
  'RandomUniformLike',
  'CustomGradient',
]);

function fold(tensor: Tensor): Tensor | undefined {
  if (unfoldable.has(tensor.op) || !isStatic(tensor.shape)) return undefined;
  if (!tensor.inputs.every((input) => input.op === 'Constant')) {
    return tensor.op === 'Size' ? foldSize(tensor.inputs[0]!.shape) : undefined;
  }
  if ((sizeOf(tensor.shape) as number) > FOLD_LIMIT) return undefined;
  const [value] = evaluate([tensor]);
  // no whole number stands for them
  if (tensor.type !== 'float32' && !value!.data.every(Number.isFinite)) return undefined;
  const values = allocate(tensor.type, value!.data.length);
  for (let i = 0; i < values.length; i++) {
    values[i] = values instanceof BigInt64Array ? BigInt(value!.data[i]!) : value!.data[i]!;
  }
  return constant(values, tensor.shape, tensor.type);
}

function foldSize(shape: Shape): Tensor | undefined {
  const size = sizeOf(shape);
  return size === undefined ? undefined : constant(size, [], 'int64');
}

/**
 * The same outputs with less work: constants folded, common subexpressions shared, constant factors gathered at the end
 * of products, needless copies gone. What nothing depends on disappears by itself, since a graph is only what its
 * outputs reach. Differentiate before: hand-given gradients are dropped here.
 */
export function simplify(outputs: readonly Tensor[]): Tensor[] {
  const identities = new Map<Tensor, number>();
  const interned = new Map<string, Tensor>();
  const simplified = new Map<Tensor, Tensor>();

  const identityOf = (tensor: Tensor): number => {
    let identity = identities.get(tensor);
    if (identity === undefined) {
      identity = identities.size;
      identities.set(tensor, identity);
    }
    return identity;
  };

  const keyOf = (tensor: Tensor): string => {
    if (isOperator(tensor, 'Variable')) return `Variable ${identityOf(tensor)}`;
    if (isOperator(tensor, 'Constant')) {
      const { values } = tensor.attributes;
      const content =
        values.length <= 64
          ? Array.from(values as Float32Array, (v) => (Object.is(v, -0) ? '-0' : v))
          : identityOf(tensor);
      return `Constant ${tensor.type} ${tensor.shape} ${content}`;
    }
    // JSON knows neither −0 nor infinities
    const attributes = JSON.stringify(tensor.attributes, (_key, value) =>
      Object.is(value, -0) ? '-0' : typeof value === 'number' && !Number.isFinite(value) ? `${value}` : value,
    );
    return `${tensor.op} ${tensor.type} ${attributes} ${tensor.inputs.map(identityOf)}`;
  };

  const intern = (tensor: Tensor): Tensor => {
    const key = keyOf(tensor);
    const known = interned.get(key);
    if (known) return known;
    interned.set(key, tensor);
    return tensor;
  };

  const order = topologicalOrder(outputs);
  const uses = new Map<Tensor, number>();
  for (const tensor of [...order.flatMap((user) => user.inputs), ...outputs]) {
    uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  }
  // By simplified tensor, as far as the walk has come; what a rule has made has the one user it was made for.
  const simplifiedUses = new Map<Tensor, number>();
  const once = (tensor: Tensor): boolean => (simplifiedUses.get(tensor) ?? 1) === 1;

  const visit = (tensor: Tensor): Tensor => {
    const known = simplified.get(tensor);
    if (known) return known;
    const inputs = tensor.inputs.map(visit);
    const changed = inputs.some((input, k) => input !== tensor.inputs[k]);
    const current: Tensor = changed ? Object.freeze({ ...tensor, inputs }) : tensor;
    let result = isOperator(current, 'CustomGradient') ? inputs[0]! : fold(current);
    if (!result) {
      for (const rule of rules[current.op] ?? []) {
        const better = rule(current, inputs, once);
        if (better) {
          // What a rule makes keeps the name of the layer it came from; a leaf stays itself, since it is known by identity.
          const keep = better.layer === current.layer || better.inputs.length === 0;
          result = visit(keep ? better : Object.freeze({ ...better, layer: current.layer }));
          break;
        }
      }
    }
    const final = intern(result ?? current);
    simplified.set(tensor, final);
    simplified.set(final, final);
    return final;
  };

  // Inputs first, so that the recursion of `visit` stays shallow however deep the graph.
  for (const tensor of order) {
    const result = visit(tensor);
    simplifiedUses.set(result, (simplifiedUses.get(result) ?? 0) + (uses.get(tensor) ?? 0));
  }
  return outputs.map(visit);
}

/** So steep that every positive normal number becomes 1. */
const STEEP = 3e38;

/**
 * A selection by x > 0 as arithmetic: ONNX Runtime selects ten times slower than it multiplies (895 against 102 µs for
 * 256 × 784). `HardSigmoid`, made steep, is 1 where x > 0 and 0 elsewhere.
 */
function masked(
  tensor: Tensor,
  [condition, yes, no]: readonly Tensor[],
  masks: Map<Tensor, Tensor>,
): Tensor | undefined {
  const positive = condition?.op === 'Greater' && scalarValue(condition.inputs[1]!) === 0;
  const x = condition?.inputs[0];
  if (!positive || !yes || !no || tensor.type !== 'float32' || x?.type !== 'float32') return undefined;
  const mask = masks.get(x) ?? op.HardSigmoid(x, STEEP, 0);
  masks.set(x, mask);
  const [whenYes, whenNo] = [scalarValue(yes), scalarValue(no)];
  if (whenYes !== undefined && whenNo !== undefined && sameShape(mask.shape, tensor.shape)) {
    return op.Add(op.Mul(mask, whenYes - whenNo), whenNo);
  }
  return whenNo === 0 && sameShape(yes.shape, tensor.shape) ? op.Mul(yes, mask) : undefined;
}

/**
 * Gathers products with the scalings, transpositions and biases around them into {@link op.Gemm}, which does all of
 * that in one pass. The last step before a program is encoded.
 */
export function fuse(outputs: readonly Tensor[]): Tensor[] {
  const order = topologicalOrder(outputs);
  const uses = new Map<Tensor, number>();
  for (const tensor of [...order.flatMap((user) => user.inputs), ...outputs])
    uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  const once = (tensor: Tensor): boolean => uses.get(tensor) === 1;
  const fused = new Map<Tensor, Tensor>();
  const masks = new Map<Tensor, Tensor>();
  // Whether a tensor is, in the graph as it was, a product that only this user needs.
  const soleProduct = (original: Tensor): Tensor<'Gemm'> | undefined => {
    const product = fused.get(original)!;
    return once(original) && isOperator(product, 'Gemm') && product.inputs.length === 2 ? product : undefined;
  };
  for (const tensor of order) {
    const inputs = tensor.inputs.map((input) => fused.get(input) as Tensor);
    let result: Tensor = tensor;
    if (tensor.op === 'MatMul' && inputs.every((input) => input.shape.length === 2)) {
      // A left operand stays transposed by a node of its own: that costs 30 µs for 128 × 1000, and the product without
      // transA is up to a third faster (1.48 against 1.88 ms for its product with 128 × 784).
      const [a, b] = inputs as [Tensor, Tensor];
      const transB = isTransposed(b);
      result = op.Gemm(a, transB ? b.inputs[0]! : b, undefined, { transB });
    } else if (tensor.op === 'Mul' && scaled(tensor) && soleProduct(tensor.inputs[0]!)) {
      const product = soleProduct(tensor.inputs[0]!)!;
      const alpha = product.attributes.alpha * scaled(tensor)!.factor;
      if (isOrdinary(alpha)) {
        result = op.Gemm(product.inputs[0]!, product.inputs[1]!, undefined, { ...product.attributes, alpha });
      }
    } else if (tensor.op === 'Add') {
      const k = tensor.inputs.findIndex((input) => soleProduct(input) && sameShape(input.shape, tensor.shape));
      const product = k < 0 ? undefined : soleProduct(tensor.inputs[k]!);
      const addend = inputs[1 - k];
      if (product && addend && addend.shape.length <= 2 && addend.shape.every(isNumberOrSame(tensor.shape))) {
        result = op.Gemm(product.inputs[0]!, product.inputs[1]!, addend, { ...product.attributes, beta: 1 });
      }
    }
    if (tensor.op === 'Where') result = masked(tensor, inputs, masks) ?? tensor;
    if (result === tensor && inputs.some((input, k) => input !== tensor.inputs[k])) {
      result = Object.freeze({ ...tensor, inputs });
    }
    fused.set(tensor, result.layer === tensor.layer ? result : Object.freeze({ ...result, layer: tensor.layer }));
  }
  return outputs.map((output) => fused.get(output) as Tensor);
}

/** Whether a matrix is another one transposed; a Transpose may also leave the axes as they are. */
const isTransposed = (matrix: Tensor): boolean =>
  isOperator(matrix, 'Transpose') && matrix.shape.length === 2 && matrix.attributes.permutation[0] === 1;

const isNumberOrSame =
  (shape: Shape) =>
  (side: Dimension): boolean =>
    typeof side === 'number' || shape.includes(side);
