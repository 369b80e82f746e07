import { meet } from '../../../analysis/latent/compare.js';
import type { LatentFigures } from '../../../analysis/latent/figures.js';
import { headline, interval, written } from '../../../analysis/latent/metrics.js';
import { percent, several } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import { narrowIntervals } from '../../kit/intervals.js';
import { bandOf, commandBlock, folded, lead, scrolling, standings, swatch } from '../../kit/parts.js';
import type { InspectedRun, LatentReportInput, Verdict } from './input.js';
import { firstFigures, leadersWords, type Space, widthGroups } from './spaces.js';

type Weakness = Verdict['weakness'];

/** What each weakness asks. */
const questions: Readonly<Record<Weakness, { readonly title: string; readonly asks: string }>> = {
  gaps: { title: 'Gaps', asks: 'Do places between codes decode to something real?' },
  separability: { title: 'Separability', asks: 'Do different things get different regions?' },
  discreteness: { title: 'Discreteness', asks: 'Is the space a continuum, or is it islands?' },
};
const order: readonly Weakness[] = ['gaps', 'separability', 'discreteness'];

/** How a run stands beside PCA; the sign is for the eye, the words for everybody. */
function besideMark(beside: Verdict['beside']): Html {
  const [sign, words] = standings[beside];
  return html`<span class="standing ${beside}"><span aria-hidden="true">${sign}</span> ${words} PCA</span>`;
}

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

function card(run: InspectedRun, verdict: Verdict, worst: boolean): Html {
  const { weakness, sentence, beside } = verdict;
  const { title, asks } = questions[weakness];
  const metric = headline[weakness](run.figures);
  const [ours, theirs] = [metric.of(run.figures), metric.of(run.pca)];
  const isApart = ours !== undefined && theirs !== undefined && !meet(ours, theirs);
  const extra = aside(weakness, run.figures);
  const cells = [
    { estimate: ours, isApart, isLeading: true },
    { estimate: theirs, isApart: true },
  ];
  const dots = narrowIntervals({
    bare: true,
    rows: [
      { name: run.kind, color: 'network', isYardstick: false },
      { name: 'PCA', color: 'pca', isYardstick: true },
    ],
    panels: [{ title: metric.name, unit: metric.unit, format: metric.format, cells }],
  });
  return html`<article class="card"><h3>${title}${worst && html` <span class="flag">worst</span>`}</h3><p class="asks">${asks}</p>
<p class="number"><b>${written(metric, ours?.value)}</b> <span>${metric.name}<br><small>${interval(metric, ours)}</small></span></p>
<div class="dots">${dots}</div>
<p class="stands">${besideMark(beside)}${extra && html`<br><small>${extra}</small>`}</p>
<p>${sentence}</p>${mendWords(verdict)}</article>`;
}

/** Whether a weakness of a run is there, and none is worse. */
const isWorst = ({ severity }: Verdict, verdicts: readonly Verdict[]): boolean =>
  severity > 0 && verdicts.every((other) => other.severity <= severity);

function cell(space: Space, weakness: Weakness): Html {
  const metric = headline[weakness](space.figures);
  const estimate = metric.of(space.figures);
  const { verdicts = [] } = space.run ?? {};
  const verdict = verdicts.find((other) => other.weakness === weakness);
  const worst = verdict !== undefined && isWorst(verdict, verdicts);
  const extra = weakness === 'discreteness' ? aside(weakness, space.figures) : '';
  return html`<td${worst && html` class="worst"`}><b>${written(metric, estimate?.value)}</b> <small>${interval(metric, estimate)}</small><br>${verdict && besideMark(verdict.beside)}${extra && html`<small>${verdict && ' · '}${extra}</small>`}${worst && html` <span class="flag">worst</span>`}</td>`;
}

function matrix(input: LatentReportInput): Html {
  const figures = firstFigures(input);
  const head = order.map(
    (weakness) => html`<th scope="col"><b>${questions[weakness].title}</b><br>${headline[weakness](figures).name}</th>`,
  );
  const row = (space: Space): Html =>
    html`<tr${!space.run && html` class="yardstick"`}><th scope="row">${swatch(space.color, !space.run)}${space.name}</th>${order.map((weakness) => cell(space, weakness))}</tr>`;
  const bodies = widthGroups(input).map(({ width, runs, pca }) =>
    bandOf(several(width, 'number'), order.length + 1, [...runs, pca].map(row)),
  );
  return scrolling(
    'The three weaknesses of every run',
    html`<table class="figures weaknesses"><thead><tr><th scope="col">run</th>${head}</tr></thead>${bodies}</table>`,
  );
}

/** Who has least of each weakness, where runs of one width can be compared. */
function least(input: LatentReportInput): Html | undefined {
  const groups = widthGroups(input);
  const said = order.flatMap((weakness) => {
    const metric = headline[weakness](firstFigures(input));
    const words = leadersWords(metric, groups);
    return words ? [html`<li><b>${questions[weakness].title}</b>, best by “${metric.name}”: ${words}.</li>`] : [];
  });
  return said.length > 0 ? html`<ul class="least">${said}</ul>` : undefined;
}

function sentences({ runs }: LatentReportInput): Html {
  const cards = runs.map(({ name, verdicts }) => {
    const said = verdicts.map(
      (verdict) =>
        html`<h4>${questions[verdict.weakness].title} <small>${besideMark(verdict.beside)}</small></h4><p>${verdict.sentence}</p>${mendWords(verdict)}`,
    );
    return html`<article class="card"><h3>${name}</h3>${said}</article>`;
  });
  return folded('Every run in words, and the kind that mends it', html`<div class="cards">${cards}</div>`);
}

/** The trainings that mend what is worst, as commands. */
function offers(runs: LatentReportInput['runs']): Html | false {
  const isAlone = runs.length === 1;
  const offered = runs.flatMap(({ name, offer }) =>
    offer
      ? html`<p class="key">${!isAlone && `${name}: `}train the kind ${offer.kind}, all else as it was:</p>${commandBlock(offer.command)}`
      : [],
  );
  if (offered.length === 0) return false;
  return html`<h3>To mend the worst</h3>${isAlone ? offered : folded('Commands', offered)}`;
}

/** The three weaknesses of autoencoders, as far as these have them. */
export function verdicts(input: LatentReportInput): Html | undefined {
  const { runs } = input;
  const [first] = runs.filter(({ verdicts }) => verdicts.length > 0);
  if (!first) return undefined;
  const isOne = runs.length === 1;
  return html`${lead(
    'Autoencoders are known to be weak in three ways. Each gets a number with its 95\u202f% interval, beside that of PCA at the same code width: better and worse are said only where the two intervals do not meet.',
    !isOne && 'The worst of each run is marked.',
  )}
${
  isOne
    ? html`<div class="cards three">${first.verdicts.map((verdict) => card(first, verdict, isWorst(verdict, first.verdicts)))}</div>`
    : html`${least(input)}${matrix(input)}${sentences(input)}`
}${offers(runs)}`;
}
