import type { CodeSpace } from './code-space.js';
import { type ComponentOptions, densityComponents } from './components.js';
import type { DiscretenessFigures } from './figures.js';
import { type JumpOptions, jumpEstimate } from './jumps.js';

/** Equal steps of a line between two codes. */
export const LINE_STEPS = 32;

export interface DiscretenessOptions extends ComponentOptions, Omit<JumpOptions, 'steps'> {}

/**
 * Whether a latent space is islands instead of a continuum: the connected components of its codes at a density level
 * ({@link densityComponents}), and how suddenly the output changes on the way from code to code ({@link jumpEstimate}).
 *
 * @param codes [n, width] at least 2
 * @throws GargaloError `bad-input` where there are fewer, or a value is not finite
 */
export async function discretenessFigures(
  space: CodeSpace,
  codes: Float32Array,
  options: DiscretenessOptions,
): Promise<DiscretenessFigures> {
  return {
    components: await densityComponents(codes, space.width, options),
    jump: await jumpEstimate(space, codes, { ...options, steps: LINE_STEPS }),
    steps: LINE_STEPS,
  };
}
