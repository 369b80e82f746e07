// Linear algebra that may take minutes: it lets other things happen meanwhile, stops where a signal says so, and tells how far it is.
import { Matrix } from 'ml-matrix';
import { itemAt } from '../core/collections.js';
import { dot } from '../core/vectors.js';
import type { Pause } from '../core/work.js';

/** Called with what is done of so much. */
export type Advance = (done: number, total: number) => void;

/** A number of an array; one outside counts as NaN, which the result then is. */
const at = (values: Float64Array, i: number): number => values[i] ?? Number.NaN;

const hypotenuse = (a: number, b: number): number => {
  if (Math.abs(a) > Math.abs(b)) return Math.abs(a) * Math.sqrt(1 + (b / a) * (b / a));
  return b === 0 ? 0 : Math.abs(b) * Math.sqrt(1 + (a / b) * (a / b));
};

/** A symmetric matrix on its way to its eigenpairs: v[j] becomes the eigenvector of d[j]. */
interface Reduction {
  readonly n: number;
  readonly v: readonly Float64Array[];
  readonly d: Float64Array;
  readonly e: Float64Array;
}

/** One step of Householder's reduction: row i becomes that of a tridiagonal matrix. */
function reflect({ v, d, e }: Reduction, i: number): number {
  let scale = 0;
  for (let k = 0; k < i; k++) scale += Math.abs(at(d, k));
  if (scale === 0) {
    e[i] = at(d, i - 1);
    for (let j = 0; j < i; j++) {
      d[j] = at(itemAt(v, j), i - 1);
      itemAt(v, j)[i] = 0;
      itemAt(v, i)[j] = 0;
    }
    return 0;
  }
  let h = 0;
  for (let k = 0; k < i; k++) {
    d[k]! /= scale;
    h += at(d, k) * at(d, k);
  }
  const last = at(d, i - 1);
  const root = last > 0 ? -Math.sqrt(h) : Math.sqrt(h);
  e[i] = scale * root;
  h -= last * root;
  d[i - 1] = last - root;
  e.fill(0, 0, i);
  const own = itemAt(v, i);
  for (let j = 0; j < i; j++) {
    const row = itemAt(v, j);
    const f = at(d, j);
    own[j] = f;
    let g = at(e, j) + at(row, j) * f;
    for (let k = j + 1; k < i; k++) {
      g += at(row, k) * at(d, k);
      e[k]! += at(row, k) * f;
    }
    e[j] = g;
  }
  let sum = 0;
  for (let j = 0; j < i; j++) {
    e[j]! /= h;
    sum += at(e, j) * at(d, j);
  }
  const half = sum / (h + h);
  for (let j = 0; j < i; j++) e[j]! -= half * at(d, j);
  for (let j = 0; j < i; j++) {
    const row = itemAt(v, j);
    const [f, g] = [at(d, j), at(e, j)];
    for (let k = j; k < i; k++) row[k]! -= f * at(e, k) + g * at(d, k);
    d[j] = at(row, i - 1);
    row[i] = 0;
  }
  return h;
}

/** Puts the reflections together, those up to i. */
function accumulate({ n, v, d }: Reduction, i: number): void {
  itemAt(v, i)[n - 1] = at(itemAt(v, i), i);
  itemAt(v, i)[i] = 1;
  const h = at(d, i + 1);
  const next = itemAt(v, i + 1);
  if (h !== 0) {
    for (let k = 0; k <= i; k++) d[k] = at(next, k) / h;
    for (let j = 0; j <= i; j++) {
      const row = itemAt(v, j);
      let g = 0;
      for (let k = 0; k <= i; k++) g += at(next, k) * at(row, k);
      for (let k = 0; k <= i; k++) row[k]! -= g * at(d, k);
    }
  }
  next.fill(0, 0, i + 1);
}

/** One step of the QL algorithm with implicit shifts on rows l … m; returns what the eigenvalues were shifted by. */
function shiftedStep({ n, v, d, e }: Reduction, l: number, m: number): number {
  const g0 = at(d, l);
  const p0 = (at(d, l + 1) - g0) / (2 * at(e, l));
  const r0 = p0 < 0 ? -hypotenuse(p0, 1) : hypotenuse(p0, 1);
  d[l] = at(e, l) / (p0 + r0);
  d[l + 1] = at(e, l) * (p0 + r0);
  const below = at(d, l + 1);
  const shift = g0 - at(d, l);
  for (let i = l + 2; i < n; i++) d[i]! -= shift;
  let p = at(d, m);
  let [c, c2, c3] = [1, 1, 1];
  const beside = at(e, l + 1);
  let [s, s2] = [0, 0];
  for (let i = m - 1; i >= l; i--) {
    c3 = c2;
    c2 = c;
    s2 = s;
    const g = c * at(e, i);
    const h = c * p;
    const r = hypotenuse(p, at(e, i));
    e[i + 1] = s * r;
    s = at(e, i) / r;
    c = p / r;
    p = c * at(d, i) - s * g;
    d[i + 1] = h + s * (c * g + s * at(d, i));
    const [one, other] = [itemAt(v, i), itemAt(v, i + 1)];
    for (let k = 0; k < n; k++) {
      const kept = at(other, k);
      other[k] = s * at(one, k) + c * kept;
      one[k] = c * at(one, k) - s * kept;
    }
  }
  p = (-s * s2 * c3 * beside * at(e, l)) / below;
  e[l] = s * p;
  d[l] = c * p;
  return shift;
}

