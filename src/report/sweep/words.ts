import type { PcaErrors } from '../../latent/pca-errors.js';
import type { KindFindings } from '../../tasks/rate-distortion.js';
import { count, factor, figure, percent, several } from '../format.js';
import type { SweptCell } from './input.js';

/** What the widths of a kind tell, a sentence each; without what there is nothing to say of. */
export interface FindingWords {
  /** Where the knee is. */
  readonly enough: string;
  /** What is lost at the smallest width. */
  readonly tooSmall?: string;
  /** What the widths beyond the knee gain. */
  readonly tooLarge?: string;
  /** Where the network is ahead of PCA. */
  readonly pca: string;
}

/** What a doubling takes off the error, from one width to another. */
function perDoubling(from: KindFindings['knee'], to: KindFindings['knee']): number {
  return 1 - (to.squaredError / from.squaredError) ** (1 / Math.log2(to.code / from.code));
}

function enough({ points, knee, best, gains }: KindFindings): string {
  const last = gains.at(-1);
  if (!last)
    return `One width says nothing of where the knee is; at ${several(knee.code, 'number')} the squared error is ${figure(knee.squaredError)}.`;
  if (knee.code === points.at(-1)!.code) {
    return `No width of these is large enough: from ${count(last.from)} to ${several(last.to, 'number')} the squared error still falls by ${percent(last.perDoubling)} a doubling, to ${figure(best.squaredError)}.`;
  }
  const near =
    knee === best
      ? 'where the squared error is the least'
      : `the smallest width whose squared error (${figure(knee.squaredError)}) is within 5\u202f% of the best (${figure(best.squaredError)}, at ${count(best.code)})`;
  return `The knee is at ${several(knee.code, 'number')}, ${near}.`;
}

function tooSmall({ kind, points, knee, best }: KindFindings, cells: readonly SweptCell[]): string | undefined {
  const smallest = points[0]!;
  if (smallest.code === knee.code) return undefined;
  const contrast = cells.find((cell) => cell.kind === kind && cell.code === smallest.code)?.figures?.contrast;
  const ratio = smallest.squaredError / best.squaredError;
  const left =
    contrast == null
      ? ''
      : `, and ${percent(contrast)} of the contrast between neighbouring pixels is left${contrast < 0.8 ? ': blurred' : ''}`;
  return `At ${several(smallest.code, 'number')} the error is ${Number.isFinite(ratio) ? `${factor(ratio)} that at ${count(best.code)}` : figure(smallest.squaredError)}${left}.`;
}

function tooLarge({ points, knee }: KindFindings): string | undefined {
  const largest = points.at(-1)!;
  if (largest.code === knee.code) return undefined;
  const gain = perDoubling(knee, largest);
  const said = gain > 0.0005 ? `takes only ${percent(gain)} off the error` : 'takes nothing off the error';
  return `From ${count(knee.code)} to ${several(largest.code, 'number')} a doubling ${said}: nothing gained.`;
}

function againstPca({ points, aheadOfPca, pcaCatchesUp, kind }: KindFindings, { errors }: PcaErrors): string {
  if (!aheadOfPca) return 'It is ahead of PCA at none of the widths.';
  const first = points[0]!.code;
  if (pcaCatchesUp === null) {
    return aheadOfPca.from === first
      ? `It is ahead of PCA at ${points.length === 1 ? 'this width' : `every width from ${count(first)} to ${count(aheadOfPca.to)}`}.`
      : `It is ahead of PCA from ${count(aheadOfPca.from)} on.`;
  }
  const caught = points.find(({ code }) => code === pcaCatchesUp)!;
  const linear = errors.find(({ width }) => width === pcaCatchesUp)!.squaredError;
  const until =
    aheadOfPca.from === aheadOfPca.to
      ? `at ${count(aheadOfPca.to)}`
      : `from ${count(aheadOfPca.from)} to ${count(aheadOfPca.to)}`;
  const how = linear < 0.98 * caught.squaredError ? 'PCA is better' : 'PCA does as well';
  return `It is ahead of PCA ${until}; at ${count(pcaCatchesUp)} ${how} (${figure(linear)} against ${figure(caught.squaredError)} of ${kind}).`;
}

/** The findings of a kind in words. */
export function findingWords(found: KindFindings, cells: readonly SweptCell[], pca: PcaErrors): FindingWords {
  const small = tooSmall(found, cells);
  const large = tooLarge(found);
  return {
    enough: enough(found),
    ...(small !== undefined && { tooSmall: small }),
    ...(large !== undefined && { tooLarge: large }),
    pca: againstPca(found, pca),
  };
}

/** What a width is, seen from the knee: for the ends of a strip of pictures. */
export function widthRemark({ points, knee }: KindFindings, code: number, pictures: boolean): string {
  if (points.length === 1) return '';
  if (code < knee.code) return pictures ? 'too small: blurred' : 'too small: much is lost';
  if (code === knee.code) return code === points.at(-1)!.code ? 'not yet too large' : 'enough: the knee';
  return 'too large: nothing gained';
}
