import { inLayer } from '../graph/shape.js';
import type { Tensor } from '../graph/tensor.js';
import type { Initializer } from './initializers.js';

/** A tensor that a layer keeps from step to step. */
export interface ParameterDefinition {
  /** Path-like and unique: "encoder/0/weight". */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** Whether weight decay applies: to weights, not to biases. */
  readonly decays: boolean;
  /** Whether it follows the gradient; what does not has updates of its own, as running means have. */
  readonly trained: boolean;
}

/** A parameter that was asked for. */
export interface AskedParameter {
  readonly definition: ParameterDefinition;
  readonly tensor: Tensor;
}

/** The place a layer is built in: it names parameters, and hands out their tensors. */
export interface Scope {
  /**
   * The tensor of a parameter; asking twice for a name gives the same one (tied weights).
   *
   * @param decays whether weight decay applies; default: unless it is a bias
   */
  parameter(name: string, shape: readonly number[], initializer: Initializer, decays?: boolean): Tensor;
  /** The tensor of a state that does not follow the gradient. */
  state(name: string, shape: readonly number[], initializer: Initializer): Tensor;
  /** Builds within a named part: parameter names and error messages get the name in front. */
  within<T>(name: string, build: (scope: Scope) => T): T;
  /** The same place with something done to each tensor that is handed out. */
  map(change: (tensor: Tensor) => Tensor): Scope;
  /** Everything that was asked for so far, anywhere. */
  asked(): Iterable<AskedParameter>;
}

/**
 * Makes a root scope.
 *
 * @param resolve gives the tensor of a parameter; called once a name
 */
export function createScope(resolve: (definition: ParameterDefinition) => Tensor): Scope {
  const known = new Map<string, AskedParameter>();
  const at = (path: string, change: (tensor: Tensor) => Tensor): Scope => {
    const ask = (name: string, definition: Omit<ParameterDefinition, 'name'>): Tensor => {
      const full = path + name;
      let found = known.get(full);
      if (!found) {
        const named = { name: full, ...definition };
        found = { definition: named, tensor: resolve(named) };
        known.set(full, found);
      }
      return change(found.tensor);
    };
    return {
      parameter: (name, shape, initializer, decays = !name.endsWith('bias')) =>
        ask(name, { shape, initializer, decays, trained: true }),
      state: (name, shape, initializer) => ask(name, { shape, initializer, decays: false, trained: false }),
      within: (name, build) => inLayer(name, () => build(at(`${path}${name}/`, change))),
      map: (further) => at(path, (tensor) => further(change(tensor))),
      asked: () => known.values(),
    };
  };
  return at('', (tensor) => tensor);
}