/**
 * All eigenpairs of a symmetric matrix, largest first; vectors as columns: Householder's reduction and the QL algorithm (EISPACK's tred2
 * and tql2, as JAMA and ml-matrix have them, digit for digit).
 */
export async function eigenpairsSlowly(
  matrix: Matrix,
  pause: Pause,
  advance: Advance = () => undefined,
): Promise<{ vectors: Matrix; values: number[] }> {
  const n = matrix.columns;
  const v = Array.from({ length: n }, (_, j) => Float64Array.from(matrix.getColumn(j)));
  const reduction: Reduction = { n, v, d: new Float64Array(n), e: new Float64Array(n) };
  const { d, e } = reduction;
  for (let j = 0; j < n; j++) d[j] = at(itemAt(v, j), n - 1);
  for (let i = n - 1; i > 0; i--) {
    d[i] = reflect(reduction, i);
    await pause();
    advance(n - i, 3 * n);
  }
  for (let i = 0; i < n - 1; i++) {
    accumulate(reduction, i);
    await pause();
    advance(n + i, 3 * n);
  }
  for (let j = 0; j < n; j++) {
    d[j] = at(itemAt(v, j), n - 1);
    itemAt(v, j)[n - 1] = 0;
  }
  itemAt(v, n - 1)[n - 1] = 1;
  e.copyWithin(0, 1);
  e[n - 1] = 0;
  let [shift, largest] = [0, 0];
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(at(d, l)) + Math.abs(at(e, l)));
    let m = l;
    while (m < n && !(Math.abs(at(e, m)) <= Number.EPSILON * largest)) m++;
    if (m > l) {
      do {
        shift += shiftedStep(reduction, l, m);
        await pause();
      } while (Math.abs(at(e, l)) > Number.EPSILON * largest);
    }
    d[l]! += shift;
    e[l] = 0;
    advance(2 * n + l, 3 * n);
  }
  const order = largestFirst(d);
  return {
    vectors: new Matrix(order.map((k) => itemAt(v, k))).transpose(),
    values: order.map((k) => itemAt(d, k)),
  };
}

/** The places of values, largest first; equal ones in the order in which selecting the smallest first leaves them. */
function largestFirst(values: Float64Array): number[] {
  const order = Array.from(values.keys());
  const valueAt = (i: number): number => itemAt(values, itemAt(order, i));
  for (let i = 0; i < order.length - 1; i++) {
    let smallest = i;
    for (let j = i + 1; j < order.length; j++) if (valueAt(j) < valueAt(smallest)) smallest = j;
    [order[i], order[smallest]] = [itemAt(order, smallest), itemAt(order, i)];
  }
  return order.sort((a, b) => itemAt(values, b) - itemAt(values, a));
}

/** A product of matrices, as ml-matrix sums it. */
export async function productSlowly(a: Matrix, b: Matrix, pause: Pause): Promise<Matrix> {
  const rows = Array.from({ length: a.rows }, (_, i) => Float64Array.from(a.getRow(i)));
  const result = Matrix.zeros(a.rows, b.columns);
  for (let j = 0; j < b.columns; j++) {
    const column = Float64Array.from(b.getColumn(j));
    for (const [i, row] of rows.entries()) {
      result.set(i, j, dot(row, column));
    }
    await pause();
  }
  return result;
}

/** Adds a multiple of one column to another so that the reflection in the first is done to it. */
function reflected(mirror: Float64Array, column: Float64Array, from: number): void {
  let s = 0;
  for (let i = from; i < column.length; i++) s += at(mirror, i) * at(column, i);
  s = -s / at(mirror, from);
  for (let i = from; i < column.length; i++) column[i]! += s * at(mirror, i);
}

/** Orthonormal columns that span those of a matrix: Q of its QR decomposition by Householder's reflections, as ml-matrix has it. */
export async function orthonormalSlowly(matrix: Matrix, pause: Pause): Promise<Matrix> {
  const columns = Array.from({ length: matrix.columns }, (_, k) => Float64Array.from(matrix.getColumn(k)));
  for (const [k, mirror] of columns.entries()) {
    let length = 0;
    for (let i = k; i < mirror.length; i++) length = hypotenuse(length, at(mirror, i));
    if (length !== 0) {
      if (at(mirror, k) < 0) length = -length;
      for (let i = k; i < mirror.length; i++) mirror[i]! /= length;
      mirror[k]! += 1;
      for (let j = k + 1; j < columns.length; j++) reflected(mirror, itemAt(columns, j), k);
    }
    await pause();
  }
  const made = columns.map((column) => new Float64Array(column.length));
  for (let k = columns.length - 1; k >= 0; k--) {
    const mirror = itemAt(columns, k);
    itemAt(made, k)[k] = 1;
    for (let j = k; j < columns.length; j++) if (mirror[k] !== 0) reflected(mirror, itemAt(made, j), k);
    await pause();
  }
  return new Matrix(made).transpose();
}
