import type { Options } from 'cli-progress';
import type { EpochRecord, TrainingEvent } from '../train/events.js';

/** Shows how training goes. */
export interface Progress {
  start(event: Extract<TrainingEvent, { type: 'start' }>): void;
  step(event: Extract<TrainingEvent, { type: 'progress' }>): void;
  epoch(record: EpochRecord): void;
  /** Ends the display, before anything else is said. */
  stop(): void;
}

/** Between two lines where there is no terminal. */
const LINE_MILLISECONDS = 3000;

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A duration for a display: "4 min 12 s". */
export function seconds(value: number): string {
  const whole = Math.max(0, Math.round(value));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Counts steps over all epochs, and says how long the rest will take at the speed so far. */
function createClock() {
  let started = 0;
  let first = 0;
  let perEpoch = 0;
  let total = 0;
  return {
    start({ firstEpoch, epochs, stepsPerEpoch }: { firstEpoch: number; epochs: number; stepsPerEpoch: number }) {
      started = performance.now();
      perEpoch = stepsPerEpoch;
      first = (firstEpoch - 1) * stepsPerEpoch;
      total = epochs * stepsPerEpoch;
    },
    done: (epoch: number, step: number) => (epoch - 1) * perEpoch + step,
    left(done: number): string {
      const elapsed = (performance.now() - started) / 1000;
      return done > first ? `${seconds((elapsed / (done - first)) * (total - done))} left` : '';
    },
    get total() {
      return total;
    },
    get stepsPerEpoch() {
      return perEpoch;
    },
  };
}

/** One line an epoch, at most every few seconds; the first and the last always. */
function lineProgress(unit: string): Progress {
  const clock = createClock();
  let epochs = 0;
  let last = Number.NEGATIVE_INFINITY;
  return {
    start(event) {
      epochs = event.epochs;
      clock.start(event);
    },
    step: () => undefined,
    epoch({ epoch, stage, trainLoss, testLoss, examplesPerSecond }) {
      const now = performance.now();
      if (epoch < epochs && now - last < LINE_MILLISECONDS) return;
      last = now;
      const parts = [
        `epoch ${epoch}/${epochs}`,
        ...(stage === undefined ? [] : [stage]),
        `loss ${trainLoss.toPrecision(4)}`,
        `test loss ${testLoss.toPrecision(4)}`,
        `${grouped.format(examplesPerSecond)} ${unit}/s`,
        ...(epoch < epochs ? [clock.left(clock.done(epoch, clock.stepsPerEpoch))] : []),
      ];
      process.stderr.write(`${parts.join(' · ')}\n`);
    },
    stop: () => undefined,
  };
}

/**
 * How bars look.
 *
 * @param format what is written, "{bar}" among it
 */
export function barLook(format: string): Options {
  const color = process.env.NO_COLOR === undefined || process.env.NO_COLOR === '';
  return {
    format: color ? format.replace('{bar}', '\x1b[36m{bar}\x1b[0m') : format,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    stream: process.stderr,
    // The command itself answers to Ctrl-C, and a cursor that was hidden would stay so when it quits at once.
    gracefulExit: false,
    hideCursor: null,
    stopOnComplete: false,
  };
}

/** A bar over all epochs. */
async function barProgress(unit: string): Promise<Progress> {
  const { SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar(barLook('epoch {epoch} {bar} loss {loss} · {speed} · {left}{test}'));
  const clock = createClock();
  let epochs = 0;
  let test = '';
  let running = false;
  let ended = false;
  return {
    start(event) {
      epochs = event.epochs;
      clock.start(event);
      if (event.firstEpoch > epochs || ended) return;
      running = true;
      const epoch = `${event.firstEpoch}/${epochs}`;
      bar.start(clock.total, clock.done(event.firstEpoch, 0), { epoch, loss: '…', speed: '…', left: '…', test });
    },
    step({ epoch, stage, step, loss, examplesPerSecond }) {
      if (!running) return;
      const done = clock.done(epoch, step);
      bar.update(done, {
        epoch: `${epoch}/${epochs}${stage === undefined ? '' : ` (${stage})`}`,
        loss: loss.toPrecision(4),
        speed: `${grouped.format(examplesPerSecond)} ${unit}/s`,
        left: clock.left(done),
        test,
      });
    },
    epoch({ testLoss }) {
      test = ` · test loss ${testLoss.toPrecision(4)}`;
      if (running) bar.update({ test });
    },
    stop() {
      if (running) bar.stop();
      running = false;
      ended = true;
    },
  };
}

const silent: Progress = {
  start: () => undefined,
  step: () => undefined,
  epoch: () => undefined,
  stop: () => undefined,
};

/**
 * Opens the display of progress: a bar where stderr is a terminal, else lines.
 *
 * @param unit what the examples are called: "images", "rows"
 */
export async function openProgress(quiet: boolean, unit: string): Promise<Progress> {
  if (quiet) return silent;
  return process.stderr.isTTY ? barProgress(unit) : lineProgress(unit);
}
