// Loaded before a command (`node --import`): counts what it asks of the file system below a folder, and spoils it from outside:
//
//     TORTURE_ROOT    only paths below it count
//     TORTURE_LOG     a file that gets a line for each call: its number, what it is, its path
//     TORTURE_AT      the number of the call that something happens at, from 1
//     TORTURE_FROM    a regular expression: numbers begin at the first call whose path has it
//     TORTURE_ACTION  full: that call and all later ones that need space fail with ENOSPC, writes after a part of the bytes;
//                     broken: that call alone fails with EIO; kill: the process group is killed in the midst of it;
//                     plant: a link to TORTURE_VICTIM lies under the name that the call creates
//     TORTURE_CLOCK   how many times as fast the clock goes that checkpoints are written by
//
// What the package writes with is hooked: callbacks, promises, handles and synchronous calls of the main thread; its worker threads and
// native libraries write no files. What only reads or removes is let through.
import fs, { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { relative, resolve, sep } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const { TORTURE_CLOCK: clock = '1', TORTURE_VICTIM: victim = '' } = process.env;
const original = { ...fs };
let [root, lines, at, action, begins, calls, hasBegun] = ['', undefined, 0, '', /(?:)/, 0, false];

/** Begins anew, for a process that runs several commands. */
function begin({ TORTURE_ROOT = '', TORTURE_LOG, TORTURE_AT = '0', TORTURE_FROM = '', TORTURE_ACTION = '' }) {
  [root, at, action, begins, calls, hasBegun] = [
    TORTURE_ROOT,
    Number(TORTURE_AT),
    TORTURE_ACTION,
    new RegExp(TORTURE_FROM),
    0,
    false,
  ];
  lines = TORTURE_LOG === undefined ? undefined : original.openSync(TORTURE_LOG, 'a');
}
begin(process.env);
globalThis.torture = { begin, calls: () => calls };

const isOurs = (path) =>
  root !== '' && typeof path === 'string' && `${resolve(path)}${sep}`.startsWith(`${root}${sep}`);

/** @returns what goes wrong with a call: nothing, or "full", "broken", "kill" or "plant" */
function look(call, path) {
  if (!isOurs(path)) return undefined;
  hasBegun ||= begins.test(path);
  if (hasBegun) calls++;
  if (lines !== undefined) {
    const number = hasBegun ? calls : 0;
    original.writeSync(lines, `${number}\t${call}\t${relative(root, path)}\n`);
  }
  if (!hasBegun || at === 0) return undefined;
  return calls === at || (action === 'full' && calls > at) ? action : undefined;
}

function failure(spoiled, call, path) {
  const [code, errno, words] =
    spoiled === 'full' ? ['ENOSPC', -28, 'no space left on device'] : ['EIO', -5, 'i/o error'];
  return Object.assign(new Error(`${code}: ${words}, ${call} '${path}'`), { code, errno, syscall: call, path });
}

function killAll() {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.kill(process.pid, 'SIGKILL'); // it leads no group
  }
  // not to be passed by: the signal may take a moment
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Spoils a call before it is made; writes are spoiled by {@link half}. */
function spoil(call, path) {
  const spoiled = look(call, path);
  if (spoiled === 'kill') killAll();
  if (spoiled === 'plant') original.symlinkSync(victim, path);
  else if (spoiled) throw failure(spoiled, call, path);
}

/** The first half of what is written. */
const half = (data) => data.slice(0, Math.floor(data.length / 2));

const isWriting = (flags) => (typeof flags === 'number' ? (flags & 3) !== 0 : /[wa+]/.test(String(flags ?? 'r')));
/** Calls that need space or change what is there, with the argument that has the path. */
const changing = { mkdir: 0, mkdtemp: 0, rename: 1, link: 1, symlink: 1, truncate: 0, utimes: 0, copyFile: 1 };

/** In the place of a function of fs, with its further properties: promisify looks at them. */
function replace(object, name, make) {
  const before = object[name];
  const after = make(before);
  Object.defineProperties(after, Object.getOwnPropertyDescriptors(before));
  object[name] = after;
}

for (const [name, place] of Object.entries(changing)) {
  replace(promises, name, (call) => async (...words) => {
    spoil(name, words[place]);
    return call.apply(promises, words);
  });
  replace(fs, `${name}Sync`, (call) => (...words) => {
    spoil(name, words[place]);
    return call.apply(fs, words);
  });
}
/** Writes as far as the disk has room, or the process lives. */
function writeHalf(path, flag, data) {
  const descriptor = original.openSync(path, flag);
  original.writeSync(descriptor, half(data));
  original.closeSync(descriptor);
}
replace(promises, 'writeFile', (call) => async (...words) => {
  const [path, data, options] = words;
  const spoiled = look('writeFile', path);
  if (spoiled === 'plant') original.symlinkSync(victim, path);
  else if (spoiled) {
    if (spoiled !== 'broken') writeHalf(path, options?.flag ?? 'w', data);
    if (spoiled === 'kill') killAll();
    throw failure(spoiled, 'write', path);
  }
  return call.apply(promises, words);
});

/** Paths of open files, by handle and by number. */
const handles = new WeakMap();
const descriptors = new Map();

replace(promises, 'open', (call) => async (path, flags, mode) => {
  if (isWriting(flags)) spoil('open', path);
  const handle = await call.call(promises, path, flags, mode);
  if (isWriting(flags)) handles.set(handle, path);
  return handle;
});
replace(fs, 'openSync', (call) => (path, flags, mode) => {
  if (isWriting(flags)) spoil('open', path);
  const descriptor = call(path, flags, mode);
  if (isWriting(flags)) descriptors.set(descriptor, path);
  return descriptor;
});
replace(fs, 'open', (call) => (path, flags, mode, done) => {
  try {
    if (isWriting(flags)) spoil('open', path);
  } catch (error) {
    return done(error);
  }
  return call(path, flags, mode, (error, descriptor) => {
    if (!error && isWriting(flags)) descriptors.set(descriptor, path);
    done(error, descriptor);
  });
});
replace(fs, 'write', (call) => (descriptor, ...words) => {
  const done = words.at(-1);
  try {
    spoil('write', descriptors.get(descriptor));
  } catch (error) {
    return done(error);
  }
  return call(descriptor, ...words);
});
replace(fs, 'writeSync', (call) => (descriptor, data, ...words) => {
  const path = descriptors.get(descriptor);
  const spoiled = look('write', path);
  if (spoiled && spoiled !== 'broken') call(descriptor, half(data));
  if (spoiled === 'kill') killAll();
  if (spoiled && spoiled !== 'plant') throw failure(spoiled, 'write', path);
  return call(descriptor, data, ...words);
});

const handle = await promises.open(process.execPath);
const prototype = Object.getPrototypeOf(handle);
await handle.close();
for (const name of ['write', 'writeFile', 'appendFile', 'sync', 'datasync', 'truncate']) {
  replace(
    prototype,
    name,
    (call) =>
      async function (...words) {
        const path = handles.get(this);
        const spoiled = path === undefined ? undefined : look(name, path);
        if (spoiled) {
          if (spoiled !== 'broken' && /write/i.test(name)) await call.call(this, half(words[0])).catch(() => undefined);
          if (spoiled === 'kill') killAll();
          if (spoiled !== 'plant') throw failure(spoiled, name === 'sync' ? 'fsync' : 'write', path);
        }
        return call.apply(this, words);
      },
  );
}
syncBuiltinESMExports();

if (isMainThread && clock !== '1') {
  const now = performance.now.bind(performance);
  performance.now = () => now() * Number(clock);
}
