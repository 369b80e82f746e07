import { evaluateSingle } from './evaluate.js';
import * as op from './ops/index.js';
import { isOrdinary, isTransposed, scaled } from './patterns.js';
import { countUses } from './rebuild.js';
import { isStatic, layerName, permuted, type Shape, sameShape, sizeOf, staticSide, symbolsOf } from './shape.js';
import {
  allocate,
  constant,
  type Inputs,
  inputsOf,
  isOperator,
  type Operator,
  onInputs,
  scalarValue,
  type Tensor,
  topologicalOrder,
  withLayer,
} from './tensor.js';

/** Constants above this many values are not folded further: folding would make the program larger. */
const FOLD_LIMIT = 4096;

/**
 * A rule gives a simpler tensor of the same value, or undefined where it does not apply.
 *
 * @param once whether a tensor has a single user
 */
type Rule<Op extends Operator> = (
  tensor: Tensor<Op>,
  inputs: Inputs<Op>,
  once: (tensor: Tensor) => boolean,
) => Tensor | undefined;

/** A rule for operators that take any number of inputs, none of which may be missing. */
type RuleOfAny = (tensor: Tensor, inputs: readonly Tensor[]) => Tensor | undefined;

/**
 * Moves a constant factor from an operand of a linear operator to its result: there it meets other factors, or becomes
 * the alpha of a Gemm, instead of costing a pass over a large operand.
 */
const pullFactor: RuleOfAny = (tensor, inputs) => {
  for (const [k, input] of inputs.entries()) {
    const product = scaled(input);
    if (product) return op.Mul(onInputs(tensor, inputs.with(k, product.x), layerName()), product.factor);
  }
  return undefined;
};

/** An operand that is only repeated to fit the other one: broadcasting does that without a copy. */
const dropExpand: RuleOfAny = (tensor, inputs) => {
  for (const [k, input] of inputs.entries()) {
    if (!isOperator(input, 'Expand')) continue;
    const others = inputs.filter((_, other) => other !== k);
    if (others.some((other) => sameShape(other.shape, tensor.shape))) {
      const [x] = inputsOf(input);
      return onInputs(tensor, inputs.with(k, x), layerName());
    }
  }
  return undefined;
};

/** x where a tensor is −x. */
const negatedOf = (tensor: Tensor): Tensor | undefined => {
  const product = scaled(tensor);
  return product?.factor === -1 ? product.x : undefined;
};

