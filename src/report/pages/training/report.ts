import { causeWords } from '../../../analysis/training/comparison.js';
import { count, duration, factor, figure, several } from '../../../core/format.js';
import { asFlags } from '../../../core/option-flags.js';
import { exampleSize } from '../../../data/dataset.js';
import { type Html, html } from '../../kit/html.js';
import { type Head, renderPage } from '../../kit/page.js';
import { lookOf } from '../../kit/picture.js';
import { settingsSection } from '../../kit/settings.js';
import { codebook, distribution, jacobian, sparsity } from './code.js';
import { denoising } from './denoising.js';
import { depth } from './depth.js';
import { extremes, generated, samples } from './examples.js';
import { filters } from './filters.js';
import type { ReportInput } from './input.js';
import { idle, losses, terms } from './losses.js';
import { codeMap } from './map.js';
import { pcaTwin } from './pca.js';

/**
 * The report of a run as one HTML file that needs nothing else: no network, no fonts, no other file.
 * Parts that the run has no data for (no filters, no map) are left out.
 *
 * @returns the whole file as text
 * @throws GargaloError `bad-input` where a picture, a profile or the map does not have the size its shape says
 */
export function renderReport(input: ReportInput): string {
  const isLearned = (input.filters?.count ?? 0) > 0;
  return renderPage({
    ...input,
    head: head(input),
    sections: [
      ['loss', 'Loss', 'How training went', losses(input)],
      ['terms', 'Terms', 'What the loss is made of', terms(input)],
      ['idle', 'Idle units', 'Units that do nothing', idle(input)],
      ['samples', 'Reconstructions', 'What goes in, what comes back', samples(input)],
      ['extremes', 'Best and worst', 'The hardest and the easiest', extremes(input)],
      ['denoising', 'Denoising', 'What goes in corrupted', denoising(input)],
      ['depth', 'Depth', 'What each depth still knows', depth(input)],
      ['generated', 'New examples', 'Examples that never were', generated(input)],
      ['distribution', 'Code and prior', 'The code against its prior', distribution(input)],
      ['sparsity', 'Sparsity', 'How sparse the code is', sparsity(input)],
      ['codebook', 'Codebook', 'How the codebook is used', codebook(input)],
      ['jacobian', 'Contraction', 'How the code answers to small changes', jacobian(input)],
      ['filters', 'Filters', isLearned ? 'What the network looks for' : 'What PCA looks for', filters(input)],
      ['map', 'Map', 'A map of the codes', codeMap(input)],
      ['pca', 'PCA', 'Against a linear code', pcaTwin(input)],
      settingsSection({
        ...{ ...input, does: 'trains the network' },
        facts: [['model file', input.summary.model || undefined]],
      }),
    ],
  });
}

/** The top of the page: verdict, the figures one asks for first, and the warnings. */
function head(input: ReportInput): Head {
  const { summary, pca, warnings } = input;
  const isPicture = lookOf(input.shape, input.sequence).kind === 'picture';
  const values = exampleSize(input);
  const { outcome, sentence, causes } = summary.comparison;
  const ratio = summary.pcaSquaredError / summary.testSquaredError;
  const what = isPicture ? 'images' : input.sequence ? 'windows' : 'examples';
  return {
    about: [`${summary.kind} autoencoder`],
    verdict: { outcome, words: `${sentence}.${denoisingWords(input)}` },
    remarks:
      causes.length > 0 &&
      html`<aside class="causes" aria-label="What holds it back"><ul>${causes.map((cause) => html`<li>${withFlags(asFlags(`${causeWords(cause)}.`))}</li>`)}</ul></aside>`,
    tiles: [
      ['Test loss', figure(summary.testLoss, 4), lossNote(input, isPicture)],
      [
        'PCA’s error ÷ ours',
        factor(ratio),
        `squared: ${figure(summary.pcaSquaredError)} ÷ ${figure(summary.testSquaredError)}`,
      ],
      ['Compression', factor(values / pca.width), `${count(values)} → ${several(pca.width, 'number')}`],
      ['Parameters', count(summary.parameters), 'trained values'],
      ['Speed', figure(summary.examplesPerSecond), `${what} a second`],
      ['Time', duration(summary.seconds), `${several(summary.epochs, 'epoch')}${keptWords(summary)}`],
    ],
    warnings,
  };
}

/** A text in which no flag is torn from its dashes or its value at the end of a line. */
function withFlags(text: string): Html[] {
  return text
    .split(/(--[a-z-]+(?: [\w.-]*\w)?)/)
    .map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

/** Which weights the model has, where they are not the last. */
function keptWords({ epochs, keptEpoch }: ReportInput['summary']): string {
  if (keptEpoch === epochs) return '';
  return keptEpoch === 0 ? ', the start kept' : `, epoch ${count(keptEpoch)} kept`;
}

/** A denoiser is not made for clean examples, which the verdict compares. */
function denoisingWords({ denoising }: ReportInput): string {
  if (!denoising) return '';
  const [before, after] = [denoising.before.toFixed(1), denoising.after.toFixed(1)];
  return ` These examples are clean; corrupted ones, which it was trained for, it brings from ${before} dB to ${after} dB.`;
}

/** What the loss is: the measure, or the terms that add up to it. */
function lossNote({ summary, loss }: ReportInput, picture: boolean): string {
  const { terms } = summary;
  if (!terms) return loss === 'bce' ? `nats per ${picture ? 'pixel' : 'value'} (bce)` : 'mean squared error';
  const parts = Object.entries(terms).map(([name, value]) => {
    return name === 'reconstruction' ? `${figure(value)} ${loss}` : `${figure(value)} ${name}`;
  });
  return parts.join(' + ');
}
