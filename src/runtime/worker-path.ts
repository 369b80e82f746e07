/** The folder of the workers' scripts, where a program has named it. */
let named: string | undefined;

/** An absolute URL of a folder, because a worker lies elsewhere than the page. */
export function folderUrl(path: string): string {
  return new URL(path.endsWith('/') ? path : `${path}/`, location.href).href;
}

/** Takes the folder of `workerPath` for all workers from now on. */
export function takeWorkerPath(path: string | undefined): void {
  if (path !== undefined) named = folderUrl(path);
}

/**
 * Starts a worker by its script in the named folder, or as it was bundled.
 *
 * @param bundled makes it of `new URL('./…', import.meta.url)`, the form by which bundlers recognise a worker and bundle it too
 */
export const openWorker = (script: string, bundled: () => Worker): Worker =>
  named === undefined ? bundled() : new Worker(`${named}${script}`, { type: 'module' });
