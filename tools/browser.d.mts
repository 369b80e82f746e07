export const chromiumPath: string | undefined;
export function serveFiles(
  fileOf: (pathname: string) => { readonly path: string; readonly isIsolated: boolean },
): Promise<{ readonly url: string; close(): Promise<void> }>;
