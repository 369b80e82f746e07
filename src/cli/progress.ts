// How trainings are shown while they run: a bar where stderr is a terminal, else lines.
import type { Options } from 'cli-progress';
import { oneLine } from '../core/errors.js';
import { count, wholeDuration } from '../core/format.js';
import type { SweepEvent } from '../tasks/sweep.js';
import type { TrainingEvent } from '../train/events.js';
import { printLines } from './terminal.js';

/** Shows how a training, or a sweep of them, goes. */
export interface Progress<Event> {
  look(event: Event): void;
  /** Ends the display, before anything else is said. */
  stop(): void;
}

/** What a progress is shown on. */
interface Display {
  /** On a bar: how far it is, and the values of its format. */
  show(done: number, total: number, values: Readonly<Record<string, string>>): void;
  /** Without a bar: a line, no sooner after the last one than that. */
  say(text: () => string, milliseconds?: number): void;
  stop(): void;
}

/** Between two lines of a training. */
const TRAINING_MILLISECONDS = 3000;
/** Between two lines of a sweep, other than those of cells that end. */
const SWEEP_MILLISECONDS = 10_000;

/** How long the rest takes at the speed so far. */
function timeLeft(began: number, done: number, left: number): string {
  const elapsed = (performance.now() - began) / 1000;
  return `${wholeDuration((elapsed / done) * left)} left`;
}

function barOptions(format: string): Options {
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

async function openBar(format: string): Promise<Display> {
  const { SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar(barOptions(format));
  let isRunning = false;
  let isEnded = false;
  return {
    show(done, total, texts) {
      if (isEnded) return;
      const values = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, oneLine(text)]));
      if (!isRunning) bar.start(total, done, values);
      isRunning = true;
      bar.setTotal(total);
      bar.update(done, values);
    },
    say: () => undefined,
    stop() {
      if (isRunning) bar.stop();
      isRunning = false;
      isEnded = true;
    },
  };
}

/** @param last when a line was written that the first is to keep its distance from */
function openLines(last: number): Display {
  return {
    show: () => undefined,
    say(text, milliseconds = 0) {
      const now = performance.now();
      if (now - last < milliseconds) return;
      last = now;
      printLines('stderr', text());
    },
    stop: () => undefined,
  };
}

const openDisplay = async (format: string, last: number): Promise<Display> =>
  process.stderr.isTTY ? openBar(format) : openLines(last);

const silent = { look: () => undefined, stop: () => undefined };

/**
 * Opens the display of a training.
 *
 * @param unit what the examples are called: "images", "rows"
 */
export async function openProgress(quiet: boolean, unit: string): Promise<Progress<TrainingEvent>> {
  if (quiet) return silent;
  const display = await openDisplay(
    'epoch {epoch} {bar} loss {loss} · {speed} · {left}{test}',
    Number.NEGATIVE_INFINITY,
  );
  let began = 0;
  let [epochs, first, perEpoch] = [0, 0, 0];
  let shown = { epoch: '', loss: '…', speed: '…', left: '…', test: '' };
  const stepsDone = (epoch: number, step: number): number => (epoch - 1) * perEpoch + step;
  const left = (done: number): string => (done > first ? timeLeft(began, done - first, epochs * perEpoch - done) : '');
  const update = (done: number, values: Partial<typeof shown>): void => {
    shown = { ...shown, ...values };
    display.show(done, epochs * perEpoch, shown);
  };
  const speedOf = (examplesPerSecond: number): string => `${count(examplesPerSecond)} ${unit}/s`;
  return {
    look(event) {
      if (event.type === 'start') {
        began = performance.now();
        [epochs, perEpoch, first] = [event.epochs, event.stepsPerEpoch, (event.firstEpoch - 1) * event.stepsPerEpoch];
        if (event.firstEpoch <= epochs) update(first, { epoch: `${event.firstEpoch}/${epochs}` });
      } else if (event.type === 'progress') {
        const { epoch, stage, step, loss, examplesPerSecond } = event;
        const done = stepsDone(epoch, step);
        update(done, {
          epoch: `${epoch}/${epochs}${stage === undefined ? '' : ` (${stage})`}`,
          loss: loss.toPrecision(4),
          speed: speedOf(examplesPerSecond),
          left: left(done),
        });
      } else if (event.type === 'epoch') {
        const { epoch, stage, trainLoss, testLoss, examplesPerSecond } = event.record;
        const done = stepsDone(epoch, perEpoch);
        update(done, { test: ` · test loss ${testLoss.toPrecision(4)}` });
        const parts = () => [
          `epoch ${epoch}/${epochs}`,
          ...(stage === undefined ? [] : [stage]),
          `loss ${trainLoss.toPrecision(4)}`,
          `test loss ${testLoss.toPrecision(4)}`,
          speedOf(examplesPerSecond),
          ...(epoch < epochs ? [left(done)] : []),
        ];
        // the first and the last always
        display.say(() => parts().join(' · '), epoch < epochs ? TRAINING_MILLISECONDS : 0);
      }
    },
    stop: display.stop,
  };
}

