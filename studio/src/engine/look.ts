// What a network makes of the sample at one moment: codes on a plane, pictures, errors, filters.
import { type Autoencoder, applyScaling, arrayDataset, fitPca, type Model, projectPca } from 'gargalo';
import type { Runtime } from 'gargalo/graph';
import { procrustes, turned } from './align.js';
import type { Look, Plane, Sample } from './protocol.js';

/** Examples whose reconstructions are shown, and filters. */
const [SHOWN, FILTERS] = [12, 16];

/** Codes as places: as they are where they fit the plane, else along the two directions in which they differ most. */
async function placed(
  codes: Float32Array,
  width: number,
  runtime: Runtime,
): Promise<{ readonly points: Float32Array; readonly plane: Plane }> {
  const axis = (k: number) => Float32Array.from({ length: width }, (_, i) => Number(i === k));
  if (width <= 2) {
    const plane = { origin: new Float32Array(width), across: axis(0), up: axis(1), explained: 1 };
    if (width === 2) return { points: codes.slice(), plane };
    // one value: across; up is the place within the sample, so that points do not hide each other
    const n = codes.length;
    return {
      points: Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 ? spread(i >> 1) : (codes[i >> 1] ?? 0))),
      plane,
    };
  }
  const pca = await fitPca(arrayDataset(codes, { name: 'codes', shape: [width] }), {
    width: 2,
    runtime: { opened: runtime },
  });
  const { mean, components, variances, totalVariance } = pca;
  return {
    points: projectPca(pca, codes),
    plane: {
      origin: mean,
      across: components.slice(0, width),
      up: components.slice(width, 2 * width),
      explained: totalVariance > 0 ? ((variances[0] ?? 0) + (variances[1] ?? 0)) / totalVariance : 1,
    },
  };
}

/** Numbers in −0.5 … 0.5 that fill the line evenly, however many there are: the fractional parts of multiples of the golden ratio. */
const spread = (i: number): number => ((i * 0.6180339887498949) % 1) - 0.5;

/** Squared errors in scaled units, one for each example. */
function errorsOf(model: Model, raw: Float32Array, rebuilt: Float32Array, count: number): Float32Array {
  const { scaling } = model.specification.input;
  const [x, y] = [applyScaling(raw, scaling), applyScaling(rebuilt, scaling)];
  const size = x.length / count;
  const errors = new Float32Array(count);
  for (let i = 0; i < x.length; i++) {
    const n = Math.floor(i / size);
    errors[n] = (errors[n] ?? 0) + ((x[i] ?? 0) - (y[i] ?? 0)) ** 2;
  }
  return errors;
}

/** The weights of the first units of a dense first layer: one row of the input's size for each. */
function filtersOf({ weights, specification: { input } }: Model): Float32Array {
  const size = input.shape.reduce((product, side) => product * side, 1);
  const first = [...weights].find(([name, { length }]) => /weight$/.test(name) && length % size === 0);
  if (!first) return new Float32Array();
  const units = first[1].length / size;
  const shown = Math.min(units, FILTERS);
  return Float32Array.from(
    { length: shown * size },
    (_, i) => first[1][(i % size) * units + Math.floor(i / size)] ?? 0,
  );
}

/**
 * @param before the look at the moment before, onto which this one is turned
 */
export async function lookAt(
  autoencoder: Autoencoder,
  sample: Sample,
  epoch: number,
  before: Look | undefined,
): Promise<Look> {
  const { specification } = autoencoder;
  const { width } = specification.code;
  const runtime = await autoencoder.runtime();
  if (!runtime) throw new Error('expected an open autoencoder');
  const shape = [sample.count, ...specification.input.shape];
  const [codes, rebuilt] = [new Float32Array(sample.count * width), new Float32Array(sample.values.length)];
  const size = sample.values.length / sample.count;
  for await (const { start, code, reconstruction } of autoencoder.blocks({ values: sample.values, shape })) {
    codes.set(code, start * width);
    rebuilt.set(reconstruction, start * size);
  }
  let { points, plane } = await placed(codes, width, runtime);
  // Two values are the plane themselves: turning them would move the axes away from the code.
  if (width > 2 && before) ({ points, plane } = turned(points, plane, procrustes(points, before.points)));
  return {
    epoch,
    points,
    plane,
    rebuilt: rebuilt.slice(0, Math.min(SHOWN, sample.count) * size),
    errors: errorsOf(autoencoder, sample.values, rebuilt, sample.count),
    filters: filtersOf(autoencoder),
  };
}
