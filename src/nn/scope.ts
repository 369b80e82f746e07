import { inLayer } from '../graph/shape.js';
import type { Tensor } from '../graph/tensor.js';
import type { Initializer } from './initializers.js';

/** A trained tensor as a layer asks for it. */
export interface ParameterDefinition {
  /** Path-like and unique: "encoder/0/weight". */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Whether weight decay applies: to weights, not to biases. */
  readonly decays: boolean;
}

/** The place a layer is built in: it names parameters, and hands out their tensors. */
export interface Scope {
  /** The tensor of a parameter; asking twice for a name gives the same one (tied weights). */
  parameter(name: string, shape: readonly number[], initializer: Initializer): Tensor;
  /** Builds within a named part: parameter names and error messages get the name in front. */
  within<T>(name: string, build: (scope: Scope) => T): T;
}

/**
 * Makes a root scope.
 *
 * @param resolve gives the tensor of a parameter; called once a name
 */
export function createScope(resolve: (definition: ParameterDefinition) => Tensor): Scope {
  const tensors = new Map<string, Tensor>();
  const at = (path: string): Scope => ({
    parameter(name, shape, initializer) {
      const full = path + name;
      let tensor = tensors.get(full);
      if (!tensor) {
        tensor = resolve({ name: full, shape, initializer, decays: !name.endsWith('bias') });
        tensors.set(full, tensor);
      }
      return tensor;
    },
    within: (name, build) => inLayer(name, () => build(at(`${path}${name}/`))),
  });
  return at('');
}
