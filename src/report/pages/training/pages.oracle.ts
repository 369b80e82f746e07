// Reports made up for tests, and what tests look at a page with.
import { parseHTML } from 'linkedom';
import { neighbourAgreement } from '../../../analysis/training/map.js';
import type { SparsityFigures } from '../../../analysis/training/sparsity.js';
import type { Denoising, Specimen } from '../../../tasks/training-figures.js';
import type { EpochRecord } from '../../../train/events.js';
import type { ReportInput } from './input.js';

export function values(count: number, at: (i: number) => number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => at(i));
}

export function specimens(count: number, size: number, label?: (i: number) => string): Specimen[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    ...(label && { label: label(index) }),
    input: values(size, (i) => ((i * 7 + index) % 11) / 10),
    reconstruction: values(size, (i) => ((i * 7 + index) % 11) / 12),
    pcaReconstruction: values(size, (i) => ((i * 7 + index) % 11) / 15),
    squaredError: 1 + index / 10,
    pcaSquaredError: 2 + index / 10,
  }));
}

export function history(epochs: number): EpochRecord[] {
  return Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    trainLoss: 0.1 + 0.2 / (i + 1),
    testLoss: 0.101 + 0.2 / (i + 1),
    testSquaredError: 8 + 10 / (i + 1),
    terms: { reconstruction: { train: 0.1 + 0.2 / (i + 1), test: 0.101 + 0.2 / (i + 1), gradient: 0.05, share: 1 } },
    activity: { deadUnits: 0, hiddenUnits: 0, inactiveCode: 0, activeFraction: 1, meanActivity: 0.3 },
    learningRate: 0.001,
    examplesPerSecond: 180_000,
    seconds: 0.33,
  }));
}

export function imageInput(): ReportInput {
  const [height, width] = [6, 5];
  const size = height * width;
  const points = values(60, (i) => Math.cos(i * i));
  const labels = { values: Int32Array.from({ length: 30 }, (_, i) => (i % 4) - 1), names: ['zero', 'one', 'two'] };
  return {
    title: 'Digits through four numbers',
    date: new Date(Date.UTC(2026, 2, 7, 14, 5)),
    summary: {
      kind: 'basic',
      parameters: 50_992,
      epochs: 12,
      keptEpoch: 12,
      trainLoss: 0.1167,
      testLoss: 0.1177,
      testSquaredError: 2,
      pcaSquaredError: 9.8,
      comparison: { outcome: 'better', sentence: 'Rebuilds with 4.9× less squared error than PCA', causes: [] },
      bceFloor: 0.08,
      examplesPerSecond: 184_321,
      seconds: 16.32,
      model: 'runs/digits/model.onnx',
      report: 'runs/digits/report.html',
    },
    loss: 'bce',
    shape: [height, width],
    history: history(12),
    samples: specimens(12, size, (i) => String(i % 10)),
    worst: specimens(3, size, (i) => String(i)),
    best: specimens(3, size, (i) => String(i)),
    filters: { count: 4, values: values(4 * size, (i) => Math.sin(i)) },
    map: {
      ...{ points, labels, agreement: neighbourAgreement(points, labels.values) },
      method: 'pca',
      explained: 0.432,
      thumbnails: { count: 30, values: Uint8Array.from({ length: 30 * size }, (_, i) => i % 256) },
    },
    pca: {
      width: 4,
      testSquaredError: 9.8,
      testBce: 0.15,
      explained: [0.3, 0.2, 0.1, 0.05, 0.03],
      components: { count: 4, values: values(4 * size, (i) => Math.cos(i)) },
    },
    configuration: { kind: 'basic', body: { layers: [{ units: 4 }], tied: false }, betas: [0.9, 0.999], extra: null },
    warnings: ['The learning rate is high.'],
    command: 'gargalo train digits --code 4',
    version: '0.1.0',
  };
}

export function tableInput(size = 5, columns: readonly string[] | undefined = ['a', 'b', 'c', 'd', 'e']): ReportInput {
  const image = imageInput();
  return {
    ...image,
    loss: 'mse',
    summary: { ...image.summary, bceFloor: null },
    shape: [size],
    ...(columns && { columns }),
    samples: specimens(3, size),
    worst: specimens(2, size),
    best: specimens(2, size),
    filters: { count: 4, values: values(4 * size, (i) => Math.sin(i)) },
    map: { points: values(20, (i) => Math.sin(i * i)), method: 'code', explained: 1 },
    pca: {
      width: 2,
      testSquaredError: 9.8,
      testBce: null,
      explained: [0.5, 0.25],
      components: { count: 2, values: values(2 * size, (i) => Math.cos(i)) },
    },
  };
}

