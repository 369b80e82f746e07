import type { Tensor } from '../graph/tensor.js';
import type { Scope } from '../nn/scope.js';
import type { StepContext } from './context.js';
import { forward, type Pass } from './network.js';
import { layerStages } from './pretraining.js';
import type { Specification } from './specification.js';

/** What an objective makes of a batch. */
export interface ObjectivePass extends Pass {
  /** Figures of each example that people want on the test data, [batch], by name; made when asked for. */
  measures(): Readonly<Record<string, Tensor>>;
}

/**
 * What a training minimises, as an expression.
 *
 * @param x [batch, input size], scaled
 */
export type Objective = (scope: Scope, x: Tensor, context: StepContext) => ObjectivePass;

/** A part of a training: some epochs on one objective, for some of the parameters. */
export interface Stage {
  /** For people: "layer 1 of 3"; undefined for the training of the whole. */
  readonly name?: string;
  readonly epochs: number;
  readonly learningRate: number;
  readonly objective: Objective;
  /** Which of the parameters that the objective asks for follow its gradient; the others stay as they are. */
  readonly trains: (parameter: string) => boolean;
  /** Whether the context needs the examples' classes. */
  readonly labels?: boolean;
}

/** The whole autoencoder: all its terms, and the squared error of what it gives after training, without noise. */
export function autoencoderObjective(specification: Specification): Objective {
  return (scope, x, context) => ({
    ...forward(specification, scope, x, context),
    measures: () => ({ 'squared-error': forward(specification, scope, x).squaredError }),
  });
}

/** The parts that a specification is trained in: layer by layer where it asks for that, then as a whole. */
export function stagesOf(
  specification: Specification,
  options: { readonly epochs: number; readonly learningRate: number },
): Stage[] {
  return [
    ...layerStages(specification),
    { ...options, objective: autoencoderObjective(specification), trains: () => true },
  ];
}
