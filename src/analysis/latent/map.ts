import { badInput } from '../../core/errors.js';
import { sumOf } from '../../core/vectors.js';
import { stopWhereAborted, type WorkOptions } from '../../core/work.js';
import { arrayDataset } from '../../data/dataset.js';
import { refuseNotFinite } from '../../data/scaling.js';
import { fitPcaOn, projectPca } from '../../models/pca.js';
import type { Runtime } from '../../runtime/runtime.js';
import type { LatentMap } from './figures.js';
import { linePoints } from './map-line.js';
import { umapPoints } from './map-umap.js';
import { preservation } from './preservation.js';

export interface MapOptions extends WorkOptions {
  /** Its products are part of the work; the caller closes it. */
  readonly runtime: Runtime;
  readonly seed?: number;
  /** Codes that UMAP lays out, at most; others are placed among them. Default 10,000. */
  readonly fitted?: number;
}

type Drawn = Omit<LatentMap, 'preservation'>;

/** The code itself, where it fits the plane. */
function codeMap(codes: Float32Array, width: number): Drawn {
  const plane = {
    origin: new Float32Array(width),
    across: Float32Array.from({ length: width }, (_, k) => Number(k === 0)),
    up: Float32Array.from({ length: width }, (_, k) => Number(k === 1)),
  };
  return { method: 'code', points: width === 1 ? linePoints(codes) : codes.slice(), explained: 1, plane };
}

async function pcaMap(codes: Float32Array, width: number, runtime: Runtime): Promise<Drawn> {
  const pca = await fitPcaOn(runtime, arrayDataset(codes, { name: 'codes', shape: [width] }), { width: 2 });
  const { mean, components, variances, totalVariance } = pca;
  return {
    method: 'pca',
    points: projectPca(pca, codes),
    // Codes that are all the same lie in any plane.
    explained: totalVariance > 0 ? Math.min(1, sumOf(variances) / totalVariance) : 1,
    plane: { origin: mean, across: components.slice(0, width), up: components.slice(width, 2 * width) },
  };
}

/**
 * Pictures of codes in the plane, with how well each keeps neighbourhoods. Of two values the code itself is the picture; of
 * one value, the code across and its density up (the plane's `up` is 0: no code lies there). Of more, the plane of the
 * first two principal components, and UMAP in a thread of its own ({@link umapPoints}), which is left out where
 * fewer than 16 codes are different.
 *
 * @param codes [n, width]
 * @throws GargaloError `bad-input` where there are fewer than 4 codes or a value is not finite, `cancelled` where the signal says so
 */
export async function latentMaps(codes: Float32Array, width: number, options: MapOptions): Promise<LatentMap[]> {
  const { runtime, seed = 0, fitted = 10_000, signal, onProgress } = options;
  const n = codes.length / width;
  if (!Number.isInteger(n) || n < 4) {
    throw badInput('map', `expected rows of ${width} values and 4 or more, got ${codes.length} values`);
  }
  refuseNotFinite(codes, 'map, codes', width);
  stopWhereAborted(signal, 'map');
  const measured = async (map: Drawn): Promise<LatentMap> => ({
    ...map,
    preservation: await preservation(codes, width, map.points, 2, { runtime, seed }),
  });
  if (width <= 2) return [await measured(codeMap(codes, width))];
  const plane = await pcaMap(codes, width, runtime);
  // The layout is made meanwhile.
  const [pca, umap] = await Promise.all([
    measured(plane),
    umapPoints(codes, width, plane.points, { runtime, seed, fitted, signal, onProgress }),
  ]);
  return umap ? [pca, await measured({ method: 'umap', points: umap })] : [pca];
}
