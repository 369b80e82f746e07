import { count, percent, several } from '../../../core/format.js';
import { type Html, html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import { swatch } from '../../kit/parts.js';
import type { InspectedRun, Kin, LatentReportInput } from './input.js';
import { exampleName, itself, labelOf, valuesOf } from './named.js';
import { runColor } from './spaces.js';
import { drawnRange, drawTray, profileKey } from './tray.js';

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
  return `its class ${count(near.filter((other) => labelOf(input, other) === own).length)}/${count(near.length)}`;
}

function nearRow(input: LatentReportInput, example: number, byValue: readonly number[], row: Row): Html {
  const { name, plain, color, near } = row;
  const own = labelOf(input, example);
  const range = drawnRange(input, [
    valuesOf(
      input,
      [...near, example].filter((i) => i < input.examples.count),
    ) ?? new Float32Array(1),
  ]);
  const values = valuesOf(input, near);
  const shared = near.filter((other) => byValue.includes(other)).length;
  const facts = [
    near !== byValue && `by value ${count(shared)}/${count(near.length)}`,
    sameClass(input, example, near),
  ].filter(Boolean);
  const drawn =
    values && near.length > 0
      ? drawTray({ input, values, count: near.length, columns: near.length, range, color })
      : undefined;
  const says = `${plain}: ${near.map((other) => exampleName(input, other)).join('; ')}`;
  return html`<tr><th scope="row">${name}${facts.map((fact) => html`<small>${fact}</small>`)}</th><td>${
    drawn &&
    html`<svg class="tray" viewBox="0 0 ${drawn.width} ${drawn.height}" style="max-width:${drawn.width}px" role="img" aria-label="${says}">${drawn.markup}</svg>`
  }<ol class="tags" style="--n:${near.length}${drawn && html`;max-width:${drawn.width}px`}"${drawn && html` aria-hidden="true"`}>${near.map(
    (other) => {
      const label = labelOf(input, other);
      return html`<li${label !== own && html` class="other"`} title="${exampleName(input, other)}">${label ?? `#${other}`}</li>`;
    },
  )}</ol></td></tr>`;
}

function block(input: LatentReportInput, example: number, found: readonly { run: InspectedRun; kin: Kin }[]): Html {
  const { byValue } = found[0]!.kin;
  const rows: Row[] = [
    { name: html`<i>by value</i>`, plain: 'Nearest by value', color: 'input', near: byValue },
    ...found.map(({ run, kin }) => ({
      name: input.runs.length > 1 ? html`${swatch(runColor(input, run))}${run.name}` : html`by code`,
      plain: `Nearest by code, ${run.name}`,
      color: runColor(input, run),
      near: kin.byCode,
    })),
  ];
  return html`<div class="kin"><h3>${itself(input, example)}<span>${exampleName(input, example)}</span></h3><table class="units"><tbody>${rows.map((row) => nearRow(input, example, byValue, row))}</tbody></table></div>`;
}

/** How often neighbours by code are neighbours by value too. */
function words(input: LatentReportInput): string {
  const said = input.runs
    .filter(({ kin }) => kin.length > 0)
    .map(({ name, kin }) => {
      const all = kin.reduce((sum, { byCode }) => sum + byCode.length, 0);
      const shared = kin.reduce((sum, one) => sum + one.byCode.filter((i) => one.byValue.includes(i)).length, 0);
      return `${percent(all > 0 ? shared / all : 0)}${input.runs.length > 1 ? ` with ${name}` : ''}`;
    });
  return `Examples beside those whose codes are nearest, and those whose values are nearest, nearest first. Of the neighbours by code here these are neighbours by value too: ${said.join(', ')}.`;
}

/** Who is near whom, by code and by value. */
export function kinSection(input: LatentReportInput): Section | undefined {
  const examples = [...new Set(input.runs.flatMap(({ kin }) => kin.map(({ example }) => example)))];
  if (examples.length === 0) return undefined;
  const blocks = examples.map((example) => {
    const found = input.runs.flatMap((run) =>
      run.kin.filter((kin) => kin.example === example).map((kin) => ({ run, kin })),
    );
    return block(input, example, found);
  });
  const isLabelled = input.labels !== undefined;
  return {
    id: 'kin',
    short: 'Neighbours',
    title: 'Who is near whom',
    body: html`<p class="lead">${words(input)}${isLabelled && ' Below each is its label, underlined where it is another than that of the example.'}</p>
${profileKey(input)}<div class="kins">${blocks.slice(0, FIRST)}</div>${blocks.length > FIRST && html`<details><summary>${several(blocks.length - FIRST, 'more example')}</summary><div class="kins">${blocks.slice(FIRST)}</div></details>`}`,
  };
}