const rules: { readonly [Op in Operator]?: readonly Rule<Op>[] } = {
  CustomGradient: [(_t, [value]) => value],
  Neg: [(_t, [x]) => op.Mul(x, -1)],
  Add: [
    (_t, [a, b]) => (a === b ? op.Mul(a, 2) : undefined),
    (t, [a, b]) => (scalarValue(b) === 0 && sameShape(a.shape, t.shape) ? a : undefined),
    (t, [a, b]) => (scalarValue(a) === 0 && sameShape(b.shape, t.shape) ? b : undefined),
    (_t, [a, b]) => {
      const negated = negatedOf(b);
      return negated && op.Sub(a, negated);
    },
    (_t, [a, b]) => {
      const negated = negatedOf(a);
      return negated && op.Sub(b, negated);
    },
    dropExpand,
  ],
  Sub: [
    (t, [a, b]) => (scalarValue(b) === 0 && sameShape(a.shape, t.shape) ? a : undefined),
    (_t, [a, b]) => {
      const negated = negatedOf(b);
      return negated && op.Add(a, negated);
    },
    dropExpand,
  ],
  Mul: [
    // constants to the right
    (_t, [a, b]) => (scalarValue(a) !== undefined && scalarValue(b) === undefined ? op.Mul(b, a) : undefined),
    (t, [a, b]) => (scalarValue(b) === 1 && sameShape(a.shape, t.shape) ? a : undefined),
    (t, [a, b]) => {
      const outer = scalarValue(b);
      const inner = scaled(a);
      return outer !== undefined && inner && sameShape(a.shape, t.shape) && isOrdinary(inner.factor * outer)
        ? op.Mul(inner.x, inner.factor * outer)
        : undefined;
    },
    // one value repeated, times a number
    (t, [a, b]) => {
      const factor = scalarValue(b);
      if (!isOperator(a, 'Expand') || factor === undefined || !sameShape(a.shape, t.shape)) return undefined;
      const [x, like] = inputsOf(a);
      return op.Expand(op.Mul(x, factor), t.shape, like);
    },
    // not from a small operand into a large product, nor from one that others want as it is
    (t, [a, b], once) => {
      if (scalarValue(b) !== undefined) return undefined;
      const left = once(a) && sameShape(a.shape, t.shape) ? scaled(a) : undefined;
      const right = once(b) && sameShape(b.shape, t.shape) ? scaled(b) : undefined;
      if (left) return op.Mul(op.Mul(left.x, b), left.factor);
      return right && op.Mul(op.Mul(a, right.x), right.factor);
    },
    dropExpand,
  ],
  Div: [
    (t, [a, b]) => {
      const divisor = t.type === 'float32' && sameShape(a.shape, t.shape) ? scalarValue(b) : undefined;
      return divisor !== undefined && isOrdinary(1 / divisor) ? op.Mul(a, 1 / divisor) : undefined;
    },
    (t, [a, b]) => {
      // whole numbers are cut off, so there the order matters
      const product = t.type === 'float32' && a !== b && sameShape(a.shape, t.shape) ? scaled(a) : undefined;
      return product && op.Mul(op.Div(product.x, b), product.factor);
    },
    dropExpand,
  ],
  Where: [(t, [, a, b]) => (a === b && sameShape(a.shape, t.shape) ? a : undefined), dropExpand],
  Greater: [dropExpand],
  Less: [dropExpand],
  Equal: [dropExpand],
  MatMul: [pullFactor],
  ReduceSum: [
    pullFactor,
    // nothing to add up
    (t, [x]) => {
      const sole = t.attributes.axes.every((axis) => x.shape[axis] === 1);
      return sole && symbolsOf(t.shape).length <= 1 ? op.Reshape(x, t.shape) : undefined;
    },
  ],
  ReduceMean: [pullFactor],
  Reshape: [
    (t, [x]) => (sameShape(x.shape, t.shape) ? x : undefined),
    (t, [x]) => (isOperator(x, 'Reshape') ? op.Reshape(inputsOf(x)[0], t.shape) : undefined),
    // one value repeated stays one value repeated
    (t, [x]) => {
      if (!isOperator(x, 'Expand') || !isStatic(t.shape)) return undefined;
      const [value] = inputsOf(x);
      return sizeOf(value.shape) === 1 ? op.Expand(op.Reshape(value, []), t.shape) : undefined;
    },
    pullFactor,
  ],
  Transpose: [
    (t, [x]) => (t.attributes.permutation.every((from, to) => from === to) ? x : undefined),
    (t, [x]) => {
      if (!isOperator(x, 'Transpose')) return undefined;
      return op.Transpose(inputsOf(x)[0], permuted(x.attributes.permutation, t.attributes.permutation));
    },
    pullFactor,
    // (A B)ᵀ = Bᵀ Aᵀ: for the gradients of tied weights
    (t, [x], once) => {
      if (!isTransposed(t) || !isOperator(x, 'MatMul') || !once(x)) return undefined;
      const [a, b] = inputsOf(x);
      return op.MatMul(op.Transpose(b), op.Transpose(a));
    },
  ],
  Expand: [
    (t, [x]) => (sameShape(x.shape, t.shape) ? x : undefined),
    (t, [x, like]) => (isOperator(x, 'Expand') ? op.Expand(inputsOf(x)[0], t.shape, like) : undefined),
  ],
  Slice: [
    (t, [x]) => (sameShape(x.shape, t.shape) ? x : undefined),
    // a slice that lies within one part of a concatenation
    (t, [x]) => {
      const { axis, start, end } = t.attributes;
      if (!isOperator(x, 'Concat') || x.attributes.axis !== axis) return undefined;
      let from = 0;
      for (const part of x.inputs) {
        const to = from + staticSide(part.shape, axis);
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
    return isOperator(tensor, 'Size') ? foldSize(inputsOf(tensor)[0].shape) : undefined;
  }
  if (sizeOf(tensor.shape) > FOLD_LIMIT) return undefined;
  const { data } = evaluateSingle(tensor);
  // no whole number stands for them
  if (tensor.type !== 'float32' && !data.every(Number.isFinite)) return undefined;
  const values = allocate(tensor.type, data.length);
  if (values instanceof BigInt64Array) values.set(Array.from(data, BigInt));
  else values.set(data);
  return constant(values, tensor.shape, tensor.type);
}

/** What the rules of its operator make of a tensor: the first that applies. */
function better<Op extends Operator>(tensor: Tensor<Op>, once: (tensor: Tensor) => boolean): Tensor | undefined {
  const candidates: readonly Rule<Op>[] = rules[tensor.op] ?? [];
  const inputs = inputsOf(tensor);
  for (const rule of candidates) {
    const simpler = rule(tensor, inputs, once);
    if (simpler) return simpler;
  }
  return undefined;
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
          ? Array.from<number | bigint>(values).map((value) => (Object.is(value, -0) ? '-0' : value))
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

  const uses = countUses(outputs);
  // By simplified tensor, as far as the walk has come; what a rule has made has the one user it was made for.
  const simplifiedUses = new Map<Tensor, number>();
  const once = (tensor: Tensor): boolean => (simplifiedUses.get(tensor) ?? 1) === 1;

  const visit = (tensor: Tensor): Tensor => {
    const known = simplified.get(tensor);
    if (known) return known;
    const inputs = tensor.inputs.map(visit);
    const isChanged = inputs.some((input, k) => input !== tensor.inputs[k]);
    const current = isChanged ? onInputs(tensor, inputs) : tensor;
    let result = isOperator(current, 'CustomGradient') ? inputsOf(current)[0] : fold(current);
    if (!result) {
      const simpler = better(current, once);
      // What a rule makes keeps the name of the layer it came from; a leaf stays itself, since it is known by identity.
      const isLeaf = simpler?.inputs.length === 0;
      result = simpler && visit(isLeaf ? simpler : withLayer(simpler, current.layer));
    }
    const final = intern(result ?? current);
    simplified.set(tensor, final);
    simplified.set(final, final);
    return final;
  };

  // Inputs first, so that the recursion of `visit` stays shallow however deep the graph.
  for (const tensor of topologicalOrder(outputs)) {
    const result = visit(tensor);
    simplifiedUses.set(result, (simplifiedUses.get(result) ?? 0) + (uses.get(tensor) ?? 0));
  }
  return outputs.map(visit);
}
