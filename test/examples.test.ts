import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isLong, someOf } from './effort.js';

// The quick variant trains on a few images only: what the programs then say is not what they promise, which the long variant sees.
/** How many images the quick variant looks at. */
const FEW = vi.hoisted(() => 150);

vi.mock('gargalo', async (original) => {
  const real = await original<typeof import('gargalo')>();
  const { isLong } = await import('./effort.js');
  if (isLong) return real;
  const slice: typeof real.sliceDataset = (data, start, end) =>
    real.sliceDataset(data, start, data.shape.length > 1 ? Math.min(end, data.length, start + FEW) : end);
  const fit: typeof real.fit = (data, options) =>
    'block' in data && data.shape.length > 1
      ? real.fit(slice(data, 0, data.length), { ...options, epochs: 1, recipe: 'none' })
      : real.fit(data, options);
  return { ...real, sliceDataset: slice, fit };
});

vi.mock('gargalo/node', async (original) => {
  const real = await original<typeof import('gargalo/node')>();
  const { sliceDataset } = await import('gargalo');
  const { isLong } = await import('./effort.js');
  if (isLong) return real;
  const loadMnist: typeof real.loadMnist = async () => {
    const { train, test } = await real.loadMnist();
    return { train: sliceDataset(train, 0, FEW), test: sliceDataset(test, 0, FEW) };
  };
  return { ...real, loadMnist };
});

vi.mock('gargalo/codec', async (original) => {
  const real = await original<typeof import('gargalo/codec')>();
  const { isLong } = await import('./effort.js');
  const compress: typeof real.compress = (model, data, options) => real.compress(model, data, { ...options, psnr: 6 });
  return isLong ? real : { ...real, compress };
});

const folder = fileURLToPath(new URL('../examples/', import.meta.url));

/** Lines that the programs which train on images say; what they promise takes all of the images. */
const ofImages: Readonly<Record<string, number>> = {
  'compress.ts': 2,
  'first.ts': 2,
  'generate.ts': 3,
  'photographs.ts': 1,
};

/** What each program must have said when it ends. */
const expectations: Readonly<Record<string, (said: readonly unknown[][]) => void>> = {
  'compress.ts': (said) => {
    const [sizes, back] = said;
    expect(Number(sizes?.[1])).toBeLessThan(16);
    expect(Number(sizes?.[3])).toBeGreaterThanOrEqual(18);
    expect(back).toEqual(['read back', 1000, 'images of', back?.[3], 'bytes']);
    expect(Number(back?.[3])).toBe(1000 * Number(sizes?.[1]));
  },
  'denoise.ts': (said) => {
    expect(Number(said[0]?.[3])).toBeGreaterThan(Number(said[0]?.[1]) + 4);
  },
  'detect.ts': (said) => {
    expect(Number(said[0]?.[1])).toBeGreaterThan(0.99);
    expect(said[1]).toContain('heat');
  },
  'service.ts': (said) => {
    const [line] = said;
    expect(Number(line?.[3])).toBeGreaterThan(5 * Number(line?.[1]));
    expect(line?.[5]).toBe(1);
  },
  'latent.ts': (said) => {
    const [gaps, neighbours] = said;
    expect(Number(gaps?.[3])).toBeLessThanOrEqual(Number(gaps?.[1]));
    expect(Number(gaps?.[4])).toBeGreaterThanOrEqual(Number(gaps?.[1]));
    expect(Number(neighbours?.[1])).toBeGreaterThan(0.45);
    expect(said.filter(([what]) => what === 'map').map(([, method]) => method)).toEqual(['pca', 'umap']);
    const [before, after] = said.slice(-2).map((line) => Number(line.at(-1)));
    expect(after!).toBeLessThan(before!);
  },
  'photographs.ts': (said) => {
    expect(Math.abs(Number(said[0]?.[1]) - 20.6)).toBeLessThan(0.5);
    expect(Number(said[0]?.[3])).toBeGreaterThan(Number(said[0]?.[1]) + 4);
  },
  'stream.ts': (said) => {
    expect(said).toEqual([['rows encoded', 40_000, 'read back', 40_000, 'the last at', 39_999]]);
  },
  'first.ts': (said) => {
    expect(said[0]?.[1]).toBeLessThan(0.16);
    expect(said[1]?.[1]).toBe(32);
  },
  'sweep.ts': (said) => {
    const [, , three] = said;
    expect(said).toHaveLength(6);
    expect(Number(three?.[3])).toBeLessThan(0.5 * Number(three?.[5]));
    expect(said[5]).toEqual(['knee', 3]);
  },
  'table.ts': (said) => {
    expect(said[0]?.[1]).toBeLessThan(0.05);
    expect(Number(said[1]?.[3])).toBeGreaterThan(20 * Number(said[1]?.[1]));
  },
  'mixed-table.ts': (said) => {
    expect(said[0]).toEqual([
      'features',
      'rent, size, rooms, district=harbour, district=old town, district=station, balcony',
    ]);
    const columns = Object.fromEntries(said.slice(1).map(([name, ...values]) => [name, values]));
    expect(columns).toMatchObject({ district: ['old town', 'harbour'], balcony: ['yes', 'no'] });
    expect(Number(columns.rent?.[0])).toBeGreaterThan(1600);
    expect(Number(columns.rent?.[1])).toBeLessThan(900);
  },
  'generate.ts': (said) => {
    const [reconstruction, divergence, drawn] = said;
    expect(reconstruction?.[0]).toBe('reconstruction');
    expect(divergence?.[0]).toBe('divergence');
    expect(Number(divergence?.[1])).toBeGreaterThan(2);
    expect(Number(reconstruction?.[3]) + Number(divergence?.[3])).toBeCloseTo(1, 9);
    expect(drawn?.[1]).toBe(16);
    // MNIST's own mean is 33
    expect(Number(drawn?.[3])).toBeGreaterThan(15);
    expect(Number(drawn?.[3])).toBeLessThan(60);
  },
  'gradients.ts': (said) => expect(said).toEqual([['slope', [3, 12, 27], 'curvature', [6, 12, 18]]]),
};

describe('the examples', () => {
  const home = process.cwd();
  let workplace: string;
  beforeEach(() => {
    workplace = mkdtempSync(join(tmpdir(), 'gargalo-examples-'));
    process.chdir(workplace);
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(workplace, { recursive: true });
    vi.restoreAllMocks();
  });

  it('are all run here', () => {
    expect(readdirSync(folder).filter((file) => file.endsWith('.ts'))).toEqual(Object.keys(expectations).sort());
  });

  // These take long however few images there are: the recipe of one begins with the components of 784 values, the other looks
  // through a network of that size.
  const programs = someOf(Object.keys(expectations), (file) => !['denoise.ts', 'latent.ts'].includes(file));
  it.each(programs)('%s does what it says', async (file) => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await import(join(folder, file));
    const lines = ofImages[file];
    if (isLong || lines === undefined) return expectations[file]?.(log.mock.calls);
    expect(log.mock.calls).toHaveLength(lines);
    for (const said of log.mock.calls.flat()) expect(said).not.toBeNaN();
  });
});
