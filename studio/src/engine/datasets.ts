// The data sets that the studio brings along. All but the digits are computed: nothing is fetched for them.
import { arrayDataset, createRandom, type Dataset, type Random } from 'gargalo';
import address from '../../generated/digits.bin?url';
import type { DataName } from './data-names.js';

/** Points of a cloud, each from a maker of its class. */
function cloud(
  name: string,
  examples: number,
  classes: readonly string[],
  point: (label: number, random: Random) => readonly number[],
): Dataset {
  const random = createRandom(1, `studio/${name}`);
  const labels = Int32Array.from({ length: examples }, (_, i) => i % classes.length);
  const points = Array.from(labels, (label) => point(label, random));
  const axes = points[0]?.length ?? 2;
  return arrayDataset(Float32Array.from(points.flat()), {
    name,
    shape: [axes],
    columns: ['x', 'y', 'z'].slice(0, axes),
    labels: { values: labels, names: classes },
  });
}

/** Two rings, one within the other: no straight line tells them apart. */
const rings = (): Dataset =>
  cloud('rings', 1000, ['inner', 'outer'], (label, random) => {
    const angle = 2 * Math.PI * random.uniform();
    const radius = (label === 0 ? 1 : 2.4) + 0.12 * random.normal();
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });

/** Six small islands in the plane, with water between: what a latent space with gaps looks like. */
const islands = (): Dataset =>
  cloud('islands', 1200, ['a', 'b', 'c', 'd', 'e', 'f'], (label, random) => {
    const angle = (2 * Math.PI * label) / 6;
    return [2 * Math.cos(angle) + 0.22 * random.normal(), 2 * Math.sin(angle) + 0.22 * random.normal()];
  });

/** Three clouds in ten dimensions. */
const blobs = (): Dataset => {
  const axes = 10;
  const random = createRandom(1, 'studio/blobs/centres');
  const centres = Array.from({ length: 3 }, () => Array.from({ length: axes }, () => 2 * random.normal()));
  const points = createRandom(1, 'studio/blobs');
  const labels = Int32Array.from({ length: 900 }, (_, i) => i % 3);
  const values = Array.from(labels, (label) => (centres[label] ?? []).map((centre) => centre + 0.7 * points.normal()));
  return arrayDataset(Float32Array.from(values.flat()), {
    name: 'blobs',
    shape: [axes],
    columns: Array.from({ length: axes }, (_, i) => `x${i + 1}`),
    labels: { values: labels, names: ['a', 'b', 'c'] },
  });
};

/** A sheet rolled up in space (Tenenbaum, de Silva & Langford 2000); classes are quarters along it. */
const roll = (): Dataset =>
  cloud('roll', 1500, ['1', '2', '3', '4'], (label, random) => {
    const along = (label + random.uniform()) / 4;
    const angle = 1.5 * Math.PI * (1 + 2 * along);
    return [(angle * Math.cos(angle)) / 5, 4 * random.uniform() - 2, (angle * Math.sin(angle)) / 5];
  });

/** A machine's sensors: six values that hang together, but for one row in fifty. */
function machine(): Dataset {
  const random = createRandom(1, 'studio/machine');
  const columns = ['load', 'speed', 'current', 'temperature', 'vibration', 'pressure'];
  const count = 1500;
  const labels = new Int32Array(count);
  const values = new Float32Array(count * columns.length);
  for (let i = 0; i < count; i++) {
    const load = 0.5 + 0.3 * Math.sin(i / 40) + 0.1 * random.normal();
    const speed = 1400 + 250 * Math.sin(i / 90) + 20 * random.normal();
    const row = [
      load,
      speed,
      2 + 6 * load + 0.1 * random.normal(),
      35 + 28 * load + 0.004 * speed + 0.6 * random.normal(),
      0.2 + 0.0004 * speed * (0.5 + load) + 0.02 * random.normal(),
      5.5 - 1.5 * load + 0.08 * random.normal(),
    ];
    if (i % 50 === 37) {
      labels[i] = 1;
      // a bearing that wears: hot and shaking, without load
      const worn = Math.floor(i / 50) % 2 === 0;
      if (worn) row[4] = (row[4] ?? 0) + 0.5;
      else row[3] = (row[3] ?? 0) - 14;
    }
    values.set(row, i * columns.length);
  }
  return arrayDataset(values, {
    name: 'machine',
    shape: [columns.length],
    columns,
    labels: { values: labels, names: ['normal', 'anomaly'] },
  });
}

/** Small colour pictures: a disc, a square or a triangle, in some colour, at some place. */
function shapes(): Dataset {
  const side = 20;
  const random = createRandom(1, 'studio/shapes');
  const count = 1200;
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const values = new Uint8Array(count * side * side * 3);
  const within = [
    (x: number, y: number, r: number) => x * x + y * y < r * r,
    (x: number, y: number, r: number) => Math.abs(x) < r * 0.85 && Math.abs(y) < r * 0.85,
    (x: number, y: number, r: number) => y > -r * 0.8 && y < r * 0.8 && Math.abs(x) < (y + r * 0.8) * 0.55,
  ];
  for (const [i, label] of labels.entries()) {
    const ink = Array.from({ length: 3 }, () => 60 + 195 * random.uniform());
    const ground = Array.from({ length: 3 }, () => 12 + 30 * random.uniform());
    const [radius, x, y] = [4 + 3 * random.uniform(), 7 + 6 * random.uniform(), 7 + 6 * random.uniform()];
    for (let p = 0; p < side * side; p++) {
      const isIn = within[label]?.((p % side) - x, Math.floor(p / side) - y, radius) ?? false;
      values.set(isIn ? ink : ground, (i * side * side + p) * 3);
    }
  }
  return arrayDataset(values, {
    name: 'shapes',
    shape: [side, side, 3],
    labels: { values: labels, names: ['disc', 'square', 'triangle'] },
  });
}

/** 10,000 handwritten digits: fetched when they are first asked for. */
async function digits(): Promise<Dataset> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`digits.bin: expected a file, got status ${answer.status}`);
  const packed = answer.body?.pipeThrough(new DecompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const count = bytes.length / 785;
  return arrayDataset(bytes.subarray(count), {
    name: 'digits',
    shape: [28, 28],
    labels: { values: Int32Array.from(bytes.subarray(0, count)), names: Array.from({ length: 10 }, (_, i) => `${i}`) },
  });
}

const makers: Readonly<Record<DataName, () => Dataset | Promise<Dataset>>> = {
  digits,
  rings,
  islands,
  blobs,
  roll,
  machine,
  shapes,
};

/** Opens a data set of the shelf. */
export async function openShelf(name: DataName): Promise<Dataset> {
  return await makers[name]();
}
