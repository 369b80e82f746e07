// Every page in every form, made of what tests make up: for tools/gallery.mjs, which takes pictures of them.
import { compressionInput } from './pages/compression/fixture.oracle.js';
import { renderCompressionReport } from './pages/compression/report.js';
import { known, plain } from './pages/detection/fixture.oracle.js';
import type { DetectionReportInput } from './pages/detection/input.js';
import { renderDetectionReport } from './pages/detection/report.js';
import { full, latentFixture, profiles, rivals } from './pages/latent/fixture.oracle.js';
import { renderLatentReport } from './pages/latent/report.js';
import { sweepInput } from './pages/sweep/fixture.oracle.js';
import { renderSweepReport } from './pages/sweep/report.js';
import type { ReportInput } from './pages/training/input.js';
import {
  denoising,
  history,
  imageInput,
  socketParts,
  tableInput,
  terms,
  values,
} from './pages/training/pages.oracle.js';
import { renderReport } from './pages/training/report.js';

function pictures(): DetectionReportInput {
  const look = { kind: 'picture', width: 6, height: 5, channels: 1 } as const;
  const drawn = { observed: values(30, (i) => i * 8), expected: values(30, (i) => 255 - i * 8) };
  return { ...known, cases: known.cases.map((item) => ({ ...item, ...drawn })), pictures: { look, range: [0, 255] } };
}

/** A training of several terms in stages, with idle units, over windows of a series. */
function windows(): ReportInput {
  const base = tableInput(12, ['speed', 'heat']);
  const records = terms(12).map((record, i) => ({
    ...record,
    ...(i < 4 && { stage: `layer ${i < 2 ? 1 : 2} of 2` }),
    activity: { ...record.activity, deadUnits: i % 4, hiddenUnits: 9, inactiveCode: 1 },
  }));
  const cleaned = denoising.examples.map((example) => ({
    ...example,
    clean: values(12, Math.sin),
    corrupted: values(12, Math.cos),
    output: values(12, (i) => Math.sin(i) / 2),
  }));
  return {
    ...base,
    shape: [6, 2],
    sequence: true,
    history: records,
    denoising: { ...denoising, examples: cleaned },
    generated: { count: 5, values: values(60, Math.cos), prior: 'codes drawn from N(0, I)' },
  };
}

function columns(): ReportInput {
  const names = ['a', '<b>', 'c', 'd', 'e'];
  const errors = [
    [1, 2, 4, 3, 5],
    [0.5, 1, 1, 1, 1],
    [0.4, 0.2, 2, 1, 1],
  ].map((row) => Float64Array.from(row));
  const [variance, pca, network] = errors as [Float64Array, Float64Array, Float64Array];
  const bank = { count: 4, values: values(20, Math.sin), of: 70, use: [4, 3, 2, 1] };
  const start = { testLoss: 0.1, testSquaredError: 9.8, terms: { reconstruction: 0.1 } };
  return { ...tableInput(), perValue: { names, variance, pca, network }, filters: bank, atoms: bank, start };
}

function pixels(): ReportInput {
  const image = imageInput();
  const cause = { name: 'random-start', finding: 'training starts at random', remedy: 'use --start pca' } as const;
  const comparison = { outcome: 'worse', sentence: 'Does worse than PCA', causes: [cause] } as const;
  const errors = { variance: values(30, () => 2), pca: values(30, () => 1), network: values(30, (i) => i / 15) };
  const perValue = {
    variance: Float64Array.from(errors.variance),
    pca: Float64Array.from(errors.pca),
    network: Float64Array.from(errors.network),
  };
  return {
    ...image,
    ...Object.assign({}, ...Object.values(socketParts)),
    history: history(60),
    summary: { ...image.summary, comparison, keptEpoch: 5 },
    perValue,
    sampled: { train: { examples: 100_000, of: 25_510_204 } },
  };
}

/** A page, and the same page of other data. */
interface GalleryPage {
  (): string;
  of(change: (input: unknown) => unknown): string;
}

const page = <Input>(render: (input: Input) => string, input: () => Input): GalleryPage =>
  Object.assign(() => render(input()), {
    of: (change: (input: unknown) => unknown) => render(change(input()) as Input),
  });

/** Pages by name. */
export const gallery: Readonly<Record<string, GalleryPage>> = {
  'training-pictures': page(renderReport, imageInput),
  'training-colour': page(renderReport, () => ({ ...imageInput(), shape: [2, 5, 3] })),
  'training-sockets': page(renderReport, pixels),
  'training-table': page(renderReport, columns),
  'training-profiles': page(renderReport, () => tableInput(60, undefined)),
  'training-windows': page(renderReport, windows),
  'sweep-pictures': page(renderSweepReport, sweepInput),
  'sweep-table': page(renderSweepReport, () => sweepInput(true)),
  compression: page(renderCompressionReport, compressionInput),
  'detection-plain': page(renderDetectionReport, () => plain),
  'detection-time': page(renderDetectionReport, () => known),
  'detection-pictures': page(renderDetectionReport, pictures),
  'latent-pictures': page(renderLatentReport, full),
  'latent-table': page(renderLatentReport, () => profiles(false)),
  'latent-windows': page(renderLatentReport, () => profiles(true)),
  'latent-rivals': page(renderLatentReport, () =>
    rivals([0.4, 0.3, 0.31].map((value) => ({ value, interval: [value - 0.04, value + 0.04] }))),
  ),
  'latent-live': page(renderLatentReport, () => latentFixture({ widths: [2] })),
};
