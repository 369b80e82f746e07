import { createRandom, type Random } from '../../core/random.js';
import { drawLines, placeBetween } from './code-lines.js';
import type { CodeSpace } from './code-space.js';
import type { GapFigures } from './figures.js';
import { type GapReference, type GapReferenceOptions, gapReference, measurePlaces } from './gap-reference.js';
import { codesRoundTrip, figuresOfPlaces, type PlaceOptions } from './place-figures.js';
import { bodyToDrawFrom, codeRegion, drawFromRegion, HELD } from './region.js';

export interface GapOptions extends GapReferenceOptions, PlaceOptions {
  /** Places on lines, and as many in the region. Default 4000. */
  readonly places?: number;
  /** What {@link gapReference} gave for the same codes; without it, it is taken anew. */
  readonly reference?: GapReference;
}

/** Places anywhere on lines between codes; several on each line where there are few codes. */
function onLines(
  { codes, width, positions }: GapReference,
  wanted: number,
  random: Random,
): { readonly places: Float32Array; readonly perLine: number } {
  const lines = drawLines(positions.length, wanted, random);
  const perLine = Math.ceil(wanted / lines.length);
  const places = new Float32Array(lines.length * perLine * width);
  for (const [n, line] of lines.entries()) {
    for (let i = n * perLine; i < (n + 1) * perLine; i++) {
      placeBetween(codes, width, line, random.uniform(), places, i * width);
    }
  }
  return { places, perLine };
}

/**
 * Gaps of a latent space: places between codes that decode to nothing real. Places are drawn on straight lines between
 * pairs of codes and in the codes' region ({@link codeRegion}). A place lies in a gap where decoding and encoding it
 * again misses it by more than all but 1 % of real codes are missed, or where the nearest code is farther than for all
 * but 1 % of real codes. So 1 to 2 % are no more than real codes have. None of it depends on how the codes are turned,
 * moved or scaled as a whole.
 *
 * A space is held against its own codes: where some real codes come back somewhere else entirely, its limits are lenient
 * and little counts as a gap. The medians `roundTrip` and `distance` know no limits; look at both.
 *
 * @param codes [n, width] at least 2
 * @throws GargaloError `bad-input` where there are fewer, or a value is not finite
 */
export async function gapFigures(space: CodeSpace, codes: Float32Array, options: GapOptions): Promise<GapFigures> {
  const { runtime, seed = 0, places = 4000 } = options;
  const reference = options.reference ?? (await gapReference(space, codes, options));
  const lines = onLines(reference, places, createRandom(seed, 'gaps/lines'));
  const region = codeRegion(reference.codes, space.width);
  const body = bodyToDrawFrom(region, seed);
  const inRegion = drawFromRegion(region, body.size, places, createRandom(seed, 'gaps/region'));
  const within = { places: inRegion.farness, codes: region.farness, held: HELD };
  const measured = {
    lines: await measurePlaces(space, reference, lines.places, runtime),
    region: await measurePlaces(space, reference, inRegion.places, runtime),
  };
  return {
    lines: figuresOfPlaces(measured.lines, reference, options, 'gaps/lines', { perUnit: lines.perLine }),
    region: figuresOfPlaces(measured.region, reference, options, 'gaps/region', body.isLarger ? { within } : {}),
    codesRoundTrip: codesRoundTrip(reference, options),
  };
}
