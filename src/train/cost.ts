import { availableThreads } from '#runtime';
import { sizeOf } from '../graph/shape.js';
import { parametersOf } from '../models/autoencoder.js';
import type { Specification } from '../models/specification.js';

/** Multiplications a step and pass from which a second thread pays. */
const WORK_FOR_TWO = 4_000_000;

/**
 * The threads that a training gets where nobody says: two, from the size of 784-32-784 with a batch of 256 on, where
 * the second was measured to add 20 % (a network of 2.8 million parameters: 80 %); one below, where handing out the
 * work costs more than it saves. More than two were never measured to pay on networks of this kind, and threads that
 * wait for each other suffer from every other busy program.
 */
export function suggestedThreads(specification: Specification, batch: number): number {
  return multiplications(specification) * batch >= WORK_FOR_TWO ? Math.min(2, availableThreads()) : 1;
}

/** About how many multiplications an example takes: weights that are used at many places count as often. */
function multiplications(specification: Specification): number {
  const { body, input } = specification;
  const [first = 1, second = 1] = input.shape;
  // On average over the maps of a convolutional network, whose sides are halved again and again; patches are pixels of the first.
  const places =
    body.type === 'convolutional' ? (first * second) / (body.stem ?? 2) ** 2 : body.type === 'recurrent' ? first : 1;
  return parametersOf(specification).reduce((sum, { name, shape }) => {
    const isShared = shape.length === 4 || (body.type === 'recurrent' && /kernel$/i.test(name));
    return sum + sizeOf(shape) * (isShared ? places : 1);
  }, 0);
}

/** Seconds that a step takes beside its products: operators, and the optimizer's passes over each parameter. */
const SECONDS_A_STEP = 1.2e-4;
const SECONDS_A_PARAMETER = 1.5e-9;
/** Multiplications a second and thread of a product, of a convolution and of a recurrent cell. */
const SPEEDS = { dense: 2e10, convolutional: 8e9, recurrent: 8e9 } as const;

/**
 * About how long a training step takes, in seconds, on a core of 2024: the forward pass and the two products of the backward one
 * for each multiplication. Good to a factor of two between machines.
 */
export function secondsPerStep(specification: Specification, batch: number): number {
  const speed = SPEEDS[specification.body.type] * suggestedThreads(specification, batch);
  const parameters = parametersOf(specification).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return SECONDS_A_STEP + SECONDS_A_PARAMETER * parameters + (3 * batch * multiplications(specification)) / speed;
}
