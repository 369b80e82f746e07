import type { SparsityFigures } from '../../../../analysis/training/sparsity.js';
import { count, figure, percent, roundPercent, several } from '../../../../core/format.js';
import { barChart, rankedBars } from '../../../kit/bars.js';
import { wholeTicks } from '../../../kit/chart.js';
import { type Html, html } from '../../../kit/html.js';
import type { Section } from '../../../kit/page.js';
import type { ReportInput } from '../input.js';
import { histogramBars } from './section.js';

/** What is drawn of each unit: how often it is on, or how active it is on average. */
function perUnit({ mean, active, kept, target }: SparsityFigures) {
  const always = active.every((share) => share > 0.999);
  if (target !== undefined || (always && !kept)) {
    return { values: mean, name: 'mean activity', format: (value: number) => figure(value, 2), level: target };
  }
  const level = kept && kept.asked / mean.length;
  return { values: active, name: 'part of the examples in which it is not 0', format: percent, level };
}

function words(activity: SparsityFigures): Html {
  const { mean, active, dead, inactive, target, kept, examples } = activity;
  const width = mean.length;
  const average = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / width;
  const sentences = [`Over ${several(examples, 'test example')}:`];
  if (kept) {
    const { asked, fewest, most } = kept;
    const exact = fewest === asked && most === asked;
    sentences.push(
      exact
        ? `of the ${count(width)} values of a code exactly ${count(asked)} are kept, in every example.`
        : `of the ${count(width)} values of a code ${count(fewest)} to ${count(most)} are not 0, where ${count(asked)} are kept (a value that is kept may be 0).`,
    );
  } else if (target !== undefined) {
    const got = average(mean);
    sentences.push(
      `the mean activity is ${figure(got)}, ${percent(Math.abs(got / target - 1))} ${got >= target ? 'above' : 'below'} its target of ${String(target)}.`,
    );
  } else {
    const part = average(active);
    sentences.push(
      `${figure(part * width)} of ${count(width)} code values are not 0 in an example (${percent(part)}).`,
    );
  }
  sentences.push(
    `${dead === 0 ? 'No unit is' : dead === 1 ? 'One unit is' : `${count(dead)} units are`} dead (the same value for every example)${
      inactive > dead ? `, ${count(inactive - dead)} more hardly move` : ''
    }.`,
  );
  return html`<p class="lead">${sentences.join(' ')}</p>`;
}

/** How active the units of a sparse code are. */
export function sparsity(input: ReportInput): Section | undefined {
  const { sparsity: activity } = input;
  if (!activity) return undefined;
  const { values, name, format, level } = perUnit(activity);
  const bars = rankedBars(
    [...values],
    (y) => y,
    (y, rank) => `unit ${rank} by use\n${format(y)}`,
  );
  const shares = format === percent;
  const levels = level === undefined ? [] : [{ name: activity.kept ? 'even' : 'target', value: level, color: 'pca' }];
  return {
    id: 'sparsity',
    short: 'Sparsity',
    title: 'How sparse the code is',
    body: html`${words(activity)}
<figure><h3>Each unit<small>, the most used first</small></h3>${barChart({
      label: `Units of the code by ${name}`,
      bars,
      color: 'network',
      unit: 'code units',
      ticks: (most) => wholeTicks(1, bars.length, most),
      levels,
      format,
      ...(shares && { tickText: roundPercent }),
    })}<figcaption>Of each code unit: ${name}.${activity.kept && ' Dashed: all units used equally often.'}${activity.target !== undefined && ' Dashed: the target.'}</figcaption></figure>
<figure><h3>All values${activity.zeros > 0 && html`<small>, but for ${percent(activity.zeros)} that are 0</small>`}</h3>${barChart(
      {
        label: 'Histogram of all code values',
        bars: histogramBars(activity.histogram, 'values'),
        color: 'network',
        unit: 'activity',
        tickText: roundPercent,
        heights: [240, 200],
      },
    )}<figcaption>Part of the ${activity.zeros > 0 ? 'code values that are not 0' : 'code values'} of all these examples, by size.</figcaption></figure>`,
  };
}
