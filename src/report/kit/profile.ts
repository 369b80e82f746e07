import * as Plot from '@observablehq/plot';
import { badInput } from '../../core/errors.js';
import { count, figure } from '../../core/format.js';
import { exampleSize } from '../../data/dataset.js';
import { draw, finish, type Stop, thin } from './chart.js';
import { linesOf } from './example-lines.js';
import type { Range, Shaped } from './examples.js';
import { type Html, html } from './html.js';
import { shortened } from './names.js';

/** Up to so many columns of a table are dots; more are a line, which for few columns would suggest an order. */
const mostDots = 24;
/** Columns of a window that are drawn, each in a panel of its own. */
const mostPanels = 4;

/** The values of an example, or of what became of it. */
export interface Series {
  readonly name: string;
  /** The name of its colour in the style sheet. */
  readonly color: string;
  readonly values: ArrayLike<number>;
  /** A line to compare with lies wide and pale behind the others; as dots, rings. */
  readonly style: 'behind' | 'line' | 'other';
}

/** An example drawn as a profile over its columns, or over time. */
export interface Profile {
  readonly input: Shaped;
  /** What is drawn, in words. */
  readonly name: string;
  readonly series: readonly Series[];
  /** The ends of y. */
  readonly range: Range;
  readonly caption: Html;
}

/** One series as a line, or as dots. */
function seriesMark({ values, color, style }: Series, dots: boolean): Plot.Markish {
  const points = Array.from(values, (y, x) => ({ x, y }));
  const stroke = `var(--${color})`;
  const isBehind = style === 'behind';
  if (!dots) {
    return Plot.lineY(points, {
      ...{ x: 'x', y: 'y', stroke, strokeWidth: isBehind ? 3 : 1.4, strokeOpacity: isBehind ? 0.5 : 1 },
    });
  }
  return Plot.dot(points, {
    ...{ x: 'x', y: 'y', r: isBehind ? 5 : 3, symbol: style === 'other' ? 'diamond' : 'circle', stroke },
    ...(!isBehind && { fill: stroke }),
  });
}

/** One drawing of an example, or of a column of it. */
interface Panel {
  readonly name: string;
  /** Written in it, where there are several. */
  readonly title?: string;
  readonly nameOf: (i: number) => string;
  readonly series: readonly Series[];
  readonly height?: number;
  readonly dots: boolean;
}

function panel({ name: label, title, nameOf, series, height = 150, dots }: Panel, range: Range): Html {
  const places = Array.from(series[0]?.values ?? [], (_, i) => i);
  const drawing = draw({
    ...{ width: 300, height, margins: [8, 8, 10, 34] },
    x: { domain: [-0.5, places.length - 0.5], axis: null },
    y: { domain: [...range], ticks: 4, label: null, nice: true, tickSize: 0 },
    marks: [
      Plot.gridY({ ticks: 4, stroke: 'var(--line)', strokeOpacity: 1 }),
      ...(dots ? [Plot.ruleX(places, { stroke: 'var(--line)' })] : []),
      ...series.map((row) => seriesMark(row, dots)),
      ...(title === undefined ? [] : [Plot.text([title], { frameAnchor: 'top-right', fill: 'var(--muted)', dy: -6 })]),
    ],
  });
  const stops = thin(places, 200).map((i): Stop => {
    const said = series.map(({ name, values }) => `${name} ${figure(values[i] ?? Number.NaN)}`);
    return [i, `${nameOf(i)}\n${said.join('\n')}`];
  });
  return finish(drawing, { label, stops });
}

/** The columns of a window, each over time; the first few where there are many. */
function windowPanels({ input, name, series }: Profile, size: number): Panel[] {
  const steps = input.shape[0] ?? 1;
  const features = size / steps;
  const shown = Math.min(features, mostPanels);
  return Array.from({ length: shown }, (_, feature) => {
    const column = input.columns?.[feature] ?? `column ${feature + 1}`;
    return {
      name: `${name}: ${column} over time`,
      ...(shown > 1 && { title: shortened(column, 24), height: 96 }),
      nameOf: (i) => `${features > 1 ? `${column}, ` : ''}step ${count(i + 1)}`,
      series: series.map((row) => ({ ...row, values: linesOf(row.values, steps, mostPanels)[feature] ?? [] })),
      dots: false,
    };
  });
}

/** Draws an example and what became of it. */
export function profileFigure(profile: Profile): Html {
  const { input, name, series, range, caption } = profile;
  const size = exampleSize(input);
  for (const { values } of series) {
    if (values.length !== size) throw badInput('report', `expected examples of ${size} values, got ${values.length}`);
  }
  const nameOf = (i: number) => input.columns?.[i] ?? `value ${count(i)}`;
  const panels = input.sequence ? windowPanels(profile, size) : [{ name, nameOf, series, dots: size <= mostDots }];
  return html`<figure class="profile">${panels.map((drawn) => panel(drawn, range))}
<figcaption>${caption}</figcaption></figure>`;
}
