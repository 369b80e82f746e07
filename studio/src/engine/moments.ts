// Earlier states of a training, so that any of them can be looked at and gone on from. Memory is bounded: where the budget is spent,
// every second one of the older half goes, so that they lie the closer the later they are.
import type { TrainingState } from 'gargalo';

/** Bytes that all states may take together, and the most that are kept whatever their size. */
const [BUDGET, MOST] = [192 * 2 ** 20, 64];

const bytesOf = ({ weights, optimizer }: TrainingState): number =>
  [...weights.values(), ...optimizer.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);

export interface Moment {
  readonly epoch: number;
  readonly state: TrainingState;
}

/** The states of one training. */
export function createMoments(budget = BUDGET, most = MOST) {
  let kept: Moment[] = [];
  const isTooMuch = (): boolean =>
    kept.length > most || kept.reduce((sum, { state }) => sum + bytesOf(state), 0) > budget;
  return {
    keep(state: TrainingState): void {
      kept = [...kept.filter(({ epoch }) => epoch !== state.epoch), { epoch: state.epoch, state }];
      // the first and the last always stay
      while (kept.length > 3 && isTooMuch()) {
        const half = Math.ceil(kept.length / 2);
        kept = kept.filter((_, i) => i === 0 || i >= half || i % 2 === 0);
      }
    },
    /** The epochs that there is a state of, rising. */
    epochs: (): number[] => kept.map(({ epoch }) => epoch),
    /** The last state that is not after an epoch. */
    at: (epoch: number): Moment | undefined => kept.findLast((moment) => moment.epoch <= epoch),
  };
}
