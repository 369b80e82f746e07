import { describe, expect, it } from 'vitest';
import { randomWeights, specification, table } from '../../../test/tiny.js';
import { openAutoencoder } from '../../models/autoencoder.js';
import { dequantize, quantize } from './quantizer.js';
import { bitsOf, bitTables, refine } from './refine.js';

describe('the search near the codes of an encoder', () => {
  it('lowers error and price of each example, until no single change of its code would', async () => {
    const model = { specification: specification(), weights: randomWeights(specification()) };
    const autoencoder = openAutoencoder(model);
    const data = table(40);
    const originals = await data.block(0, 40);
    const quantizer = { type: 'steps', step: 0.2 } as const;
    const values = quantize(await autoencoder.encode(data), quantizer, model);
    const tables = bitTables(values, 2);
    const bitPrice = 0.7;
    const costs = async (some: Int32Array): Promise<number[]> => {
      const made = await autoencoder.decode(dequantize(some, quantizer, model));
      return Array.from({ length: 40 }, (_, n) => {
        let cost = 0;
        for (let i = 6 * n; i < 6 * n + 6; i++) cost += (made[i]! - originals[i]!) ** 2;
        for (let place = 0; place < 2; place++) cost += bitPrice * bitsOf(tables[place]!, some[2 * n + place]!);
        return cost;
      });
    };
    const before = await costs(values);
    await refine(autoencoder, values, originals, { quantizer, tables, bitPrice, sweeps: 100, type: 'float32' });
    const after = await costs(values);
    expect(after.some((cost, n) => cost < before[n]! - 0.1)).toBe(true);
    for (const [n, cost] of after.entries()) expect(cost).toBeLessThanOrEqual(before[n]! + 1e-6);
    for (const place of [0, 1]) {
      for (const by of [-1, 1]) {
        const moved = await costs(values.map((value, at) => (at % 2 === place ? value + by : value)));
        for (const [n, cost] of moved.entries()) expect(cost).toBeGreaterThan(after[n]! - 1e-6);
      }
    }
    await autoencoder.close();
  });

  it('counts bits by how often values came', () => {
    const tables = bitTables(Int32Array.of(1, 7, 1, 8, 1, 7, 2, 9), 2);
    // three of four, seen against never seen
    expect(bitsOf(tables[0]!, 1)).toBeLessThan(bitsOf(tables[0]!, 2));
    expect(bitsOf(tables[0]!, 2)).toBeLessThan(bitsOf(tables[0]!, 3));
    expect(bitsOf(tables[1]!, 7)).toBeLessThan(bitsOf(tables[1]!, 1));
    expect(2 ** -bitsOf(tables[0]!, 1)).toBeCloseTo(3.3 / 5.2, 9);
  });
});
