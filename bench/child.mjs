import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Runs a program to its end; gives what it wrote and the most memory that it held, in MB (where Linux tells).
 *
 * @param {string[]} args
 * @returns {Promise<{ text: string, megabytes: number }>}
 */
export function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    let megabytes = 0;
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    const watch = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        megabytes = Math.max(megabytes, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1000);
      } catch {}
    }, 100);
    child.on('close', (code) => {
      clearInterval(watch);
      if (code === 0) resolve({ text, megabytes });
      else reject(new Error(`${args.join(' ')} ended with ${code}`));
    });
  });
}
