/** npm passes Ctrl-C on to a process that the terminal has told already: signals this close are one. */
const SAME_MILLISECONDS = 500;

/**
 * Calls `first` at the first Ctrl-C (or SIGTERM); a second one ends the process at once with exit code 130.
 *
 * @returns ends the watch
 */
export function onInterrupt(first: () => void): () => void {
  let heard: number | undefined;
  const listener = (): void => {
    const now = performance.now();
    if (heard === undefined) {
      heard = now;
      first();
    } else if (now - heard > SAME_MILLISECONDS) process.exit(130);
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return () => {
    process.off('SIGINT', listener);
    process.off('SIGTERM', listener);
  };
}
