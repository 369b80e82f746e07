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

/** The URL of a worker's script in the named folder, if there is one. */
export function namedWorker(script: string): string | undefined {
  return named === undefined ? undefined : `${named}${script}`;
}
