import type { Tensor } from '../graph/tensor.js';

/** Numbers that an optimizer wants at a step, by name: computed in double precision outside of the graph. */
export type StepNumbers = Readonly<Record<string, number>>;

/**
 * An optimizer as pure expressions. For each parameter it keeps `state` tensors of the parameter's shape, all zero at
 * the start.
 */
export interface Optimizer {
  readonly name: string;
  readonly state: readonly string[];
  /** The numbers for step t = 1, 2, … at a learning rate. The names are the same at every step. */
  numbers(step: number, learningRate: number): StepNumbers;
  /**
   * One step for one parameter.
   *
   * @param decays whether weight decay applies to this parameter
   */
  update(
    parameter: Tensor,
    gradient: Tensor,
    state: Readonly<Record<string, Tensor>>,
    numbers: Readonly<Record<string, Tensor>>,
    decays: boolean,
  ): { readonly parameter: Tensor; readonly state: Readonly<Record<string, Tensor>> };
}
