import { grad } from '../graph/gradient.js';
import * as op from '../graph/ops/index.js';
import { inLayer } from '../graph/shape.js';
import { type DataType, type Tensor, variable } from '../graph/tensor.js';
import { forward, scaleInput } from '../models/network.js';
import { inputSize, type Specification } from '../models/specification.js';
import { createScope } from '../nn/scope.js';
import { encodeLoop, encodeProgram, type Program } from '../onnx/encode.js';
import type { Optimizer } from '../optim/optimizer.js';
import type { Layout } from './layout.js';

/** The names of the state variables of a slot: the parameter itself and what the optimiser keeps for it. */
export function stateName(slot: string, state: string): string {
  return `${slot}#${state}`;
}

export interface TrainingProgramOptions {
  readonly specification: Specification;
  readonly optimizer: Optimizer;
  readonly layout: Layout;
  /** Examples a step, fixed in the program: means become constant factors. */
  readonly batch: number;
  readonly dataType: DataType;
  /** Largest global norm of the gradient; above it the gradient is scaled down (Pascanu et al. 2013). */
  readonly clipNorm?: number;
}

/**
 * The loss that a step reports is taken from this part of its batch (and from at least {@link SAMPLE_MINIMUM} examples):
 * over MNIST's 60,000 that is a mean over 7,500, good to 0.4 % of its value, where all of them would cost a quarter of
 * the step's time.
 */
const SAMPLE_SHARE = 1 / 8;
const SAMPLE_MINIMUM = 32;

/** How many examples of a batch the value of a sampled loss is taken from. */
export function lossSample(batch: number): number {
  return Math.min(batch, Math.max(SAMPLE_MINIMUM, Math.ceil(batch * SAMPLE_SHARE)));
}

/** How many examples of a batch the reported training loss is taken from, where not from all of them. */
export function trainLossSample(
  specification: Specification,
  batch: number,
): { readonly examples: number; readonly batch: number } | undefined {
  const examples = lossSample(batch);
  return specification.loss === 'bce' && examples < batch ? { examples, batch } : undefined;
}

/**
 * One optimisation step as a loop program. Inputs: `steps`; `data` [examples, input size] raw; `indices` int32
 * [steps, batch]; one [steps] row for each of the optimizer's numbers; the state. Outputs: the state; `loss` [steps],
 * the sum of the terms, and `term/<name>` [steps] where there are several.
 */
export function trainingProgram(options: TrainingProgramOptions): Program {
  const { specification, optimizer, layout, batch, dataType, clipNorm } = options;
  const size = inputSize(specification);
  const data = variable('data', ['examples', size], dataType);
  const indices = variable('indices', ['steps', batch], 'int32');
  const iteration = variable('iteration', [], 'int64');
  const numberNames = Object.keys(optimizer.numbers(1, 1));
  const schedules = numberNames.map((name) => variable(`schedule/${name}`, ['steps']));

  const x = inLayer('input', () => scaleInput(specification, op.Gather(data, op.Gather(indices, iteration, 0), 0)));
  const scope = createScope((definition) => layout.parameters.get(definition.name) as Tensor);
  const { terms } = forward(specification, scope, x, lossSample(batch));
  const loss = Object.values(terms).reduce((sum, term) => op.Add(sum, term));

  const gradients = grad(
    loss,
    layout.slots.map((slot) => slot.variable),
  );
  const clipped = clipNorm === undefined ? gradients : inLayer('clip', () => clip(gradients, clipNorm));
  const numbers = Object.fromEntries(
    numberNames.map((name, i) => [name, op.Gather(schedules[i]!, iteration, 0)] as const),
  );
  const carried = layout.slots.flatMap((slot, i) =>
    inLayer(`${optimizer.name}/${slot.name}`, () => {
      const states = Object.fromEntries(
        optimizer.state.map((state) => [state, variable(stateName(slot.name, state), slot.shape)] as const),
      );
      const next = optimizer.update(slot.variable, clipped[i]!, states, numbers, slot.decays);
      return [
        { state: slot.variable, next: next.parameter },
        ...optimizer.state.map((state) => ({ state: states[state]!, next: next.state[state]! })),
      ];
    }),
  );
  return encodeLoop({
    name: 'train',
    captured: [data, indices, ...schedules],
    carried,
    scanned: {
      loss,
      ...(Object.keys(terms).length > 1 &&
        Object.fromEntries(Object.entries(terms).map(([name, term]) => [`term/${name}`, term]))),
    },
    iteration,
  });
}

/** All gradients times min(1, limit / ‖gradients‖). */
function clip(gradients: readonly Tensor[], limit: number): Tensor[] {
  const squares = gradients.map((gradient) => op.ReduceSum(op.Mul(gradient, gradient)));
  const norm = op.Sqrt(squares.reduce((sum, square) => op.Add(sum, square)));
  const factor = op.Min(op.Div(limit, op.Max(norm, 1e-30)), 1);
  return gradients.map((gradient) => op.Mul(gradient, factor));
}

/**
 * Errors of some examples of a block under the current parameters. Inputs: `data`, `rows` int32 [batch], the slots.
 * Outputs, each [batch]: `reconstruction-error` and `squared-error`; and scalars `term/<name>` for what the loss has
 * beside the reconstruction.
 */
export function evaluationProgram(specification: Specification, layout: Layout, dataType: DataType): Program {
  const data = variable('data', ['examples', inputSize(specification)], dataType);
  const rows = variable('rows', ['batch'], 'int32');
  const x = scaleInput(specification, op.Gather(data, rows, 0));
  const scope = createScope((definition) => layout.parameters.get(definition.name) as Tensor);
  const { terms, squaredError, reconstructionError } = forward(specification, scope, x);
  const others = Object.entries(terms).filter(([name]) => name !== 'reconstruction');
  return encodeProgram({
    name: 'evaluate',
    inputs: [data, rows, ...layout.slots.map((slot) => slot.variable)],
    outputs: {
      ...Object.fromEntries(others.map(([name, term]) => [`term/${name}`, term])),
      'reconstruction-error': reconstructionError,
      'squared-error': squaredError,
    },
  });
}
