import { badInput } from '../../core/errors.js';
import { stopWhereAborted } from '../../core/work.js';

/** Halvings of the interval that the step lies in, after it has been found: 1/64 of an octave. */
const HALVINGS = 6;
/** Doublings of the first guess on either side, at most. */
const DOUBLINGS = 24;

/**
 * The largest step, about, with which something still holds that holds for small ones.
 *
 * @param guess where to begin
 * @returns undefined where it holds for none
 */
export async function largestStep(
  guess: number,
  holds: (step: number) => Promise<boolean>,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const asks = (step: number): Promise<boolean> => {
    stopWhereAborted(signal, 'compressing');
    return holds(Math.fround(step));
  };
  let [good, bad] = [guess, guess];
  if (await asks(guess)) {
    for (let i = 0; ; i++) {
      bad = good * 2;
      if (i === DOUBLINGS) return Math.fround(good);
      if (!(await asks(bad))) break;
      good = bad;
    }
  } else {
    for (let i = 0; ; i++) {
      good = bad / 2;
      if (i === DOUBLINGS) return undefined;
      if (await asks(good)) break;
      bad = good;
    }
  }
  for (let i = 0; i < HALVINGS; i++) {
    const middle = Math.sqrt(good * bad);
    if (await asks(middle)) good = middle;
    else bad = middle;
  }
  return Math.fround(good);
}

/** What the step is chosen by; at most one of them. */
export interface StepChoice {
  /** The step itself, above 0: of a quantized code 1 is what it was trained for. */
  readonly step?: number | undefined;
  /** The largest mean squared error of a value, in scaled units: of bytes in 0 … 1. */
  readonly mse?: number | undefined;
  /** The same in dB; for scaled values in 0 … 1. */
  readonly psnr?: number | undefined;
  /** The largest size of the whole file. */
  readonly bytes?: number | undefined;
}

/** Refuses choices that cannot be met whatever the data are. */
export function checkStepChoice(
  choice: StepChoice,
  { bounded, entries }: { bounded: boolean; entries: boolean },
): void {
  const given = (['step', 'mse', 'psnr', 'bytes'] as const).filter((name) => choice[name] !== undefined);
  const [first, second] = given;
  if (second) throw badInput(second, `expected one way to choose the step, got ${first} too`, `leave out ${first}`);
  if (!first) return;
  if (entries) {
    throw badInput(first, 'expected no step: a codebook has its size already', `leave out ${first}`);
  }
  const value = choice[first] as number;
  const sound = first === 'step' ? Math.fround(value) > 0 && Number.isFinite(Math.fround(value)) : value > 0;
  if (!sound || !Number.isFinite(value)) throw badInput(first, `expected a number above 0, got ${value}`);
  if (first === 'psnr' && !bounded) {
    throw badInput('psnr', 'expected values between two bounds for a peak, got a model of others', 'use mse instead');
  }
}
