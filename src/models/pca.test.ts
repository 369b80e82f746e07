import { EigenvalueDecomposition, Matrix, QrDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { largestDifference } from '../../test/training-case.js';
import { createRandom } from '../core/random.js';
import { arrayDataset, type Dataset } from '../data/dataset.js';
import { applyScaling, fitScaling, type Scaling } from '../data/scaling.js';
import { fitPca, type Pca, projectPca, reconstructPca } from './pca.js';

/**
 * Examples around `mean` whose deviations along random orthonormal directions are those given: x = mean + Σ dᵢ gᵢ vᵢ.
 */
function drawn(options: { count: number; size: number; deviations: (k: number) => number; mean?: number }): Dataset {
  const { count, size, deviations, mean = 0 } = options;
  const random = createRandom(size, `pca/${count}`);
  const rank = Math.min(size, 30);
  const normals = new Matrix(Array.from({ length: size }, () => Array.from({ length: rank }, () => random.normal())));
  const directions = new QrDecomposition(normals).orthogonalMatrix.to2DArray();
  const values = new Float32Array(count * size);
  for (let n = 0; n < count; n++) {
    const scores = Array.from({ length: rank }, (_, k) => deviations(k) * random.normal());
    for (let i = 0; i < size; i++) {
      let value = mean;
      for (let k = 0; k < rank; k++) value += scores[k]! * directions[i]![k]!;
      values[n * size + i] = value + 0.01 * random.normal();
    }
  }
  return arrayDataset(values, { name: 'drawn', shape: [size] });
}

/** All eigenpairs of the covariance in double precision, largest first: vectors as rows. */
async function wholeDecomposition(dataset: Dataset, scaling?: Scaling) {
  const [size] = dataset.shape as [number];
  const raw = await dataset.block(0, dataset.length);
  const rows = Array.from({ length: dataset.length }, (_, n) =>
    Array.from(raw.subarray(n * size, (n + 1) * size), (value, i) => {
      if (!scaling) return value;
      const pick = (values: readonly number[]): number => values[values.length === 1 ? 0 : i]!;
      return (value - pick(scaling.offset)) * pick(scaling.scale);
    }),
  );
  const x = new Matrix(rows);
  const means = x.mean('column');
  x.subRowVector(means);
  const covariance = x.transpose().mmul(x).div(dataset.length);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  return {
    means,
    values: order.map((i) => realEigenvalues[i]!),
    vectors: order.map((i) => eigenvectorMatrix.getColumn(i)),
  };
}

const component = (pca: Pca, k: number): Float32Array => {
  const size = pca.mean.length;
  return pca.components.subarray(k * size, (k + 1) * size);
};
const product = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
const countOf = (pca: Pca): number => pca.components.length / pca.mean.length;

function expectOrthonormal(pca: Pca): void {
  for (let k = 0; k < countOf(pca); k++) {
    const row = component(pca, k);
    for (let l = 0; l <= k; l++) {
      expect(Math.abs(product(row, component(pca, l)) - (k === l ? 1 : 0))).toBeLessThan(1e-5);
    }
    const largest = row.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    expect(largest).toBeGreaterThan(0);
  }
}

/** Squared error of a data set rebuilt from its codes, summed per example, mean over the examples. */
async function reconstructionError(pca: Pca, dataset: Dataset, scaling?: Scaling): Promise<number> {
  const raw = await dataset.block(0, dataset.length);
  const values = scaling ? applyScaling(raw, scaling) : Float32Array.from(raw);
  const rebuilt = reconstructPca(pca, projectPca(pca, values));
  return values.reduce((sum, value, i) => sum + (value - rebuilt[i]!) ** 2, 0) / dataset.length;
}

const cases = [
  { way: 'the whole eigenproblem', size: 40, count: 500, width: 8 },
  { way: 'subspace iteration', size: 300, count: 700, width: 8 },
  { way: 'the products of fewer examples than features', size: 300, count: 60, width: 8 },
  { way: 'the products of examples, beyond their rank', size: 200, count: 12, width: 30 },
  { way: 'the whole eigenproblem, fewer examples than features', size: 40, count: 12, width: 8 },
  { way: 'the whole eigenproblem, half of all components', size: 170, count: 300, width: 85 },
];

describe.each(cases)('PCA by $way', ({ size, count, width }) => {
  const dataset = drawn({ size, count, deviations: (k) => 5 * 0.8 ** k, mean: 3 });

  it('finds the eigenvectors of the covariance, and their variances', async () => {
    const pca = await fitPca(dataset, { width });
    const expected = await wholeDecomposition(dataset);
    expect(countOf(pca)).toBe(width);
    expect(pca.variances.length).toBe(width);
    expectOrthonormal(pca);
    expect(largestDifference(pca.mean, expected.means)).toBeLessThan(1e-5);
    for (const [k, variance] of pca.variances.entries()) {
      expect(Math.abs(variance - expected.values[k]!)).toBeLessThan(1e-5 * expected.values[0]!);
      // Directions are well defined where neighbours are far apart, as the first eight are.
      if (k < 8) {
        const cosine = Math.abs(product(component(pca, k), expected.vectors[k]!));
        expect(1 - cosine).toBeLessThan(1e-5);
      }
    }
    const total = expected.values.reduce((sum, value) => sum + value, 0);
    expect(Math.abs(pca.totalVariance / total - 1)).toBeLessThan(1e-6);
  });

  it('leaves just the variances left out as error', async () => {
    const pca = await fitPca(dataset, { width });
    const left = pca.totalVariance - pca.variances.reduce((sum, value) => sum + value, 0);
    expect(Math.abs((await reconstructionError(pca, dataset)) - left)).toBeLessThan(1e-5 * pca.totalVariance);
    const { values } = await wholeDecomposition(dataset);
    expect(Math.abs(values.slice(width).reduce((sum, value) => sum + value, 0) - left)).toBeLessThan(
      1e-5 * pca.totalVariance,
    );
  });
});

describe('PCA', () => {
  const small = drawn({ size: 10, count: 200, deviations: (k) => 3 * 0.7 ** k });

  it('with as many components as features loses nothing', async () => {
    const pca = await fitPca(small, { width: 10 });
    expectOrthonormal(pca);
    expect(await reconstructionError(pca, small)).toBeLessThan(1e-8);
    expect(pca.variances.reduce((sum, value) => sum + value, 0)).toBeCloseTo(pca.totalVariance, 5);
  });

  it('gives more components to look at, but codes of its width', async () => {
    const pca = await fitPca(small, { width: 2, maximumComponents: 6 });
    expect([pca.width, countOf(pca), pca.variances.length]).toEqual([2, 6, 6]);
    const values = (await small.block(0, 4)) as Float32Array;
    expect(projectPca(pca, values).length).toBe(8);
    expect(projectPca(pca, values, 6).length).toBe(24);
    const two = await fitPca(small, { width: 2 });
    expect(largestDifference(projectPca(two, values), projectPca(pca, values))).toBeLessThan(1e-4);
    const more = await fitPca(small, { width: 4, maximumComponents: 1 });
    expect(countOf(more)).toBe(4);
    expect(countOf(await fitPca(small, { width: 4, maximumComponents: 100 }))).toBe(10);
  });

  it.each([0, -1, 11, 2.5, Number.NaN])('refuses a width of %d for ten features', async (width) => {
    await expect(fitPca(small, { width })).rejects.toMatchObject({
      code: 'bad-input',
      where: 'pca',
      problem: `expected a width within 1 … 10 for drawn, got ${width}`,
    });
  });

  it('refuses an empty data set', async () => {
    const empty = arrayDataset(new Float32Array(0), { name: 'empty', shape: [4] });
    await expect(fitPca(empty, { width: 2 })).rejects.toMatchObject({ code: 'bad-input', where: 'empty' });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d, naming its place', async (value) => {
    const values = ((await small.block(0, 200)) as Float32Array).slice();
    values[34] = value;
    const holed = arrayDataset(values, { name: 'holed', shape: [10] });
    await expect(fitPca(holed, { width: 2 })).rejects.toMatchObject({
      code: 'bad-input',
      where: 'holed, row 4, column 5',
    });
  });

  it.each(['standard', 'min-max'] as const)('works in scaled units (%s)', async (method) => {
    const values = ((await small.block(0, 200)) as Float32Array).map((x, i) => x * 10 ** (i % 5) + 100 * (i % 10));
    const data = arrayDataset(values, { name: 'uneven', shape: [10] });
    const scaling = await fitScaling(method, data);
    const pca = await fitPca(data, { width: 3, scaling });
    const expected = await wholeDecomposition(data, scaling);
    for (let k = 0; k < 3; k++) {
      expect(Math.abs(pca.variances[k]! / expected.values[k]! - 1)).toBeLessThan(1e-5);
      expect(Math.abs(product(component(pca, k), expected.vectors[k]!))).toBeCloseTo(1, 5);
    }
    expect(largestDifference(pca.mean, expected.means)).toBeLessThan(1e-5);
    if (method === 'standard') expect(pca.totalVariance).toBeCloseTo(10, 4);
    const left = pca.totalVariance - pca.variances.reduce((sum, value) => sum + value, 0);
    expect(Math.abs((await reconstructionError(pca, data, scaling)) - left)).toBeLessThan(1e-4 * left);
  });

  it('works on bytes', async () => {
    const bytes = Uint8Array.from({ length: 300 * 12 }, (_, i) => ((i * i * 7919) % 97) + (i % 12) * 10);
    const data = arrayDataset(bytes, { name: 'bytes', shape: [3, 4] });
    const scaling = await fitScaling('bytes', data);
    const pca = await fitPca(data, { width: 4, scaling });
    const flat = await wholeDecomposition({ ...data, shape: [12] }, scaling);
    for (let k = 0; k < 4; k++) expect(Math.abs(pca.variances[k]! / flat.values[k]! - 1)).toBeLessThan(1e-5);
  });

  it.each([
    { mean: 1e4, scaled: false },
    { mean: 1e6, scaled: false },
    { mean: 1e6, scaled: true },
  ])('loses no digits where the mean is $mean (scaled: $scaled)', async ({ mean, scaled }) => {
    const data = drawn({ size: 20, count: 400, deviations: (k) => 2 * 0.7 ** k, mean: mean + 1 / 3 });
    const scaling = scaled ? await fitScaling('standard', data) : undefined;
    const pca = await fitPca(data, { width: 5, ...(scaling && { scaling }) });
    const expected = await wholeDecomposition(data, scaling);
    const total = expected.values.reduce((sum, value) => sum + value, 0);
    expect(Math.abs(pca.totalVariance / total - 1)).toBeLessThan(1e-6);
    for (let k = 0; k < 5; k++) {
      expect(Math.abs(pca.variances[k]! - expected.values[k]!)).toBeLessThan(1e-6 * expected.values[0]!);
    }
  });

  it.each([20, 200])('takes constant columns (%i features)', async (size) => {
    const values = (await drawn({ size, count: 100, deviations: (k) => 0.8 ** k }).block(0, 100)).slice();
    for (let i = 0; i < values.length; i++) if ((i % size) % 3 === 0) values[i] = 0.1 * (i % size);
    const data = arrayDataset(values as Float32Array, { name: 'constant', shape: [size] });
    const pca = await fitPca(data, { width: 6 });
    expectOrthonormal(pca);
    const { values: expected } = await wholeDecomposition(data);
    for (let k = 0; k < 6; k++) expect(Math.abs(pca.variances[k]! - expected[k]!)).toBeLessThan(1e-5 * expected[0]!);
    for (let k = 0; k < 6; k++) expect(Math.abs(component(pca, k)[3]!)).toBeLessThan(1e-4);
  });

  it.each([
    { size: 5, count: 1 },
    { size: 200, count: 1 },
    { size: 200, count: 7 },
  ])('takes $count example(s) all the same, of $size features', async ({ size, count }) => {
    const values = Float32Array.from({ length: count * size }, (_, i) => 0.1 * (i % size));
    const pca = await fitPca(arrayDataset(values, { name: 'same', shape: [size] }), { width: 3 });
    expect(pca.totalVariance).toBeCloseTo(0, 6);
    expect([...pca.variances].every((variance) => variance >= 0 && variance < 1e-6)).toBe(true);
    expectOrthonormal(pca);
  });

  it('iterates without a covariance where examples are very wide', async () => {
    const data = drawn({ size: 3100, count: 80, deviations: (k) => 5 * 0.7 ** k, mean: 1 });
    // Thirteen times the same examples are too many for the products of examples with each other.
    const once = (await data.block(0, data.length)) as Float32Array;
    const often = new Float32Array(13 * once.length);
    for (let i = 0; i < 13; i++) often.set(once, i * once.length);
    const pca = await fitPca(arrayDataset(often, { name: 'often', shape: data.shape }), { width: 4 });
    expectOrthonormal(pca);
    // The same eigenvalues from the small side: X Xᵀ.
    const [size] = data.shape as [number];
    const raw = await data.block(0, data.length);
    const x = new Matrix(
      Array.from({ length: data.length }, (_, n) => Array.from(raw.subarray(n * size, (n + 1) * size))),
    );
    x.subRowVector(x.mean('column'));
    const gram = x.mmul(x.transpose()).div(data.length);
    const values = new EigenvalueDecomposition(gram, { assumeSymmetric: true }).realEigenvalues.sort((a, b) => b - a);
    for (let k = 0; k < 4; k++) expect(Math.abs(pca.variances[k]! / values[k]! - 1)).toBeLessThan(1e-5);
  });

  it.each([20, 200])('works in any unit: of %i features a million times smaller too', async (size) => {
    const data = drawn({ size, count: 150, deviations: (k) => 3 * 0.8 ** k });
    const values = (await data.block(0, 150)).map((x) => x / 1e6) as Float32Array;
    const [large, little] = [
      await fitPca(data, { width: 4 }),
      await fitPca(arrayDataset(values, { name: 'little', shape: [size] }), { width: 4 }),
    ];
    expect(largestDifference(little.components, large.components)).toBeLessThan(1e-4);
    for (let k = 0; k < 4; k++) expect((1e12 * little.variances[k]!) / large.variances[k]!).toBeCloseTo(1, 5);
  });

  it('gives the same digits each time', async () => {
    expect(await fitPca(small, { width: 3 })).toEqual(await fitPca(small, { width: 3 }));
  });
});
