import { spawn } from 'node:child_process';

/** Opens an address in the browser of the system, where it has one that can be asked; nothing is said where it has none. */
export function openBrowser(url: string): void {
  const [command, ...words] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const child = spawn(command as string, [...words, url], { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}
