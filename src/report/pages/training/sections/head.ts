import { causeWords } from '../../../../analysis/training/comparison.js';
import { count, duration, factor, figure, moment, several } from '../../../../core/format.js';
import { type Html, html } from '../../../kit/html.js';
import { lookOf } from '../../../kit/picture.js';
import type { ReportInput } from '../input.js';
import { exampleValues } from './section.js';

/** One of the figures one asks for first. */
export function tile(name: string, value: string, note: string): Html {
  return html`<div class="tile"><dt>${name}</dt><dd><b>${value}</b><span>${note}</span></dd></div>`;
}

/** The top of the page: title, verdict, the figures one asks for first, and the warnings. */
export function head(input: ReportInput): Html {
  const { summary, pca } = input;
  const picture = lookOf(input.shape, input.sequence).kind === 'picture';
  const values = exampleValues(input);
  const { outcome, sentence, causes } = summary.comparison;
  const ratio = summary.pcaSquaredError / summary.testSquaredError;
  return html`<header class="head">
<p class="eyebrow">${summary.kind} autoencoder <span aria-hidden="true">·</span> <time datetime="${isoDate(input.date)}">${moment(input.date)}</time></p>
<h1>${input.title}</h1>
<p class="verdict ${outcome}">${sentence}.${denoisingWords(input)}</p>
${
  causes.length > 0 &&
  html`<aside class="causes" aria-label="What holds it back"><ul>${causes.map((cause) => html`<li>${withFlags(`${causeWords(cause)}.`)}</li>`)}</ul></aside>`
}
<dl class="tiles">
${tile('Test loss', figure(summary.testLoss, 4), lossNote(input, picture))}
${tile('PCA’s error ÷ ours', factor(ratio), `squared: ${figure(summary.pcaSquaredError)} ÷ ${figure(summary.testSquaredError)}`)}
${tile('Compression', factor(values / pca.width), `${count(values)} → ${several(pca.width, 'number')}`)}
${tile('Parameters', count(summary.parameters), 'trained values')}
${tile('Speed', figure(summary.examplesPerSecond), `${picture ? 'images' : input.sequence ? 'windows' : 'examples'} a second`)}
${tile('Time', duration(summary.seconds), `${several(summary.epochs, 'epoch')}${keptWords(summary)}`)}
</dl>
${
  input.warnings.length > 0 &&
  html`<aside class="warnings" aria-label="Warnings"><ul>${input.warnings.map((warning) => html`<li>${warning}</li>`)}</ul></aside>`
}
</header>`;
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

/** A moment for machines. */
export function isoDate(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
