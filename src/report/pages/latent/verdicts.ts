import type { LatentFigures } from '../../../analysis/latent/figures.js';
import { percent, several } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import type { InspectedRun, LatentReportInput, Verdict } from './input.js';
import { narrowIntervals } from './intervals.js';
import { headline, interval, type Metric, written } from './metrics.js';
import { leadersWords, meet, type Space, widthGroups } from './spaces.js';

type Weakness = Verdict['weakness'];

/** What each weakness asks. */
const questions: Readonly<Record<Weakness, { readonly title: string; readonly asks: string }>> = {
  gaps: { title: 'Gaps', asks: 'Do places between codes decode to something real?' },
  separability: { title: 'Separability', asks: 'Do different things get different regions?' },
  discreteness: { title: 'Discreteness', asks: 'Is the space a continuum, or is it islands?' },
};
const order: readonly Weakness[] = ['gaps', 'separability', 'discreteness'];

const besideWords = {
  better: { sign: '▲', words: 'better than PCA' },
  same: { sign: '≈', words: 'not apart from PCA' },
  worse: { sign: '▼', words: 'worse than PCA' },
} as const;

/** How a run stands beside PCA; the sign is for the eye, the words for everybody. */
function besideMark(beside: Verdict['beside']): Html {
  const { sign, words } = besideWords[beside];
  return html`<span class="standing ${beside}"><span aria-hidden="true">${sign}</span> ${words}</span>`;
}

const metricOf = (weakness: Weakness, figures: LatentFigures): Metric => headline[weakness](figures);

/** What is counted beside the first figure of a weakness. */
function aside(weakness: Weakness, { separability, discreteness }: LatentFigures): string {
  if (weakness === 'discreteness') return `in ${several(discreteness.components.count, 'island')}`;
  if (weakness === 'separability' && separability.labelled) {
    const { classes, chance } = separability.labelled;
    return `of ${several(classes, 'class', 'classes')}; guessing: ${percent(chance)}`;
  }
  return '';
}

function mendWords({ mend, severity }: Verdict): Html {
  if (!mend)
    return html`<p class="mend"><span>${severity > 0 ? 'No other kind is suggested.' : 'Nothing to mend.'}</span></p>`;
  return html`<p class="mend"><span>Mended by</span> <b>${mend.kind}</b> <small>${mend.socket}</small></p>`;
}

function card(run: InspectedRun, verdict: Verdict, rank: number): Html {
  const { weakness, sentence, beside } = verdict;
  const { title, asks } = questions[weakness];
  const metric = metricOf(weakness, run.figures);
  const estimates = [metric.of(run.figures), metric.of(run.pca)];
  const [ours, theirs] = estimates;
  const extra = aside(weakness, run.figures);
  return html`<article class="card"><h3>${title}${rank === 0 && verdict.severity > 0 && html` <span class="flag">worst</span>`}</h3><p class="asks">${asks}</p>
<p class="number"><b>${written(metric, ours?.value)}</b> <span>${metric.name}<br><small>${interval(metric, ours)}</small></span></p>
<div class="dots">${narrowIntervals({
    bare: true,
    rows: [
      { name: run.kind, color: 'network', isYardstick: false },
      { name: 'PCA', color: 'pca', isYardstick: true },
    ],
    panels: [
      {
        ...{ title: metric.name, unit: metric.unit, format: metric.format },
        estimates,
        apart: [ours !== undefined && theirs !== undefined && !meet(ours, theirs), true],
        leading: [true, false],
      },
    ],
  })}</div>
<p class="stands">${besideMark(beside)}${extra && html`<br><small>${extra}</small>`}</p>
<p>${sentence}</p>${mendWords(verdict)}</article>`;
}

function cell(space: Space, weakness: Weakness): Html {
  const metric = metricOf(weakness, space.figures);
  const estimate = metric.of(space.figures);
  const { verdicts = [] } = space.run ?? {};
  const verdict = verdicts.find((one) => one.weakness === weakness);
  const isWorst =
    verdict !== undefined && verdict.severity > 0 && verdicts.every(({ severity }) => severity <= verdict.severity);
  const extra = weakness === 'discreteness' ? aside(weakness, space.figures) : '';
  return html`<td${isWorst && html` class="worst"`}><b>${written(metric, estimate?.value)}</b> <small>${interval(metric, estimate)}</small><br>${verdict && besideMark(verdict.beside)}${extra && html`<small>${verdict && ' · '}${extra}</small>`}${isWorst && html` <span class="flag">worst</span>`}</td>`;
}