/** Epochs done and to do, over all cells; and those at work. */
function createTally() {
  const cells = new Map<string, { epochs: number; done: number; isActive: boolean }>();
  let ended = 0;
  let began = performance.now();
  let doneBefore = 0;
  const sum = (of: 'epochs' | 'done') => [...cells.values()].reduce((total, cell) => total + cell[of], 0);
  return {
    look(event: SweepEvent): void {
      if (event.type === 'start') {
        began = performance.now();
        for (const { cell, prepared } of event.cells) {
          cells.set(cell.name, { epochs: prepared.options.epochs, done: 0, isActive: false });
        }
      } else if (event.type === 'cell-start') {
        const { epochs, firstEpoch } = event.event;
        cells.set(event.cell.name, { epochs, done: firstEpoch - 1, isActive: true });
        doneBefore += firstEpoch - 1;
      } else if (event.type === 'cell-progress' || event.type === 'cell-end') {
        const cell = cells.get(event.cell.name);
        if (!cell) return;
        if (event.type === 'cell-end') {
          if (!event.trained) doneBefore += cell.epochs;
          ended += 1;
          Object.assign(cell, { done: cell.epochs, isActive: false });
        } else if (event.event.type === 'progress') {
          cell.done = event.event.epoch - 1 + event.event.step / event.event.steps;
        } else if (event.event.type === 'epoch') cell.done = event.event.record.epoch;
      }
    },
    done: () => sum('done'),
    total: () => sum('epochs'),
    values() {
      const done = sum('done') - doneBefore;
      const active = [...cells].filter(([, cell]) => cell.isActive);
      return {
        cells: `${ended}/${cells.size}`,
        // "basic-32 4/20, basic-16 7/20"
        active: active
          .map(([name, { done, epochs }]) => `${name} ${Math.min(epochs, Math.floor(done) + 1)}/${epochs}`)
          .join(', '),
        left: done > 0 ? timeLeft(began, done, sum('epochs') - sum('done')) : '…',
      };
    },
  };
}

/** Opens the display of a sweep: one for the epochs of all its trainings. */
export async function openSweepProgress(quiet: boolean): Promise<Progress<SweepEvent>> {
  if (quiet) return silent;
  const display = await openDisplay('cells {cells} {bar} {left} · {active}', performance.now());
  const tally = createTally();
  return {
    look(event) {
      tally.look(event);
      display.show(tally.done(), tally.total(), tally.values());
      if (event.type === 'cell-end') {
        const { cell, figures, status, trained } = event;
        const outcome = figures
          ? `${figures.epochs} epochs · test loss ${figures.testLoss.toPrecision(4)} · squared error ${figures.testSquaredError.toPrecision(4)}`
          : status;
        display.say(() => `${cell.name} (${tally.values().cells}) · ${outcome}${trained ? '' : ' · done before'}`);
      } else if (event.type === 'cell-progress') {
        const { cells, active, left } = tally.values();
        display.say(() => `${cells} cells · ${active} · ${left}`, SWEEP_MILLISECONDS);
      }
    },
    stop: display.stop,
  };
}
