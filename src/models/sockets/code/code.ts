import type { Tensor } from '../../../graph/tensor.js';
import type { Activation } from '../../../nn/activations.js';
import type { Scope } from '../../../nn/scope.js';
import type { StepContext } from '../../context.js';
import type { Code } from '../../specification.js';

/** A state that is not trained by gradients, and its value after the step. */
export interface StateUpdate {
  readonly state: Tensor;
  readonly next: Tensor;
}

/** What the bottleneck makes of features. */
export interface CodePass {
  /** [batch, width]: the code as people get it; the same for the same example. */
  readonly code: Tensor;
  /** [batch, width]: what the decoder gets in training, which may be drawn at random. */
  readonly passed: Tensor;
  /** Terms of the loss, scalars, weighted. */
  readonly terms: Readonly<Record<string, Tensor>>;
  readonly updates: readonly StateUpdate[];
  /** Further outputs of the model file, by name, [batch, …]. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** What a code is built with. */
export interface CodeSurroundings {
  readonly scope: Scope;
  /** Empty in inference. */
  readonly context: StepContext;
  /** Number of values in an example: penalties for a whole example are divided by it, as the loss is per element. */
  readonly inputSize: number;
  /** The layer that leads into the code. */
  readonly layer: (name: string, activation: Activation) => Tensor;
}

/** How a code is built. */
export type CodeBuilder<C extends Code> = (code: C, surroundings: CodeSurroundings) => CodePass;