function matrix(input: LatentReportInput): Html {
  const { figures } = input.runs[0]!;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="The three weaknesses of every run"><table class="figures weaknesses">
<thead><tr><th scope="col">run</th>${order.map((weakness) => html`<th scope="col"><b>${questions[weakness].title}</b><br>${metricOf(weakness, figures).name}</th>`)}</tr></thead>
${widthGroups(input).map(
  ({ width, runs, pca }) =>
    html`<tbody><tr class="band"><th scope="rowgroup" colspan="4">${several(width, 'number')}</th></tr>${[
      ...runs,
      pca,
    ].map(
      (space) =>
        html`<tr${!space.run && html` class="yardstick"`}><th scope="row"><span class="swatch${space.run ? '' : ' diamond'}" style="--swatch:var(--${space.color})"></span>${space.name}</th>${order.map((weakness) => cell(space, weakness))}</tr>`,
    )}</tbody>`,
)}</table></div>`;
}

/** Who has least of each weakness, where runs of one width can be compared. */
function least(input: LatentReportInput): Html | undefined {
  const groups = widthGroups(input);
  const said = order.flatMap((weakness) => {
    const metric = metricOf(weakness, input.runs[0]!.figures);
    const words = leadersWords(metric, groups);
    return words ? [html`<li><b>${questions[weakness].title}</b>, best by “${metric.name}”: ${words}.</li>`] : [];
  });
  return said.length > 0 ? html`<ul class="least">${said}</ul>` : undefined;
}

function sentences({ runs }: LatentReportInput): Html {
  return html`<details><summary>Every run in words, and the kind that mends it</summary><div class="cards">${runs.map(
    ({ name, verdicts }) =>
      html`<article class="card"><h3>${name}</h3>${verdicts.map(
        (verdict) =>
          html`<h4>${questions[verdict.weakness].title} <small>${besideMark(verdict.beside)}</small></h4><p>${verdict.sentence}</p>${mendWords(verdict)}`,
      )}</article>`,
  )}</div></details>`;
}

/** The trainings that mend what is worst, as commands. */
function offers(runs: LatentReportInput['runs']): Html | false {
  const offered = runs.flatMap(({ name, offer }) => (offer ? [{ name, ...offer }] : []));
  if (offered.length === 0) return false;
  const one = ({ name, kind, command }: (typeof offered)[number]) =>
    html`<p class="key">${runs.length > 1 && `${name}: `}train the kind ${kind}, all else as it was:</p><div class="command"><pre tabindex="0"><code>${command}</code></pre><button type="button" data-copy>Copy</button></div>`;
  return html`<h3>To mend the worst</h3>${runs.length > 1 ? html`<details><summary>Commands</summary>${offered.map(one)}</details>` : offered.map(one)}`;
}

/** The three weaknesses of autoencoders, as far as these have them. */
export function verdictsSection(input: LatentReportInput): Section | undefined {
  const { runs } = input;
  const judged = runs.filter(({ verdicts }) => verdicts.length > 0);
  if (judged.length === 0) return undefined;
  const [run] = judged;
  const isOne = runs.length === 1;
  return {
    id: 'weaknesses',
    short: 'Weaknesses',
    title: isOne ? 'Three weaknesses' : 'Three weaknesses, run by run',
    body: html`<p class="lead">Autoencoders are known to be weak in three ways. Each gets a number with its 95\u202f% interval, beside that of PCA at the same code width: better and worse are said only where the two intervals do not meet.${!isOne && ' The worst of each run is marked.'}</p>
${
  isOne
    ? html`<div class="cards three">${run!.verdicts.map((verdict) => card(run!, verdict, run!.verdicts.filter((one) => one.severity > verdict.severity).length))}</div>`
    : html`${least(input)}${matrix(input)}${sentences(input)}`
}${offers(runs)}`,
  };
}
