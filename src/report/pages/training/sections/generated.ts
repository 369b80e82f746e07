import { several } from '../../../../core/format.js';
import { exampleSize } from '../../../../data/dataset.js';
import { rangeOf, spanOf } from '../../../kit/examples.js';
import { html } from '../../../kit/html.js';
import type { Section } from '../../../kit/page.js';
import { lookOf, picture } from '../../../kit/picture.js';
import { profileFigure } from '../../../kit/profile.js';
import { mosaicOf } from '../../../kit/strip.js';
import type { ReportInput } from '../input.js';

/** Rows of a table are drawn larger than pictures: that many of them. */
const mostProfiles = 12;

/** Examples drawn from the model. */
export function generated(input: ReportInput): Section | undefined {
  const { generated: made } = input;
  if (!made || made.count === 0) return undefined;
  const size = exampleSize(input);
  const look = lookOf(input.shape, input.sequence);
  const shown = look.kind === 'picture' ? made.count : Math.min(made.count, mostProfiles);
  const examples = Array.from({ length: shown }, (_, i) => made.values.subarray(i * size, (i + 1) * size));
  const range = look.kind === 'picture' ? rangeOf(examples) : spanOf(examples);
  return {
    id: 'generated',
    short: 'New examples',
    title: 'Examples that never were',
    body: html`<p class="lead">${several(shown, 'example')} that the decoder makes of ${made.prior}. None is taken from the data.</p>
${
  look.kind === 'picture'
    ? mosaicOf(
        look,
        examples.map((values) => picture(values, look, range)),
        (i) => `Generated example ${i + 1}`,
        true,
      )
    : html`<div class="profiles">${examples.map((values, i) =>
        profileFigure({
          input,
          name: `Generated example ${i + 1}`,
          series: [{ name: 'generated', color: 'network', values, style: 'line' }],
          range,
          caption: html`<b>${i + 1}</b>`,
        }),
      )}</div>`
}`,
  };
}
