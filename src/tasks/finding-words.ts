import type { PcaErrors } from '../analysis/latent/pca-errors.js';
import { count, factor, figure, percent, several } from '../core/format.js';
import type { KindFindings } from './rate-distortion.js';
import type { SweptCell } from './sweep-figures.js';

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

/** Pictures with less of their contrast left than this are visibly blurred. */
const SHARP = 0.8;

function enough({ points, knee, best, gains }: KindFindings): string {
  const last = gains.at(-1);
  if (!last) {
    return `One width says nothing of where the knee is; at ${several(knee.code, 'number')} the squared error is ${figure(knee.squaredError)}.`;
  }
  if (knee.code === points.at(-1)!.code) {
    return `No width of these is large enough: from ${count(last.from)} to ${several(last.to, 'number')} the squared error still falls by ${percent(last.perDoubling)} a doubling, to ${figure(best.squaredError)}.`;
  }
  const first = gains[0]!;
  const doubling =
    gains.length > 1
      ? ` A doubling takes ${percent(first.perDoubling)} off the error at first and ${percent(last.perDoubling)} at last.`
      : '';
  const near =
    knee.code === best.code
      ? `where the squared error is the least, ${figure(best.squaredError)}`
      : `which explain ${percent(knee.explained)} of what there is to explain (squared error ${figure(knee.squaredError)}), at least 95\u202f% of the ${percent(best.explained)} at ${count(best.code)} (${figure(best.squaredError)})`;
  return `The knee is at ${several(knee.code, 'number')}, ${near}.${doubling}`;
}

function tooSmall({ kind, points, knee }: KindFindings, cells: readonly SweptCell[]): string | undefined {
  const smallest = points[0]!;
  if (smallest.code === knee.code) return undefined;
  const contrast = cells.find((cell) => cell.kind === kind && cell.code === smallest.code)?.figures?.contrast;
  const ratio = smallest.squaredError / knee.squaredError;
  const error = Number.isFinite(ratio)
    ? `the error is ${factor(ratio)} that at the knee`
    : `the error is ${figure(smallest.squaredError)}`;
  const left =
    contrast == null
      ? `${percent(1 - smallest.explained)} of the variance is lost`
      : `${percent(contrast)} of the contrast between neighbouring pixels is left${contrast < SHARP ? ': blurred' : ''}`;
  return `At ${several(smallest.code, 'number')} ${error}, and ${left}.`;
}

function tooLarge({ points, knee }: KindFindings): string | undefined {
  const largest = points.at(-1)!;
  if (largest.code === knee.code) return undefined;
  const gained = largest.explained - knee.explained;
  const width = `${factor(largest.code / knee.code)} the numbers`;
  return gained > 0.0005
    ? `From ${count(knee.code)} to ${several(largest.code, 'number')}, ${width}, only ${percent(gained)} of the variance is gained.`
    : `From ${count(knee.code)} to ${several(largest.code, 'number')}, ${width}, nothing is gained.`;
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
export function widthRemark({ points, knee }: KindFindings, code: number, contrast: number | null | undefined): string {
  if (points.length === 1) return '';
  if (code < knee.code) return contrast != null && contrast < SHARP ? 'too small: blurred' : 'too small: much is lost';
  const last = points.at(-1)!;
  if (code === knee.code) return code === last.code ? 'not yet too large' : 'enough: the knee';
  const gained = points.find((point) => point.code === code)!.explained - knee.explained;
  return gained > 0.01 ? 'too large: little gained' : 'too large: nothing gained';
}
