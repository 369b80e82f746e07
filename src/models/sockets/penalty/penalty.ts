import type { Tensor } from '../../../graph/tensor.js';
import type { Scope } from '../../../nn/scope.js';
import type { StepContext } from '../../context.js';
import type { Penalty, Specification } from '../../specification.js';

/** What a penalty sees. */
export interface PenaltySurroundings {
  readonly specification: Specification;
  readonly scope: Scope;
  readonly context: StepContext;
  /** What the encoder saw, [batch, input size]. */
  readonly seen: Tensor;
  /** What it made of that, [batch, width]; a penalty on codes is one on this. */
  readonly code: Tensor;
  /** What the decoder gets, [batch, width]. */
  readonly passed: Tensor;
  /** The encoder on other examples, with the same parameters. */
  readonly encode: (x: Tensor) => Tensor;
}

/** What a penalty adds. */
export interface PenaltyTerms {
  /** Minimised, and part of the loss: scalars, weighted. */
  readonly terms: Readonly<Record<string, Tensor>>;
  /** Minimised too, but an opponent's: not part of the loss that is reported. */
  readonly auxiliary?: Readonly<Record<string, Tensor>>;
}

export type PenaltyBuilder<P extends Penalty> = (penalty: P, surroundings: PenaltySurroundings) => PenaltyTerms;
