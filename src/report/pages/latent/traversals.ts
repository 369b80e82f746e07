import { count, figure, several } from '../../../core/format.js';
import { examplesFigure, profileKey, type Range } from '../../kit/examples.js';
import { type Html, html } from '../../kit/html.js';
import { folded, lead, swatch } from '../../kit/parts.js';
import type { InspectedRun, LatentReportInput, Traversal } from './input.js';
import { liveUnits } from './live.js';
import { drawnRange, exampleName } from './named.js';
import { runColor } from './spaces.js';

/** Units shown at once, alone and side by side with other runs; the others open. */
const [FIRST, FIRST_BESIDE] = [16, 8];

interface Drawing {
  readonly input: LatentReportInput;
  readonly run: InspectedRun;
  readonly range: Range;
}

function row({ input, run, range }: Drawing, { unit, values, outputs, effect }: Traversal, most: number): Html {
  const [low, high] = [values.at(0) ?? 0, values.at(-1) ?? 0];
  const steps = values.length;
  const color = runColor(input, run);
  const rows = { input, values: outputs, count: steps, columns: steps, range, color };
  const says = `${run.name}, unit ${unit + 1} from ${figure(low, 2)} to ${figure(high, 2)} in ${several(steps, 'step')}, effect ${figure(effect, 2)}`;
  const share = most > 0 ? Math.round((effect / most) * 100) : 0;
  return html`<tr><th scope="row"><span class="unit">unit ${count(unit + 1)} <small>${figure(effect, 2)}</small></span><span class="effect"><i style="width:${share}%"></i></span><small>${figure(low, 2)} … ${figure(high, 2)}</small></th><td>${examplesFigure(rows, { says, isFluid: true })}</td></tr>`;
}

function table(drawing: Drawing, traversals: readonly Traversal[], most: number): Html {
  return html`<table class="units" aria-label="${drawing.run.name}: what each unit does"><tbody>${traversals.map((traversal) => row(drawing, traversal, most))}</tbody></table>`;
}

/** Sliders to move the units oneself; side by side with other runs they open. */
function moved(run: InspectedRun, isAlone: boolean): Html | undefined {
  if (!run.decoder) return undefined;
  return isAlone
    ? liveUnits(run)
    : html`<details class="live"><summary>Move them yourself</summary>${liveUnits(run)}</details>`;
}

function runFigure(drawing: Drawing, isAlone: boolean): Html {
  const sorted = drawing.run.traversals.toSorted((a, b) => b.effect - a.effect);
  const most = sorted[0]?.effect ?? 0;
  const first = isAlone ? FIRST : FIRST_BESIDE;
  const rest = sorted.slice(first);
  return html`<div class="traversal">${!isAlone && html`<h3>${swatch(runColor(drawing.input, drawing.run))}${drawing.run.name}</h3>`}${table(drawing, sorted.slice(0, first), most)}${
    rest.length > 0 && folded(`${several(rest.length, 'more unit')} of less effect`, table(drawing, rest, most))
  }${moved(drawing.run, isAlone)}</div>`;
}

/** What each unit of a code does by itself. */
export function traversals(input: LatentReportInput): Html | undefined {
  const runs = input.runs.filter((run) => run.traversals.length > 0);
  if (runs.length === 0) return undefined;
  const all = runs.flatMap((run) => run.traversals);
  const outputs = all.map((traversal) => traversal.outputs);
  const range = drawnRange(input, outputs);
  const [example, ...others] = [...new Set(all.map((traversal) => traversal.example))];
  const isAlone = runs.length === 1;
  return html`${lead(
    `One unit moves from end to end of what the codes use, all others stay as in the code of ${example !== undefined && others.length === 0 ? exampleName(input, example) : 'an example'}.`,
    'The unit that changes the output most comes first; beside its name stands its effect, the root mean square change of an output value from the first step to the last, below it where it moves.',
  )}${profileKey(input)}
<div class="traversals${!isAlone && ' beside'}">${runs.map((run) => runFigure({ input, run, range }, isAlone))}</div>`;
}
