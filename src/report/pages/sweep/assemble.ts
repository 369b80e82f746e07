import { type Dataset, exampleSize } from '../../../data/dataset.js';
import { applyScaling } from '../../../data/scaling.js';
import { openAutoencoder } from '../../../models/autoencoder.js';
import { throughPca } from '../../../models/pca.js';
import type { RuntimeOptions } from '../../../runtime/runtime.js';
import type { KindFindings } from '../../../tasks/rate-distortion.js';
import type { SweepResult } from '../../../tasks/sweep.js';
import type { ShownKind, SweepReportInput } from './input.js';

/** Test examples that are shown. */
const SHOWN = 10;

/** The smallest width, a middle one (the knee, where it lies between) and the largest. */
export function endsAndMiddle({ points, knee }: KindFindings): number[] {
  const codes = points.map(({ code }) => code);
  const [first, last] = [codes[0]!, codes.at(-1)!];
  const middle = knee.code > first && knee.code < last ? knee.code : codes[Math.floor(codes.length / 2)]!;
  return [...new Set([first, middle, last])];
}

async function firstExamples(test: Dataset): Promise<Uint8Array | Float32Array> {
  return (await test.block(0, Math.min(SHOWN, test.length))).slice();
}

/**
 * Computes what the report of a sweep shows beside the figures: the same test examples through the smallest, a middle and
 * the largest code of each kind, and through PCA.
 */
export async function assembleSweepReport(
  { cells, pca, pcaErrors, findings, test }: SweepResult,
  about: Pick<SweepReportInput, 'title' | 'date' | 'configuration' | 'warnings' | 'command' | 'version'>,
  runtime?: RuntimeOptions,
): Promise<SweepReportInput> {
  const raw = await firstExamples(test);
  const size = exampleSize(test);
  const shown: ShownKind[] = [];
  let inputs: Float32Array = new Float32Array(0);
  for (const found of findings) {
    const widths: ShownKind['widths'][number][] = [];
    for (const code of endsAndMiddle(found)) {
      const { model } = cells.find(({ cell }) => cell.kind === found.kind && cell.code === code)!;
      const { scaling } = model!.specification.input;
      inputs = applyScaling(raw, scaling);
      const autoencoder = openAutoencoder(model!, runtime);
      try {
        const network = applyScaling(await autoencoder.reconstruct(raw), scaling);
        widths.push({ code, network, pca: throughPca(pca, inputs, code) });
      } finally {
        await autoencoder.close();
      }
    }
    shown.push({ kind: found.kind, widths });
  }
  const { labels, shape, columns, sequence } = test;
  return {
    ...about,
    shape,
    ...(columns && { columns }),
    ...(sequence && { sequence }),
    cells: cells.map(({ cell, status, figures, problem }) => ({
      ...cell,
      status,
      ...(figures && { figures }),
      ...(problem && { problem: problem.message }),
    })),
    pca: pcaErrors,
    findings,
    examples: Array.from({ length: inputs.length / size }, (_, index) => {
      const label = labels?.names[labels.values[index] ?? -1];
      return {
        index,
        ...(label !== undefined && { label }),
        input: inputs.subarray(index * size, (index + 1) * size),
      };
    }),
    shown,
  };
}
