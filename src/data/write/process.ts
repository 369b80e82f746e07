// Which process wrote a file: so that what a killed one left can be told from what a live one is writing.
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from '../../core/errors.js';

/** A process among all those that may write to one folder, from other machines and containers too. */
export interface ProcessIdentity {
  /** A hash of the host's name and, on Linux, of the namespace of process numbers: containers have numbers of their own. */
  readonly place: string;
  readonly pid: number;
  /** When it started, in the unit of the system; empty where that is not known. */
  readonly start: string;
}

/** The start of a process in clock ticks since the boot; empty on systems without /proc, undefined where it has ended. */
function startOf(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return '';
  }
  // The second field is the name in brackets, which may hold anything: state is the first after it, starttime the 20th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : (fields[19] ?? '');
}

function placeOf(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // no Linux
  }
  return createHash('sha256').update(`${hostname()}\0${namespace}`).digest('hex').slice(0, 8);
}

/** This process. */
export const ownProcess: ProcessIdentity = {
  place: placeOf(),
  pid: process.pid,
  start: startOf(process.pid) ?? '',
};

/** Whether a process has ended; undefined where it belongs to another machine or container, which cannot be asked. */
export function hasEnded({ place, pid, start }: ProcessIdentity): boolean | undefined {
  if (place !== ownProcess.place) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return true;
  }
  // Another process may have got its number since.
  return startOf(pid) !== start;
}
