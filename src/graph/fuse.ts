import * as op from './ops/index.js';
import { isOrdinary, isTransposed, scaled } from './patterns.js';
import { countUses, rebuilt } from './rebuild.js';
import { type Dimension, type Shape, sameShape } from './shape.js';
import { inputsOf, isOperator, scalarValue, type Tensor, withLayer } from './tensor.js';

/** So steep that every positive normal number becomes 1. */
const STEEP = 3e38;

/**
 * A selection by x > 0 as arithmetic: ONNX Runtime selects ten times slower than it multiplies (895 against 102 µs for
 * 256 × 784). `HardSigmoid`, made steep, is 1 where x > 0 and 0 elsewhere.
 */
function masked(tensor: Tensor<'Where'>, masks: Map<Tensor, Tensor>): Tensor | undefined {
  const [condition, yes, no] = inputsOf(tensor);
  if (!isOperator(condition, 'Greater')) return undefined;
  const [x, bound] = inputsOf(condition);
  if (scalarValue(bound) !== 0 || tensor.type !== 'float32' || x.type !== 'float32') return undefined;
  const mask = masks.get(x) ?? op.HardSigmoid(x, STEEP, 0);
  masks.set(x, mask);
  const [whenYes, whenNo] = [scalarValue(yes), scalarValue(no)];
  if (whenYes !== undefined && whenNo !== undefined && sameShape(mask.shape, tensor.shape)) {
    return op.Add(op.Mul(mask, whenYes - whenNo), whenNo);
  }
  return whenNo === 0 && sameShape(yes.shape, tensor.shape) ? op.Mul(yes, mask) : undefined;
}

/**
 * A product as a Gemm. A left operand stays transposed by a node of its own: that costs 30 µs for 128 × 1000, and the
 * product without transA is up to a third faster (1.48 against 1.88 ms for its product with 128 × 784).
 */
function productAsGemm(tensor: Tensor<'MatMul'>): Tensor | undefined {
  const [a, b] = inputsOf(tensor);
  if (a.shape.length !== 2 || b.shape.length !== 2) return undefined;
  return isTransposed(b)
    ? op.Gemm(a, inputsOf(b)[0], undefined, { transB: true })
    : op.Gemm(a, b, undefined, { transB: false });
}

/**
 * A product, a sum's or a scaling's operand, that only this user needs: it is not computed apart from it.
 *
 * @param current the operand as it is now, a Gemm if it is a product
 */
type SoleProduct = (current: Tensor, original: Tensor | undefined) => Tensor<'Gemm'> | undefined;

/** alpha · A · B, scaled. */
function scaledGemm(tensor: Tensor<'Mul'>, original: Tensor, soleProduct: SoleProduct): Tensor | undefined {
  const scaling = scaled(tensor);
  const product = scaling && soleProduct(scaling.x, original.inputs[0]);
  if (!product) return undefined;
  const alpha = product.attributes.alpha * scaling.factor;
  const [a, b] = inputsOf(product);
  return isOrdinary(alpha) ? op.Gemm(a, b, undefined, { ...product.attributes, alpha }) : undefined;
}

/** alpha · A · B + C. */
function biasedGemm(tensor: Tensor<'Add'>, original: Tensor, soleProduct: SoleProduct): Tensor | undefined {
  const [left, right] = inputsOf(tensor);
  const operands = [
    { operand: left, addend: right },
    { operand: right, addend: left },
  ];
  for (const [k, { operand, addend }] of operands.entries()) {
    const product = soleProduct(operand, original.inputs[k]);
    if (!product || !sameShape(product.shape, tensor.shape)) continue;
    if (addend.shape.length > 2 || !addend.shape.every(isNumberOrSame(tensor.shape))) return undefined;
    const [a, b] = inputsOf(product);
    return op.Gemm(a, b, addend, { ...product.attributes, beta: 1 });
  }
  return undefined;
}

/**
 * Gathers products with the scalings, transpositions and biases around them into {@link op.Gemm}, which does all of
 * that in one pass. The last step before a program is encoded.
 */
export function fuse(outputs: readonly Tensor[]): Tensor[] {
  const uses = countUses(outputs);
  const masks = new Map<Tensor, Tensor>();
  const soleProduct: SoleProduct = (current, original) => {
    const isSole = original !== undefined && uses.get(original) === 1;
    return isSole && isOperator(current, 'Gemm') && current.inputs.length === 2 ? current : undefined;
  };
  const fused = (tensor: Tensor, original: Tensor): Tensor | undefined => {
    if (isOperator(tensor, 'MatMul')) return productAsGemm(tensor);
    if (isOperator(tensor, 'Mul')) return scaledGemm(tensor, original, soleProduct);
    if (isOperator(tensor, 'Add')) return biasedGemm(tensor, original, soleProduct);
    return isOperator(tensor, 'Where') ? masked(tensor, masks) : undefined;
  };
  return rebuilt(outputs, (tensor, original) => withLayer(fused(tensor, original) ?? tensor, original.layer));
}

const isNumberOrSame =
  (shape: Shape) =>
  (side: Dimension): boolean =>
    typeof side === 'number' || shape.includes(side);
