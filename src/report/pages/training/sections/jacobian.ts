import { count, figure, roundPercent, several } from '../../../../core/format.js';
import { html } from '../../../kit/html.js';
import { lineChart } from '../../../kit/lines.js';
import type { Section } from '../../../kit/page.js';
import type { ReportInput } from '../input.js';

/** How the code answers to small changes of the input. */
export function jacobian(input: ReportInput): Section | undefined {
  const found = input.jacobian;
  if (!found || found.spectrum.length === 0) return undefined;
  const { spectrumExamples, meanNorm, examples } = found;
  const spectrum = [...found.spectrum];
  const total = spectrum.reduce((sum, value) => sum + value ** 2, 0);
  let sum = 0;
  const most = spectrum.findIndex((value) => {
    sum += value ** 2;
    return sum >= 0.9 * total;
  });
  return {
    id: 'jacobian',
    short: 'Contraction',
    title: 'How the code answers to small changes',
    body: html`<p class="lead">The Jacobian ∂code/∂x says how far the code moves when an example does. Over ${several(examples, 'test example')} its Frobenius norm is ${figure(meanNorm)} on average. Where codes contract, few directions are left that the code follows: ${several(most + 1, 'singular value')} of ${count(spectrum.length)} hold${most === 0 ? 's' : ''} ${roundPercent(0.9)} of the squared norm.</p>
<figure>${lineChart({
      label: `Singular values of the code’s Jacobian, mean over ${several(spectrumExamples, 'test example')}, the largest ${figure(spectrum[0]!)}`,
      x: spectrum.map((_, i) => i + 1),
      unit: 'singular value',
      named: false,
      lines: [{ name: 'mean', color: 'network', values: spectrum }],
    })}<figcaption>Singular values of ∂code/∂x, largest first, each averaged over ${several(spectrumExamples, 'example')}; in units of code per unit of scaled input.</figcaption></figure>`,
  };
}
