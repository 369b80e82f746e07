import { entryOf, fieldOf, zip } from '../core/collections.js';
import { grad } from '../graph/gradient.js';
import * as op from '../graph/ops/index.js';
import { inLayer } from '../graph/shape.js';
import { constant, type DataType, type Tensor, variable } from '../graph/tensor.js';
import type { StepContext } from '../models/context.js';
import { scaleInput } from '../models/network.js';
import type { ObjectivePass, Stage } from '../models/objective.js';
import { inputSize, type Specification } from '../models/specification.js';
import { createScope } from '../nn/scope.js';
import { encodeLoop, encodeProgram, type Program } from '../onnx/encode.js';
import type { Optimizer } from '../optim/optimizer.js';
import type { Layout, Slot } from './layout.js';
import { type NoiseSource, noiseSource } from './noise.js';

/** The names of the state variables of a slot: the parameter itself and what the optimiser keeps for it. */
export function stateName(slot: string, state: string): string {
  return `${slot}#${state}`;
}

/** What every program of a training is made of. */
export interface ProgramContext {
  /** What the examples are; everything else comes from the stage's objective. */
  readonly specification: Pick<Specification, 'input'>;
  readonly stage: Stage;
  readonly layout: Layout;
  /** Rows of the data that make an example, one after another: the length of a window; default 1. */
  readonly window?: number;
  /** Examples at a time, fixed in the program: means become constant factors. */
  readonly batch: number;
  readonly dataType: DataType;
}

export interface TrainingProgramOptions extends ProgramContext {
  readonly optimizer: Optimizer;
  /** Threads that will share the work; default 1. */
  readonly threads?: number;
  /** Largest global norm of the gradient; above it the gradient is scaled down (Pascanu et al. 2013). */
  readonly clipNorm?: number;
}

