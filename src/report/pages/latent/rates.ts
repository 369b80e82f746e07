import { groupBy } from '../../../core/collections.js';
import { count, figure, listed, percent } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import { type Line, lineChart } from '../../kit/lines.js';
import { colorKey, colorOf, folded, known, lead, tableOf } from '../../kit/parts.js';
import type { InspectedRun, LatentReportInput } from './input.js';

type Rates = NonNullable<InspectedRun['rates']>;

/** A sweep and those of the page's runs that are cells of it. */
interface Swept {
  readonly rates: Rates;
  readonly runs: readonly InspectedRun[];
}

/** Runs of the same sweep share its curve. */
function sweepsOf({ runs }: LatentReportInput): Swept[] {
  const swept = runs.filter(({ rates }) => rates?.kinds.some(({ points }) => points.length > 0));
  return [...groupBy(swept, ({ rates }) => JSON.stringify(rates)).values()].flatMap((group) => {
    const rates = group[0]?.rates;
    return rates ? [{ rates, runs: group }] : [];
  });
}

const isPca = (name: string): boolean => name.toLowerCase() === 'pca';

function curve({ rates: { kinds }, runs }: Swept): Html {
  const widths = [...new Set(kinds.flatMap(({ points }) => points.map(({ code }) => code)))].sort((a, b) => a - b);
  const names = kinds.map(({ name }) => name);
  const others = names.filter((name) => !isPca(name));
  const lines = kinds.map(({ name, points }): Line => {
    const here = runs.filter(({ kind }) => kind === name).map(({ figures }) => figures.width);
    const values = widths.map((width) => points.find(({ code }) => code === width)?.squaredError ?? Number.NaN);
    const color = isPca(name) ? 'pca' : colorOf(others, name);
    return { name, color, values, ...(here.length > 0 && { ringed: here }) };
  });
  const isNamed = kinds.length <= 3 && names.every((name) => name.length < 10);
  const chart = lineChart({
    label: `Squared error against code width, for ${listed(names)}`,
    ...{ x: widths, unit: 'code width', doublings: true, named: isNamed, lines },
  });
  const table = tableOf({
    label: 'Errors by code width',
    head: ['code width', ...names],
    rows: widths.map((width, i) => [
      count(width),
      ...lines.map(({ values }) => known(Number.isNaN(values[i]) ? null : values[i], (error) => figure(error, 4))),
    ]),
  });
  return html`${!isNamed && colorKey(lines)}<figure>${chart}<figcaption>Squared error of a test example against the width of the code. Ringed: the runs of this page.</figcaption></figure>${folded('Every width in numbers', table)}`;
}

/** Where a run stands among the widths of its kind. */
function wordsOf({ kind, figures: { width } }: InspectedRun, { kinds }: Rates): string | false {
  const points = kinds.find(({ name }) => name === kind)?.points.toSorted((a, b) => a.squaredError - b.squaredError);
  const here = points?.find(({ code }) => code === width);
  const best = points?.[0];
  if (!here || !best) return false;
  return here === best
    ? `At ${count(here.code)} ${kind} has the least error of its sweep, ${figure(here.squaredError)}.`
    : `At ${count(here.code)} ${kind} leaves ${figure(here.squaredError)}, which explains ${percent(here.explained)}; its best is ${figure(best.squaredError)} at ${count(best.code)}.`;
}

/** The error against the width of the code, over the sweeps that runs are cells of. */
export function rates(input: LatentReportInput): Html | undefined {
  const sweeps = sweepsOf(input);
  if (sweeps.length === 0) return undefined;
  return html`${sweeps.map((swept) => [lead(...swept.runs.map((run) => wordsOf(run, swept.rates))), curve(swept)])}`;
}
