import { causeWords } from '../analysis/training/comparison.js';
import { count, duration, figure, percent, several } from '../core/format.js';
import { asFlags } from '../core/option-flags.js';
import type { Specification } from '../models/specification.js';
import type { RunSummary } from '../tasks/training-figures.js';
import { aligned } from './aligned.js';

/** Which weights the model has, where they are not the last. */
function keptWords({ epochs, keptEpoch }: Pick<RunSummary, 'epochs' | 'keptEpoch'>): string {
  if (keptEpoch === epochs) return '';
  return keptEpoch === 0 ? '  (the start is kept)' : `  (the weights of epoch ${count(keptEpoch)} are kept)`;
}

const codebookWords = ({ entries, used, share, perplexity }: NonNullable<RunSummary['codebook']>): string =>
  `${count(used)} of ${several(entries, 'entry', 'entries')} used (${percent(share)}), perplexity ${figure(perplexity)}`;

/** What a training came to, for a terminal. */
export function trainingWords(
  summary: RunSummary,
  { loss: measure }: Pick<Specification, 'loss'>,
  unit: string,
): string[] {
  const loss = measure === 'bce' ? 'nats (bce)' : '(mse)';
  const { sentence, causes } = summary.comparison;
  const floor =
    summary.bceFloor === null || measure !== 'bce' ? '' : `  (a perfect rebuild: ${figure(summary.bceFloor, 4)})`;
  return [
    ...aligned([
      ['kind', summary.kind],
      ['parameters', count(summary.parameters)],
      ['epochs', `${count(summary.epochs)}${keptWords(summary)}`],
      ...(summary.trainLoss === null ? [] : [['train loss', `${figure(summary.trainLoss, 4)} ${loss}`]]),
      ['test loss', `${figure(summary.testLoss, 4)} ${summary.terms ? '' : loss}${floor}`],
      ...Object.entries(summary.terms ?? {}).map(([name, value]) => [
        `  ${name}`,
        `${figure(value, 4)}${name === 'reconstruction' ? ` ${loss}` : ''}`,
      ]),
      [
        'squared error',
        `${figure(summary.testSquaredError, 4)}  (PCA at the same width: ${figure(summary.pcaSquaredError, 4)})`,
      ],
      ...(summary.codebook ? [['codebook', codebookWords(summary.codebook)]] : []),
      ['speed', `${count(summary.examplesPerSecond)} ${unit}/s`],
      ['time', duration(summary.seconds)],
      ['model', summary.model],
      ['report', summary.report],
    ]),
    `${sentence}.`,
    ...causes.map((cause) => `- ${asFlags(causeWords(cause))}.`),
  ];
}
