import { count, duration, figure, several } from '../../../core/format.js';
import { html } from '../../kit/html.js';
import type { Section } from '../../kit/page.js';
import type { SweepReportInput } from './input.js';

/** Every training in numbers. */
export function cellsTable({ cells }: SweepReportInput): Section {
  const failed = cells.filter(({ status }) => status === 'failed');
  return {
    id: 'trainings',
    short: 'Trainings',
    title: 'Every training',
    body: html`<p class="lead">${several(cells.length, 'training')}, each in a folder of its own name with its model, checkpoint and metrics.${
      failed.length > 0 && ` ${several(failed.length, 'training')} failed.`
    }</p>
<div class="scroll" tabindex="0" role="group" aria-label="Trainings"><table class="figures">
<thead><tr>${['training', 'parameters', 'epochs', 'train loss', 'test loss', 'squared error', 'time'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${cells.map(({ name, figures, problem, status }) =>
      figures
        ? html`<tr><th scope="row">${name}</th><td>${count(figures.parameters)}</td><td>${count(figures.epochs)}</td><td>${figures.trainLoss === null ? '–' : figure(figures.trainLoss, 4)}</td><td>${figure(figures.testLoss, 4)}</td><td>${figure(figures.testSquaredError, 4)}</td><td>${duration(figures.seconds)}</td></tr>`
        : html`<tr><th scope="row">${name}</th><td colspan="6" style="text-align:left">${problem ?? status}</td></tr>`,
    )}</tbody></table></div>`,
  };
}
