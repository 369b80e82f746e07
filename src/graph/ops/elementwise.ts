import { broadcastShapes, shapeError } from '../shape.js';
import { constant, node, type Operator, type Tensor } from '../tensor.js';

/** A tensor, or a number that becomes a scalar of the other operand's type. */
export type Operand = Tensor | number;

type Binary = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Max' | 'Min';
type Comparison = 'Greater' | 'GreaterOrEqual' | 'Less' | 'LessOrEqual' | 'Equal';
type Unary = 'Neg' | 'Abs' | 'Exp' | 'Log' | 'Sqrt' | 'Erf' | 'Relu' | 'Sigmoid' | 'Tanh' | 'Softplus';

/**
 * Makes both operands tensors of one type.
 *
 * @throws GargaloError `bad-shape` where they are of two types
 */
function pair(op: Operator, a: Operand, b: Operand): [Tensor, Tensor] {
  const type = typeof a === 'number' ? (typeof b === 'number' ? 'float32' : b.type) : a.type;
  const left = typeof a === 'number' ? constant(a, [], type) : a;
  const right = typeof b === 'number' ? constant(b, [], type) : b;
  if (left.type !== right.type) {
    throw shapeError(op, `expected operands of one type, got ${left.type} and ${right.type}`, left.shape, right.shape);
  }
  return [left, right];
}

function binary(op: Binary) {
  return (a: Operand, b: Operand): Tensor => {
    const inputs = pair(op, a, b);
    return node(op, inputs, {}, broadcastShapes(op, inputs[0].shape, inputs[1].shape));
  };
}

function comparison(op: Comparison) {
  return (a: Operand, b: Operand): Tensor => {
    const inputs = pair(op, a, b);
    return node(op, inputs, {}, broadcastShapes(op, inputs[0].shape, inputs[1].shape), 'bool');
  };
}

function unary(op: Unary) {
  return (x: Tensor): Tensor => {
    if (x.type !== 'float32') throw shapeError(op, `expected float32, got ${x.type}`, x.shape);
    return node(op, [x], {}, x.shape);
  };
}

/** a + b, broadcast. */
export const Add = binary('Add');
/** a − b, broadcast. */
export const Sub = binary('Sub');
/** a · b element by element, broadcast. */
export const Mul = binary('Mul');
/** a / b, broadcast. */
export const Div = binary('Div');
/** The larger of a and b, broadcast. */
export const Max = binary('Max');
/** The smaller of a and b, broadcast. */
export const Min = binary('Min');

/** a > b, broadcast, as bool; without gradient. */
export const Greater = comparison('Greater');
/** a ≥ b, broadcast, as bool; without gradient. */
export const GreaterOrEqual = comparison('GreaterOrEqual');
/** a < b, broadcast, as bool; without gradient. */
export const Less = comparison('Less');
/** a ≤ b, broadcast, as bool; without gradient. */
export const LessOrEqual = comparison('LessOrEqual');
/** a = b, broadcast, as bool; without gradient. */
export const Equal = comparison('Equal');

/** −x */
export const Neg = unary('Neg');
/** |x| */
export const Abs = unary('Abs');
/** eˣ */
export const Exp = unary('Exp');
/** Natural logarithm. */
export const Log = unary('Log');
/** √x */
export const Sqrt = unary('Sqrt');
/** The error function, 2/√π ∫₀ˣ e^(−t²) dt. */
export const Erf = unary('Erf');
/** max(x, 0) (Nair & Hinton 2010). */
export const Relu = unary('Relu');
/** 1 / (1 + e⁻ˣ) */
export const Sigmoid = unary('Sigmoid');
/** Hyperbolic tangent. */
export const Tanh = unary('Tanh');
/** log(1 + eˣ) */
export const Softplus = unary('Softplus');

/** x where x > 0, else alpha·x (Maas et al. 2013). */
export function LeakyRelu(x: Tensor, alpha = 0.01): Tensor {
  if (x.type !== 'float32') throw shapeError('LeakyRelu', `expected float32, got ${x.type}`, x.shape);
  return node('LeakyRelu', [x], { alpha }, x.shape);
}

/** x where x > 0, else alpha·(eˣ − 1) (Clevert et al. 2015). */
export function Elu(x: Tensor, alpha = 1): Tensor {
  if (x.type !== 'float32') throw shapeError('Elu', `expected float32, got ${x.type}`, x.shape);
  return node('Elu', [x], { alpha }, x.shape);
}

/** alpha·x + beta, cut to [0, 1]. */
export function HardSigmoid(x: Tensor, alpha = 0.2, beta = 0.5): Tensor {
  if (x.type !== 'float32') throw shapeError('HardSigmoid', `expected float32, got ${x.type}`, x.shape);
  return node('HardSigmoid', [x], { alpha, beta }, x.shape);
}

/** Logical negation. */
export function Not(x: Tensor): Tensor {
  if (x.type !== 'bool') throw shapeError('Not', `expected bool, got ${x.type}`, x.shape);
  return node('Not', [x], {}, x.shape);
}

/** Logical and, broadcast. */
export function And(a: Tensor, b: Tensor): Tensor {
  if (a.type !== 'bool' || b.type !== 'bool') throw shapeError('And', 'expected bool operands', a.shape, b.shape);
  return node('And', [a, b], {}, broadcastShapes('And', a.shape, b.shape));
}

/** `yes` where `condition` holds, else `no`; all three broadcast. */
export function Where(condition: Tensor, yes: Operand, no: Operand): Tensor {
  const [a, b] = pair('Where', yes, no);
  if (condition.type !== 'bool') throw shapeError('Where', 'expected a bool condition', condition.shape);
  const shape = broadcastShapes('Where', condition.shape, broadcastShapes('Where', a.shape, b.shape));
  return node('Where', [condition, a, b], {}, shape, a.type);
}
