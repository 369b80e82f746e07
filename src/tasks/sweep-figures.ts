import type { PcaErrors } from '../analysis/latent/pca-errors.js';
import { exampleSize } from '../data/dataset.js';
import { applyScaling } from '../data/scaling.js';
import { openAutoencoder } from '../models/autoencoder.js';
import { throughPca } from '../models/pca.js';
import type { RuntimeOptions } from '../runtime/runtime.js';
import type { CellFigures } from './cell-figures.js';
import type { KindFindings } from './rate-distortion.js';
import type { SweepCell, SweepResult } from './sweep.js';
import type { Specimen } from './training-figures.js';

/** Test examples that are shown. */
const SHOWN = 10;

/** How one training of a sweep ended. */
export interface SweptCell extends SweepCell {
  readonly status: 'finished' | 'failed' | 'stopped';
  readonly figures?: CellFigures;
  /** What went wrong, in one line. */
  readonly problem?: string;
}

/** The shown examples at one width. */
export interface ShownWidth {
  readonly code: number;
  /** [examples, input size], scaled units */
  readonly network: Float32Array;
  readonly pca: Float32Array;
}

/** The shown examples as one kind reconstructs them, at its smallest, a middle and its largest width. */
export interface ShownKind {
  readonly kind: string;
  readonly widths: readonly ShownWidth[];
}

/** What a sweep comes to. */
export interface SweepFigures {
  readonly shape: readonly number[];
  readonly columns?: readonly string[];
  readonly sequence?: boolean;
  /** By kind, then by width. */
  readonly cells: readonly SweptCell[];
  readonly pca: PcaErrors;
  readonly findings: readonly KindFindings[];
  /** The first test examples, in scaled units. */
  readonly examples: readonly Pick<Specimen, 'index' | 'label' | 'input'>[];
  readonly shown: readonly ShownKind[];
}

/** How trainings ended, without their models. */
export const sweptCells = (cells: SweepResult['cells']): SweptCell[] =>
  cells.map(({ cell, status, figures, problem }) => ({
    ...cell,
    status,
    ...(figures && { figures }),
    ...(problem && { problem: problem.message }),
  }));

/** The smallest width, a middle one (the knee, where it lies between) and the largest. */
function endsAndMiddle({ points, knee }: KindFindings): number[] {
  const codes = points.map(({ code }) => code);
  const [first, last] = [codes[0]!, codes.at(-1)!];
  const middle = knee.code > first && knee.code < last ? knee.code : codes[Math.floor(codes.length / 2)]!;
  return [...new Set([first, middle, last])];
}

/**
 * Measures what is shown of a sweep beside its errors: the same test examples through the smallest, a middle and the largest
 * code of each kind, and through PCA.
 */
export async function measureSweep(
  { cells, pca, pcaErrors, findings, test }: SweepResult,
  runtime?: RuntimeOptions,
): Promise<SweepFigures> {
  const raw = (await test.block(0, Math.min(SHOWN, test.length))).slice();
  const size = exampleSize(test);
  const shown: ShownKind[] = [];
  let inputs: Float32Array = new Float32Array(0);
  for (const found of findings) {
    const widths: ShownWidth[] = [];
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
    shape,
    ...(columns && { columns }),
    ...(sequence && { sequence }),
    cells: sweptCells(cells),
    pca: pcaErrors,
    findings,
    examples: Array.from({ length: inputs.length / size }, (_, index) => {
      const label = labels?.names[labels.values[index] ?? -1];
      const input = inputs.subarray(index * size, (index + 1) * size);
      return { index, ...(label !== undefined && { label }), input };
    }),
    shown,
  };
}
