/** npm passes Ctrl-C on to a process that the terminal has told already: signals this close are one. */
const SAME_MILLISECONDS = 500;

/**
 * Ends the process as Ctrl-C does by itself, which shells report as exit code 130. `process.exit` would take the workers
 * down first, and ONNX Runtime does not survive that in the middle of a call.
 */
export function endNow(): void {
  process.removeAllListeners('SIGINT');
  process.kill(process.pid, 'SIGINT');
}

/**
 * Calls `first` at the first Ctrl-C (or SIGTERM); a second one calls `second` and ends the process at
 * once.
 *
 * @returns ends the watch
 */
export function onInterrupt(first: () => void, second: () => void): () => void {
  let heard: number | undefined;
  const listener = (): void => {
    const now = performance.now();
    if (heard === undefined) {
      heard = now;
      first();
    } else if (now - heard > SAME_MILLISECONDS) {
      second();
      endNow();
    }
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return () => {
    process.off('SIGINT', listener);
    process.off('SIGTERM', listener);
  };
}
