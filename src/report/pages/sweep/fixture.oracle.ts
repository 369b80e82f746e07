// A sweep made up for tests: two kinds at four widths, one training of which failed.
import { sweepFindings } from '../../../tasks/rate-distortion.js';
import type { SweptCell } from '../../../tasks/sweep-figures.js';
import { imageInput, tableInput } from '../training/pages.oracle.js';
import type { SweepReportInput } from './input.js';

const widths = [2, 4, 8, 16];
const errors = { basic: [12, 6, 3, 2.9], deep: [11, 8, 3.5] };

function cells(): SweptCell[] {
  return (['basic', 'deep'] as const).flatMap((kind) =>
    widths.map((code, i): SweptCell => {
      const name = `${kind}-${code}`;
      const testSquaredError = errors[kind][i];
      if (testSquaredError === undefined)
        return { name, kind, code, status: 'failed', problem: 'the loss is no number' };
      const figures = {
        ...{ parameters: 1000 * code, epochs: 12, trainLoss: 0.1 / code, testLoss: 0.11 / code, testSquaredError },
        ...{ testBce: 0.1 + 0.3 / code, contrast: 1 - 0.7 / code, seconds: 4 + code },
      };
      return { name, kind, code, status: 'finished', figures };
    }),
  );
}

/** The report of a sweep over pictures, or rows of a table. */
export function sweepInput(isTable = false): SweepReportInput {
  const { shape, samples, columns, configuration, date } = isTable ? tableInput() : imageInput();
  const examples = samples.slice(0, 6);
  const swept = cells();
  const linear = [13, 7, 3.1, 1].map((squaredError, i) => ({
    width: widths[i]!,
    squaredError,
    bce: 0.1 + 0.4 / (i + 1),
  }));
  const pca = { errors: linear, meanSquaredError: 40, bceFloor: 0.09 };
  const joined = (shrink: number): Float32Array =>
    Float32Array.from(examples.flatMap(({ input }) => Array.from(input, (value) => value * shrink)));
  return {
    ...{ title: 'Digits through 2, 4, 8, 16', date, shape, configuration, pca, examples, cells: swept },
    ...(columns && { columns }),
    findings: sweepFindings(
      swept.map(({ kind, code, figures }) => ({ cell: { kind, code }, ...(figures && { figures }) })),
      pca,
    ),
    shown: Object.entries({ basic: [2, 4, 16], deep: [2, 4, 8] }).map(([kind, codes]) => ({
      kind,
      widths: codes.map((code) => ({ code, network: joined(1 - 1 / code), pca: joined(1 - 1.5 / code) })),
    })),
    warnings: ['basic-2: The learning rate is high.'],
    command: 'gargalo sweep digits --code 2,4,8,16',
    version: '0.1.0',
  };
}
