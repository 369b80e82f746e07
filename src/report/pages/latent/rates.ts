import { count, figure, listed, percent } from '../../../core/format.js';
import type { RatePoint } from '../../../tasks/rate-distortion.js';
import { type Html, html } from '../../kit/html.js';
import { type Line, lineChart } from '../../kit/lines.js';
import { colorKey, colorOf, folded, known, tableOf } from '../../kit/parts.js';
import type { InspectedRun, LatentReportInput } from './input.js';

type Rates = NonNullable<InspectedRun['rates']>;

/** A sweep and those of the page's runs that are cells of it. */
interface Swept {
  readonly rates: Rates;
  readonly runs: readonly InspectedRun[];
}

/** Runs of the same sweep share its curve. */
function sweepsOf({ runs }: LatentReportInput): Swept[] {
  const sweeps = new Map<string, { rates: Rates; runs: InspectedRun[] }>();
  for (const run of runs) {
    if (!run.rates || run.rates.kinds.every(({ points }) => points.length === 0)) continue;
    const key = JSON.stringify(run.rates);
    const known = sweeps.get(key);
    if (known) known.runs.push(run);
    else sweeps.set(key, { rates: run.rates, runs: [run] });
  }
  return [...sweeps.values()];
}

const isPca = (name: string): boolean => name.toLowerCase() === 'pca';

function curve({ rates: { kinds }, runs }: Swept): Html {
  const widths = [...new Set(kinds.flatMap(({ points }) => points.map(({ code }) => code)))].sort((a, b) => a - b);
  const names = kinds.map(({ name }) => name).filter((name) => !isPca(name));
  const color = (name: string): string => (isPca(name) ? 'pca' : colorOf(names, name));
  const lines = kinds.map(({ name, points }): Line => {
    const here = runs.filter(({ kind }) => kind === name).map(({ figures }) => figures.width);
    return {
      name,
      color: color(name),
      values: widths.map((width) => points.find(({ code }) => code === width)?.squaredError ?? Number.NaN),
      ...(here.length > 0 && { ringed: here }),
    };
  });
  const label = `Squared error against code width, for ${listed(kinds.map(({ name }) => name))}`;
  const isNamed = kinds.length <= 3 && kinds.every(({ name }) => name.length < 10);
  return html`${!isNamed && colorKey(kinds.map(({ name }) => ({ name, color: color(name) })))}<figure>${lineChart({ label, x: widths, unit: 'code width', doublings: true, named: isNamed, lines })}<figcaption>Squared error of a test example against the width of the code. Ringed: the runs of this page.</figcaption></figure>${table(kinds, widths)}`;
}

function table(kinds: Rates['kinds'], widths: readonly number[]): Html {
  const errors = tableOf({
    label: 'Errors by code width',
    head: ['code width', ...kinds.map(({ name }) => name)],
    rows: widths.map((width) => [
      count(width),
      ...kinds.map(({ points }) => {
        const point = points.find(({ code }) => code === width);
        return known(point, ({ squaredError }) => figure(squaredError, 4));
      }),
    ]),
  });
  return folded('Every width in numbers', errors);
}

function words({ rates: { kinds }, runs }: Swept): string {
  return runs
    .flatMap((run) => {
      const points = kinds.find(({ name }) => name === run.kind)?.points ?? [];
      const here = points.find(({ code }) => code === run.figures.width);
      const best = points.reduce<RatePoint | undefined>(
        (a, b) => (a && a.squaredError <= b.squaredError ? a : b),
        undefined,
      );
      if (!here || !best) return [];
      if (here === best)
        return [`At ${count(here.code)} ${run.kind} has the least error of its sweep, ${figure(here.squaredError)}.`];
      return [
        `At ${count(here.code)} ${run.kind} leaves ${figure(here.squaredError)}, which explains ${percent(here.explained)}; its best is ${figure(best.squaredError)} at ${count(best.code)}.`,
      ];
    })
    .join(' ');
}

/** The error against the width of the code, over the sweeps that runs are cells of. */
export function rates(input: LatentReportInput): Html | undefined {
  const sweeps = sweepsOf(input);
  if (sweeps.length === 0) return undefined;
  return html`${sweeps.map((swept) => html`<p class="lead">${words(swept)}</p>${curve(swept)}`)}`;
}
