import { count, figure, listed, moment, several } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import { isoDate, tile } from '../training/sections/head.js';
import type { InspectedRun, LatentReportInput, Verdict } from './input.js';
import { errorMetric, headline, type Metric, written } from './metrics.js';
import { leadersWords, widthGroups } from './spaces.js';

/** What a weakness is called in a sentence. */
export const weaknessNames: Readonly<Record<Verdict['weakness'], string>> = {
  gaps: 'gaps',
  separability: 'separability',
  discreteness: 'discreteness',
};

/** The weakness that counts most, where any does. */
function worstOf({ verdicts }: InspectedRun): Verdict | undefined {
  return verdicts.filter(({ severity }) => severity > 0).toSorted((a, b) => b.severity - a.severity)[0];
}

/** The worst of a run in one sentence; of several the weakness that most of them have, and who has least of it. */
function verdict(input: LatentReportInput): { words: string; outcome: string } {
  const { runs } = input;
  const worst = runs.flatMap((run) => worstOf(run) ?? []);
  const [first] = worst;
  if (!first) return { words: 'None of the three weaknesses shows.', outcome: 'better' };
  if (runs.length === 1) {
    const name = weaknessNames[first.weakness];
    return { words: `Its worst weakness is ${name}. ${first.sentence}`, outcome: first.beside };
  }
  const tally = (weakness: Verdict['weakness']) => worst.filter((one) => one.weakness === weakness).length;
  const most = worst.reduce((a, b) => (tally(b.weakness) > tally(a.weakness) ? b : a)).weakness;
  const all = runs.length === 2 ? 'both' : `all ${count(runs.length)}`;
  const share = tally(most) === runs.length ? all : `${count(tally(most))} of ${count(runs.length)}`;
  const groups = widthGroups(input);
  const metric = headline[most](runs[0]!.figures);
  const who = leadersWords(metric, groups);
  return {
    words: `The worst weakness of ${share} runs is ${weaknessNames[most]}.${who && ` Best by “${metric.name}”: ${who}.`}`,
    outcome: 'same',
  };
}

function runTiles(run: InspectedRun): Html {
  const { figures, pca } = run;
  const tileOf = (metric: Metric, name: string) =>
    tile(name, written(metric, metric.of(figures)?.value), `PCA ${written(metric, metric.of(pca)?.value)}`);
  return html`${tile('Code width', count(figures.width), `${several(figures.shape.activeUnits, 'unit')} active`)}
${tileOf(errorMetric, 'Squared error')}
${tileOf(headline.gaps(), 'On lines, in gaps')}
${tileOf(headline.separability(figures), figures.separability.labelled ? 'Neighbours agree' : 'Clusters apart')}
${tileOf(headline.discreteness(), 'Largest jump')}
${tile('Dimensions filled', figure(figures.shape.intrinsicDimension.value), `PCA ${figure(pca.shape.intrinsicDimension.value)}`)}`;
}

function comparisonTiles(input: LatentReportInput): Html {
  const { runs } = input;
  const widths = widthGroups(input).map(({ width }) => count(width));
  const examples = Math.max(...runs.map(({ figures }) => figures.examples));
  const best = (metric: Metric, name: string) => {
    const sign = metric.better === 'low' ? 1 : -1;
    const known = runs.filter(({ figures }) => Number.isFinite(metric.of(figures)?.value));
    const first = known.toSorted((a, b) => sign * (metric.of(a.figures)!.value - metric.of(b.figures)!.value))[0];
    return first && tile(name, written(metric, metric.of(first.figures)!.value), first.name);
  };
  const isLabelled = runs.some(({ figures }) => figures.separability.labelled);
  return html`${tile('Runs', count(runs.length), `code width ${listed(widths)}, beside PCA`)}
${tile('Examples', count(examples), 'behind the figures')}
${best(headline.gaps(), 'Fewest gaps on lines')}
${best(headline.separability(runs[0]!.figures), isLabelled ? 'Neighbours agree most' : 'Clusters most apart')}
${best(headline.discreteness(), 'Smallest jump')}
${best(errorMetric, 'Least squared error')}`;
}

/** The top of the page. */
export function latentHead(input: LatentReportInput): Html {
  const { title, date, data, runs, command, warnings } = input;
  const { words, outcome } = verdict(input);
  const what =
    runs.length === 1
      ? `latent space of a ${runs[0]!.kind} autoencoder`
      : `latent spaces of ${several(runs.length, 'run')}`;
  return html`<header class="head">
<p class="eyebrow">${what} <span aria-hidden="true">·</span> ${data} <span aria-hidden="true">·</span> <time datetime="${isoDate(date)}">${moment(date)}</time></p>
<h1>${title}</h1>
<p class="verdict ${outcome}">${words}</p>
<dl class="tiles">
${runs.length === 1 ? runTiles(runs[0]!) : comparisonTiles(input)}
</dl>
${warnings.length > 0 && html`<aside class="warnings" aria-label="Warnings"><ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul></aside>`}
<div class="command"><pre tabindex="0"><code>${command}</code></pre><button type="button" data-copy>Copy</button></div>
</header>`;
}