/** A program, and the rows of the noise bank that each of its requests reads. */
export interface NoisyProgram {
  readonly program: Program;
  readonly noise: ReadonlyMap<string, number>;
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

/** The rest of a program's context: everything but the examples themselves. */
interface Surroundings {
  readonly context: StepContext;
  readonly source: NoiseSource;
  /** Inputs of the program that were asked for. */
  readonly inputs: () => Tensor<'Variable'>[];
}

/** Labels and epoch become inputs where the objective asks for them. */
function surroundings(
  { stage }: ProgramContext,
  rows: Tensor,
  { iteration, sample }: { readonly iteration?: Tensor; readonly sample?: number } = {},
): Surroundings {
  const source = noiseSource(iteration);
  const labels = variable('labels', ['rows'], 'int32');
  const epochs = variable('epochs', ['steps']);
  let usesEpochs = false;
  const context: StepContext = {
    noise: source.draw,
    ...(sample !== undefined && { sample }),
    ...(stage.labels && { labels: op.Gather(labels, rows, 0) }),
    // Only a step in a loop has an epoch: a test is made as if training were over.
    get epoch(): Tensor {
      usesEpochs = iteration !== undefined;
      return (iteration && op.Gather(epochs, iteration, 0)) as Tensor;
    },
  };
  return {
    context,
    source,
    inputs: () => [
      ...(stage.labels ? [labels] : []),
      ...(usesEpochs ? [epochs] : []),
      ...(source.starts.size > 0 ? [source.bank] : []),
      ...[...source.starts.values()].map((start) => start.variable),
    ],
  };
}

function passOf({ stage, layout }: ProgramContext, x: Tensor, context: StepContext): ObjectivePass {
  const scope = createScope((definition) => entryOf(layout.parameters, definition.name));
  return stage.objective(scope, x, context);
}

/** The data of a block, [rows, row size] raw. */
function dataVariable({ specification, dataType, window = 1 }: ProgramContext): Tensor<'Variable'> {
  return variable('data', ['rows', inputSize(specification) / window], dataType);
}

/** The examples that start at some rows, [batch, input size], scaled: windows are cut here. */
function examplesAt(data: Tensor, rows: Tensor, { specification, batch, window = 1 }: ProgramContext): Tensor {
  if (window === 1) return scaleInput(specification, op.Gather(data, rows, 0));
  const steps = constant(
    Array.from({ length: window }, (_, step) => step),
    [1, window],
    'int32',
  );
  const all = op.Add(op.Reshape(rows, [batch, 1]), steps);
  return scaleInput(specification, op.Reshape(op.Gather(data, all, 0), [batch, inputSize(specification)]));
}

const needs = ({ starts }: NoiseSource): Map<string, number> =>
  new Map([...starts].map(([name, { rows }]) => [name, rows]));

const sum = (terms: readonly Tensor[]): Tensor => terms.reduce((total, term) => op.Add(total, term));

/**
 * One optimisation step as a loop program. Inputs: `steps`; `data` [rows, row size] raw; `indices` int32
 * [steps, batch], the rows where examples start; one [steps] row for each of the optimizer's numbers; the state; and, where the objective asks for
 * them, `labels` [rows], `epochs` [steps], the `noise` bank and where each request reads it. Outputs: the state;
 * `loss` [steps], the sum of the terms; `term/<name>` [steps] where there are several.
 */
export function trainingProgram(options: TrainingProgramOptions): NoisyProgram {
  const { optimizer, layout, batch, clipNorm, threads } = options;
  const data = dataVariable(options);
  const indices = variable('indices', ['steps', batch], 'int32');
  const iteration = variable('iteration', [], 'int64');
  const numberNames = Object.keys(optimizer.numbers(1, 1));
  const schedules = numberNames.map((name) => variable(`schedule/${name}`, ['steps']));

  const rows = op.Gather(indices, iteration, 0);
  const x = inLayer('input', () => examplesAt(data, rows, options));
  const around = surroundings(options, rows, { iteration, sample: lossSample(batch) });
  const { terms, auxiliary, updates } = passOf(options, x, around.context);
  const loss = sum(Object.values(terms));
  const others = Object.values(auxiliary);

  const gradients = grad(
    sum([loss, ...others]),
    layout.slots.map((slot) => slot.variable),
  );
  const clipped = clipNorm === undefined ? gradients : inLayer('clip', () => clip(gradients, clipNorm));
  const numbers = Object.fromEntries(
    zip(numberNames, schedules).map(([name, schedule]) => [name, op.Gather(schedule, iteration, 0)] as const),
  );
  const followed = zip(layout.slots, clipped).flatMap(([slot, gradient]) =>
    inLayer(`${optimizer.name}/${slot.name}`, () => {
      const states = Object.fromEntries(
        optimizer.state.map((state) => [state, variable(stateName(slot.name, state), slot.shape)] as const),
      );
      const next = optimizer.update(slot.variable, gradient, states, numbers, slot.decays);
      return [
        { state: slot.variable, next: next.parameter },
        ...optimizer.state.map((state) => ({ state: fieldOf(states, state), next: fieldOf(next.state, state) })),
      ];
    }),
  );
  const updateOf = ({ variable: state }: Slot) => updates.find((update) => update.state === state);
  const moving = layout.kept.flatMap((slot) => {
    const update = updateOf(slot);
    return update ? [{ state: slot.variable, next: update.next }] : [];
  });
  const still = layout.kept.filter((slot) => !updateOf(slot)).map((slot) => slot.variable);
  const all = { ...terms, ...auxiliary };
  const program = encodeLoop({
    name: 'train',
    captured: [data, indices, ...schedules, ...still, ...around.inputs()],
    carried: [...followed, ...moving],
    scanned: {
      loss,
      ...(Object.keys(all).length > 1 &&
        Object.fromEntries(Object.entries(all).map(([name, term]) => [`term/${name}`, term]))),
    },
    iteration,
    ...(threads !== undefined && { threads }),
  });
  return { program, noise: needs(around.source) };
}

/** √Σ g² over several tensors. */
function globalNorm(gradients: readonly Tensor[]): Tensor {
  return op.Sqrt(sum(gradients.map((gradient) => op.ReduceSum(op.Mul(gradient, gradient)))));
}

/** All gradients times min(1, limit / ‖gradients‖). */
function clip(gradients: readonly Tensor[], limit: number): Tensor[] {
  const factor = op.Min(op.Div(limit, op.Max(globalNorm(gradients), 1e-30)), 1);
  return gradients.map((gradient) => op.Mul(gradient, factor));
}

/** Inputs `data` and `rows` int32 [batch], where examples start, and what the objective makes of those rows. */
function testPass(options: ProgramContext) {
  const { batch, layout } = options;
  const data = dataVariable(options);
  const rows = variable('rows', [batch], 'int32');
  const x = examplesAt(data, rows, options);
  const around = surroundings(options, rows);
  const pass = passOf(options, x, around.context);
  const encoded = (name: string, outputs: Readonly<Record<string, Tensor>>): NoisyProgram => ({
    program: encodeProgram({
      name,
      inputs: [data, rows, ...[...layout.slots, ...layout.kept].map((slot) => slot.variable), ...around.inputs()],
      outputs,
    }),
    noise: needs(around.source),
  });
  return { pass, encoded };
}

/**
 * Errors of some examples of a block under the current parameters. Inputs: `data`, `rows` int32 [batch], the slots, and
 * what the objective asks for. Outputs: a scalar `term/<name>` for each term, and [batch] `measure/<name>`.
 */
export function evaluationProgram(options: ProgramContext): NoisyProgram {
  const { pass, encoded } = testPass(options);
  const named = (prefix: string, tensors: Readonly<Record<string, Tensor>>) =>
    Object.entries(tensors).map(([name, tensor]) => [`${prefix}/${name}`, tensor] as const);
  return encoded(
    'evaluate',
    Object.fromEntries([
      ...named('term', pass.terms),
      ...named('auxiliary', pass.auxiliary),
      ...named('measure', pass.measures()),
    ]),
  );
}

/**
 * What each term does and each unit is up to, on some examples. Inputs as for {@link evaluationProgram}. Outputs: a
 * scalar `gradient/<name>`, the norm of the term's gradient over all trained parameters; [units] `lowest/<layer>`,
 * `highest/<layer>` of the hidden layers; [width] `lowest/code`, `highest/code`, `mean/code`, `square/code` and
 * `active/code`, the part of the examples for which a code value is not 0.
 */
export function auditProgram(options: ProgramContext): NoisyProgram {
  const { pass, encoded } = testPass(options);
  const slots = options.layout.slots.map((slot) => slot.variable);
  const norms = Object.entries({ ...pass.terms, ...pass.auxiliary }).map(
    ([name, term]) => [`gradient/${name}`, globalNorm(grad(term, slots))] as const,
  );
  const extremes = Object.entries({ ...pass.hidden, code: pass.code }).flatMap(([name, units]) => {
    // a unit of a map of features, [batch, units, height, width], is a whole channel
    const axes = units.shape.length === 4 ? [0, 2, 3] : [0];
    return [
      [`highest/${name}`, op.ReduceMax(units, axes)] as const,
      [`lowest/${name}`, op.Neg(op.ReduceMax(op.Neg(units), axes))] as const,
    ];
  });
  const { code } = pass;
  const isActive = op.Cast(op.Greater(op.Abs(code), ACTIVE), 'float32');
  return encoded(
    'audit',
    Object.fromEntries([
      ...norms,
      ...extremes,
      ['mean/code', op.ReduceMean(code, [0])],
      ['square/code', op.ReduceMean(op.Mul(code, code), [0])],
      ['active/code', op.ReduceMean(isActive, [0])],
    ]),
  );
}

/** A code value nearer to 0 than this counts as 0. */
export const ACTIVE = 1e-3;
