import { count, duration, factor, figure, moment, several } from '../format.js';
import { type Html, html } from '../html.js';
import type { ReportInput } from '../input.js';
import { lookOf } from '../picture.js';
import { compareWithPca } from '../verdict.js';
import { exampleValues } from './section.js';

function tile(name: string, value: string, note: string): Html {
  return html`<div class="tile"><dt>${name}</dt><dd><b>${value}</b><span>${note}</span></dd></div>`;
}

/** The top of the page: title, verdict, the figures one asks for first, and the warnings. */
export function head(input: ReportInput): Html {
  const { summary, pca } = input;
  const picture = lookOf(input.shape).kind === 'picture';
  const values = exampleValues(input);
  const verdict = compareWithPca(summary.testSquaredError, summary.pcaSquaredError);
  const ratio = summary.pcaSquaredError / summary.testSquaredError;
  return html`<header class="head">
<p class="eyebrow">${summary.kind} autoencoder <span aria-hidden="true">·</span> <time datetime="${isoDate(input.date)}">${moment(input.date)}</time></p>
<h1>${input.title}</h1>
<p class="verdict ${verdict.outcome}">${verdict.sentence}.</p>
<dl class="tiles">
${tile('Test loss', figure(summary.testLoss, 4), input.loss === 'bce' ? `nats per ${picture ? 'pixel' : 'value'} (bce)` : 'mean squared error')}
${tile('PCA’s error ÷ ours', factor(ratio), `squared: ${figure(summary.pcaSquaredError)} ÷ ${figure(summary.testSquaredError)}`)}
${tile('Compression', factor(values / pca.width), `${count(values)} → ${several(pca.width, 'number')}`)}
${tile('Parameters', count(summary.parameters), 'trained values')}
${tile('Speed', figure(summary.examplesPerSecond), `${picture ? 'images' : 'examples'} a second`)}
${tile('Time', duration(summary.seconds), several(summary.epochs, 'epoch'))}
</dl>
${
  input.warnings.length > 0 &&
  html`<aside class="warnings" aria-label="Warnings"><ul>${input.warnings.map((warning) => html`<li>${warning}</li>`)}</ul></aside>`
}
</header>`;
}

function isoDate(date: Date): string {
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
