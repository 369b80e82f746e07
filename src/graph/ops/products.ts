import { broadcastShapes, shapeError, sidesOf } from '../shape.js';
import { node, type Tensor } from '../tensor.js';

function floatsOnly(operator: string, ...operands: readonly (Tensor | undefined)[]): void {
  const wrong = operands.find((operand) => operand && operand.type !== 'float32');
  if (wrong) throw shapeError(operator, `expected float32, got ${wrong.type}`, wrong.shape);
}

/**
 * Matrix product of the last two axes; the axes before them broadcast, as in NumPy.
 *
 * @param a […, m, k]
 * @param b […, k, n]
 * @throws GargaloError `bad-shape` where the inner sizes differ, or a side is no float32
 * @returns […, m, n]
 */
export function MatMul(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length < 2 || b.shape.length < 2) {
    throw shapeError('MatMul', 'expected at least two axes on each side', a.shape, b.shape);
  }
  floatsOnly('MatMul', a, b);
  const [rows, inner] = sidesOf(a.shape.slice(-2), 2);
  const [innerOther, columns] = sidesOf(b.shape.slice(-2), 2);
  if (inner !== innerOther) {
    throw shapeError('MatMul', `expected inner sizes that agree, ${inner} against ${innerOther}`, a.shape, b.shape);
  }
  const batch = broadcastShapes('MatMul', a.shape.slice(0, -2), b.shape.slice(0, -2));
  return node('MatMul', [a, b], {}, [...batch, rows, columns]);
}

/** What {@link Gemm} does beside the product. */
export interface GemmOptions {
  /** Factor of the product. */
  readonly alpha?: number;
  /** Factor of the addend. */
  readonly beta?: number;
  readonly transA?: boolean;
  readonly transB?: boolean;
}

/**
 * alpha · A · B + beta · C with either matrix transposed on the way: the fused form that `fuse` makes of products,
 * scalings and biases.
 *
 * @param a [m, k], or [k, m] with transA
 * @param b [k, n], or [n, k] with transB
 * @param c broadcasts to [m, n]
 */
export function Gemm(a: Tensor, b: Tensor, c?: Tensor, options: GemmOptions = {}): Tensor {
  const { alpha = 1, beta = 1, transA = false, transB = false } = options;
  if (a.shape.length !== 2 || b.shape.length !== 2) throw shapeError('Gemm', 'expected matrices', a.shape, b.shape);
  floatsOnly('Gemm', a, b, c);
  const [rows, inner] = sidesOf(transA ? a.shape.toReversed() : a.shape, 2);
  const [innerOther, columns] = sidesOf(transB ? b.shape.toReversed() : b.shape, 2);
  if (inner !== innerOther) throw shapeError('Gemm', 'expected inner sizes that agree', a.shape, b.shape);
  const shape = [rows, columns];
  if (c && broadcastShapes('Gemm', shape, c.shape).some((side, axis) => side !== shape[axis])) {
    throw shapeError('Gemm', 'expected an addend that broadcasts to the product', shape, c.shape);
  }
  return node('Gemm', c ? [a, b, c] : [a, b], { alpha, beta, transA, transB }, shape);
}
