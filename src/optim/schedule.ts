/** How the learning rate goes over the training. */
export const scheduleNames = ['constant', 'cosine'] as const;
export type ScheduleName = (typeof scheduleNames)[number];

export interface Schedule {
  readonly name: ScheduleName;
  /** The rate after the warm-up. */
  readonly learningRate: number;
  /** Steps over which the rate rises linearly from 0 (Goyal et al. 2017). */
  readonly warmupSteps: number;
  /** All steps of the training; where the cosine ends at 0 (Loshchilov & Hutter 2017, without restarts). */
  readonly totalSteps: number;
}

/** The learning rate of step 1, 2, … */
export function learningRateAt(schedule: Schedule, step: number): number {
  const { name, learningRate, warmupSteps, totalSteps } = schedule;
  if (step <= warmupSteps) return (learningRate * step) / warmupSteps;
  if (name === 'constant') return learningRate;
  const progress = Math.min((step - 1 - warmupSteps) / Math.max(totalSteps - warmupSteps, 1), 1);
  return (learningRate * (1 + Math.cos(Math.PI * progress))) / 2;
}