/** Values of a picture of {@link imageInput}. */
export const imageSize = 30;
export const term = (test: number, share: number) => ({ train: test, test, gradient: share, share });

/** Epochs whose loss has several terms. */
export function terms(epochs: number): EpochRecord[] {
  return history(epochs).map((record, i) => ({
    ...record,
    terms: { reconstruction: term(0.2 / (i + 1), 0.75), divergence: term(0.01 * (i + 1), 0.25) },
  }));
}

export const denoising: Denoising = {
  corruption: { type: 'masking', probability: 0.3 },
  before: 11.24,
  after: 19.82,
  count: 100,
  examples: Array.from({ length: 3 }, (_, index) => ({
    index,
    label: String(index),
    clean: values(imageSize, (i) => i / imageSize),
    corrupted: values(imageSize, (i) => (i % 3 ? i / imageSize : 0)),
    output: values(imageSize, (i) => i / imageSize / 2),
    before: 10 + index,
    after: 20 - 5 * index,
  })),
};

export const activity: SparsityFigures = {
  examples: 50,
  mean: Float64Array.of(0.1, 0.05, 0, 0.07),
  active: Float64Array.of(0.5, 0.25, 0, 0.25),
  dead: 1,
  inactive: 2,
  zeros: 0.75,
  histogram: { low: 0, high: 1, counts: [1, 2, 3, 4] },
};

const dimension = { histogram: { low: -4, high: 4, counts: [1, 5, 7, 2] }, mean: 0.1, deviation: 0.9 };

/** What each section beyond those of every report is drawn from. */
export const socketParts = {
  denoising: { denoising },
  depth: {
    depth: [8, 4].map((units, i) => ({
      units,
      squaredError: 5 - i,
      examples: 20,
      outputs: values(10 * imageSize, Math.sin),
    })),
  },
  generated: { generated: { count: 5, values: values(5 * imageSize, Math.cos), prior: 'codes drawn from N(0, I)' } },
  distribution: {
    distribution: {
      examples: 50,
      dimensions: [
        { ...dimension, divergence: 0.5 },
        { ...dimension, divergence: 2 },
      ],
      inactive: 0,
      discrepancy: { squared: 0.02, limit: 0.001, pValue: 0.002, points: 50 },
      bound: 101.26,
    },
  },
  sparsity: { sparsity: activity },
  codebook: { codebook: { examples: 10, vectors: 2, counts: Float64Array.of(10, 0, 5, 5), perplexity: 2.83 } },
  jacobian: {
    jacobian: { examples: 20, spectrum: Float64Array.of(1, 0.1, 0.01), spectrumExamples: 10, meanNorm: 1.02 },
  },
} satisfies Record<string, Partial<ReportInput>>;

export const parse = (page: string) => parseHTML(page).document;
export const sectionsOf = (page: string) =>
  [...parse(page).querySelectorAll('main > section')].map((section) => section.id);
export const bytesOf = (uri: string) =>
  Uint8Array.from(atob(uri.replace('data:image/png;base64,', '')), (c) => c.charCodeAt(0));
export const textOf = (page: string, selector: string) => parse(page).querySelector(selector)?.textContent ?? '';

/** Elements that were opened and not closed, or closed and not opened: linkedom itself forgives both. */
export function unbalanced(page: string): string[] {
  const empty = new Set('area base br col embed hr img input link meta source track wbr'.split(' '));
  const bare = page.replace(/<(style|script)\b([^>]*)>[\s\S]*?<\/\1>/g, '<$1$2></$1>').replace(/<!doctype html>/i, '');
  const open: string[] = [];
  const problems: string[] = [];
  for (const [, end, name, self] of bare.matchAll(/<(\/?)([a-zA-Z][\w-]*)(?:"[^"]*"|[^>"])*?(\/?)>/g)) {
    if (name === undefined || self || empty.has(name)) continue;
    if (!end) open.push(name);
    else if (open.at(-1) === name) open.pop();
    else problems.push(`</${name}> closes <${open.at(-1)}>`);
  }
  return [...problems, ...open];
}
