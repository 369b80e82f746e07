/** How a training goes: on, held, one call at a time, or to its end now. */
export function createPace() {
  let stop = new AbortController();
  let held: { readonly until: Promise<void>; readonly go: () => void } | undefined;
  let isOneStep = false;
  const hold = (): void => {
    let go = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      go = resolve;
    });
    held ??= { until, go };
  };
  const go = (): void => {
    held?.go();
    held = undefined;
  };
  return {
    signal: (): AbortSignal => stop.signal,
    reset(): void {
      stop = new AbortController();
      isOneStep = false;
      go();
    },
    set(pace: 'run' | 'pause' | 'step' | 'stop'): void {
      isOneStep = pace === 'step';
      if (pace === 'stop') stop.abort();
      if (pace === 'pause') hold();
      else go();
    },
    /** Resolves when the training may go on. */
    async wait(): Promise<void> {
      await held?.until;
      if (isOneStep) hold();
      isOneStep = false;
    },
  };
}
