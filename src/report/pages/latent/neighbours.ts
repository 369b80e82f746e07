import { percent, several } from '../../../core/format.js';
import { round } from '../../kit/chart.js';
import { cellOf, examplesFigure, profileKey } from '../../kit/examples.js';
import { type Html, html } from '../../kit/html.js';
import { folded, lead, swatch } from '../../kit/parts.js';
import type { InspectedRun, LatentReportInput } from './input.js';
import { drawnRange, exampleName, itself, labelOf, valuesOf } from './named.js';
import { runColor } from './spaces.js';

/** Examples that are shown at once; the others open. */
const FIRST = 4;

interface Row {
  readonly name: Html;
  /** The same in words. */
  readonly plain: string;
  readonly color: string;
  readonly near: readonly number[];
}

/** The part of the neighbours with the class of the example, where there are classes. */
function sameClass(input: LatentReportInput, example: number, near: readonly number[]): string {
  const own = labelOf(input, example);
  if (own === undefined) return '';
  return `its class ${near.filter((other) => labelOf(input, other) === own).length}/${near.length}`;
}

function nearRow(input: LatentReportInput, example: number, byValue: readonly number[], row: Row): Html {
  const { name, plain, color, near } = row;
  const own = labelOf(input, example);
  const count = near.length;
  const shared = near.filter((other) => byValue.includes(other)).length;
  const facts = [near !== byValue && `by value ${shared}/${count}`, sameClass(input, example, near)].filter(Boolean);
  const values = count > 0 ? valuesOf(input, near) : undefined;
  const range = drawnRange(input, [valuesOf(input, [...near, example]) ?? values ?? new Float32Array(1)]);
  const says = `${plain}: ${near.map((other) => exampleName(input, other)).join('; ')}`;
  const drawn = values && examplesFigure({ input, values, count, columns: count, range, color }, { says });
  const tags = near.map((other) => {
    const label = labelOf(input, other);
    return html`<li${label !== own && html` class="other"`} title="${exampleName(input, other)}">${label ?? `#${other}`}</li>`;
  });
  return html`<tr><th scope="row">${name}${facts.map((fact) => html`<small>${fact}</small>`)}</th><td>${drawn}<ol class="tags" style="--n:${count}${drawn && `;max-width:${round(count * cellOf(input).width)}px`}"${drawn && html` aria-hidden="true"`}>${tags}</ol></td></tr>`;
}

function block(input: LatentReportInput, example: number): Html {
  const known = input.runs.flatMap((run) =>
    run.kin.filter((kin) => kin.example === example).map((kin) => ({ ...kin, run, color: runColor(input, run) })),
  );
  const byValue = known[0]?.byValue ?? [];
  const isAlone = input.runs.length === 1;
  const rows: Row[] = [
    { name: html`<i>by value</i>`, plain: 'Nearest by value', color: 'input', near: byValue },
    ...known.map(({ run, color, byCode: near }) => ({
      name: isAlone ? html`by code` : html`${swatch(color)}${run.name}`,
      ...{ plain: `Nearest by code, ${run.name}`, color, near },
    })),
  ];
  return html`<div class="kin"><h3>${itself(input, example)}<span>${exampleName(input, example)}</span></h3><table class="units"><tbody>${rows.map((row) => nearRow(input, example, byValue, row))}</tbody></table></div>`;
}

/** How often neighbours by code are neighbours by value too. */
function sharedOf({ name, kin }: InspectedRun, isAlone: boolean): string {
  const all = kin.reduce((sum, { byCode }) => sum + byCode.length, 0);
  const shared = kin.reduce((sum, { byCode, byValue }) => sum + byCode.filter((i) => byValue.includes(i)).length, 0);
  return `${percent(shared / (all || 1))}${isAlone ? '' : ` with ${name}`}`;
}

/** Who is near whom, by code and by value. */
export function neighbours(input: LatentReportInput): Html | undefined {
  const runs = input.runs.filter(({ kin }) => kin.length > 0);
  if (runs.length === 0) return undefined;
  const examples = [...new Set(runs.flatMap(({ kin }) => kin.map(({ example }) => example)))];
  const shared = runs.map((run) => sharedOf(run, input.runs.length === 1)).join(', ');
  const blocks = examples.map((example) => block(input, example));
  const more = blocks.slice(FIRST);
  return html`${lead(
    `Examples beside those whose codes are nearest, and those whose values are nearest, nearest first. Of the neighbours by code here these are neighbours by value too: ${shared}.`,
    input.labels && 'Below each is its label, underlined where it is another than that of the example.',
  )}
${profileKey(input)}<div class="kins">${blocks.slice(0, FIRST)}</div>${
    more.length > 0 && folded(several(more.length, 'more example'), html`<div class="kins">${more}</div>`)
  }`;
}
