import type { SweepEvent } from '../tasks/sweep.js';
import { barLook, seconds } from './progress.js';

/** Shows how a sweep goes: all its trainings in one display. */
export interface SweepProgress {
  look(event: SweepEvent): void;
  /** Ends the display, before anything else is said. */
  stop(): void;
}

/** Between two lines where there is no terminal, other than those of cells that end. */
const LINE_MILLISECONDS = 10_000;

/** Epochs done and to do, over all cells; and those at work. */
function createTally() {
  const cells = new Map<string, { epochs: number; done: number; active: boolean; loss?: number }>();
  let ended = 0;
  let began = performance.now();
  let doneBefore = 0;
  const sum = (of: 'epochs' | 'done') => [...cells.values()].reduce((total, cell) => total + cell[of], 0);
  return {
    look(event: SweepEvent): void {
      if (event.type === 'start') {
        began = performance.now();
        for (const { cell, prepared } of event.cells) {
          cells.set(cell.name, { epochs: prepared.options.epochs, done: 0, active: false });
        }
      } else if (event.type === 'cell-start') {
        const { epochs, firstEpoch } = event.event;
        cells.set(event.cell.name, { epochs, done: firstEpoch - 1, active: true });
        doneBefore += firstEpoch - 1;
      } else if (event.type === 'cell-progress') {
        const cell = cells.get(event.cell.name)!;
        if (event.event.type === 'progress') {
          cell.done = event.event.epoch - 1 + event.event.step / event.event.steps;
          cell.loss = event.event.loss;
        } else if (event.event.type === 'epoch') cell.done = event.event.record.epoch;
      } else if (event.type === 'cell-end') {
        const cell = cells.get(event.cell.name)!;
        if (!event.trained) doneBefore += cell.epochs;
        ended += 1;
        Object.assign(cell, { done: cell.epochs, active: false });
      }
    },
    get done() {
      return sum('done');
    },
    get total() {
      return sum('epochs');
    },
    /** "3/12" */
    get cells() {
      return `${ended}/${cells.size}`;
    },
    /** "basic-32 4/20, basic-16 7/20" */
    get active() {
      const running = [...cells].filter(([, cell]) => cell.active);
      return running
        .map(([name, { done, epochs }]) => `${name} ${Math.min(epochs, Math.floor(done) + 1)}/${epochs}`)
        .join(', ');
    },
    get left() {
      const done = sum('done') - doneBefore;
      const elapsed = (performance.now() - began) / 1000;
      return done > 0 ? `${seconds((elapsed / done) * (sum('epochs') - sum('done')))} left` : '…';
    },
  };
}

/** A line for each cell that ends, and one now and then in between. */
function lineProgress(): SweepProgress {
  const tally = createTally();
  let last = performance.now();
  const say = (text: string) => {
    last = performance.now();
    process.stderr.write(`${text}\n`);
  };
  return {
    look(event) {
      tally.look(event);
      if (event.type === 'cell-end') {
        const { figures, status, trained } = event;
        const said = figures
          ? `${figures.epochs} epochs · test loss ${figures.testLoss.toPrecision(4)} · squared error ${figures.testSquaredError.toPrecision(4)}`
          : status;
        say(`${event.cell.name} (${tally.cells}) · ${said}${trained ? '' : ' · done before'}`);
      } else if (event.type === 'cell-progress' && performance.now() - last > LINE_MILLISECONDS) {
        say(`${tally.cells} cells · ${tally.active} · ${tally.left}`);
      }
    },
    stop: () => undefined,
  };
}

/** One bar over the epochs of all cells. */
async function barProgress(): Promise<SweepProgress> {
  const { SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar(barLook('cells {cells} {bar} {left} · {active}'));
  const tally = createTally();
  let running = false;
  let ended = false;
  return {
    look(event) {
      tally.look(event);
      if (ended) return;
      const { cells, left, active } = tally;
      if (!running) {
        bar.start(tally.total, tally.done, { cells, left, active });
        running = true;
      }
      bar.setTotal(tally.total);
      bar.update(tally.done, { cells, left, active });
    },
    stop() {
      if (running) bar.stop();
      running = false;
      ended = true;
    },
  };
}

/** Opens the display of a sweep: a bar where stderr is a terminal, else lines. */
export async function openSweepProgress(quiet: boolean): Promise<SweepProgress> {
  if (quiet) return { look: () => undefined, stop: () => undefined };
  return process.stderr.isTTY ? barProgress() : lineProgress();
}
