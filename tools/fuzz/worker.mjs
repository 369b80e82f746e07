// Feeds broken files to one reader, in a thread that can be ended where it hangs, and judges what comes of each.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { GargaloError } from '../../dist/core/errors.js';
import { mutated, oneOf, randomOfRun } from './mutate.mjs';
import { readers } from './readers.mjs';

const { name, seed, from, to, folder, progress, mostBytes: usual } = workerData;
const state = new Int32Array(progress);
const reader = readers.find((one) => one.name === name);
const { mostBytes = usual } = reader;

/** Of an input that takes longer, the file is kept. */
const KEPT_SECONDS = 1;

/** Bytes that were asked for since the last look: what is declared and never filled does not show in the resident set. */
let asked = 0;
function watchAllocations() {
  const noted = (size) => {
    if (size > 0) asked += size;
  };
  const arrays = [
    'ArrayBuffer',
    'Uint8Array',
    'Int8Array',
    'Uint16Array',
    'Int16Array',
    'Uint32Array',
    'Int32Array',
    'Float32Array',
    'Float64Array',
    'BigInt64Array',
    'BigUint64Array',
  ];
  for (const kind of arrays) {
    const original = globalThis[kind];
    const width = original.BYTES_PER_ELEMENT ?? 1;
    globalThis[kind] = new Proxy(original, {
      construct(target, list, newTarget) {
        if (typeof list[0] === 'number') noted(list[0] * width);
        return Reflect.construct(target, list, newTarget === globalThis[kind] ? target : newTarget);
      },
    });
  }
  for (const method of ['alloc', 'allocUnsafe']) {
    const original = Buffer[method];
    Buffer[method] = (size, ...rest) => {
      noted(size);
      return original(size, ...rest);
    };
  }
}

/** The broken file of a run: the same for the same seed. */
function inputOf(random, corpus) {
  const breakIt = (file) => mutated(random, [file], reader.text);
  if (reader.inside && random(2)) return reader.inside(oneOf(random, corpus), random, breakIt);
  const file = mutated(random, corpus, reader.text);
  return reader.seal && random(2) ? reader.seal(file) : file;
}

/** What is wrong with an error; nothing with one that tells a person what to do. */
function faultOf(error, path) {
  if (!(error instanceof GargaloError)) return `not a GargaloError: ${error?.stack ?? error}`;
  if (error.code !== 'bad-input') return `code ${error.code}: ${error.message}`;
  const { message } = error;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\x00-\x1f\x7f\u2028\u2029]/.test(message)) return `not one line of plain text: ${JSON.stringify(message)}`;
  if (!message.includes(path) && !message.includes(dirname(path))) return `does not name the file: ${message}`;
  if (!/expected/.test(message) || !/got/.test(message)) return `not "expected …, got …": ${message}`;
  if (message.length > 1000) return `a message of ${message.length} characters: ${message.slice(0, 200)}`;
  return undefined;
}

const corpus = await reader.corpus();
const path = join(mkdtempSync(join(folder, 'reader-')), reader.file);

// a sound file must be read, or nothing behind its head would ever be reached
if (from === 0) {
  for (const file of corpus) {
    writeFileSync(path, file);
    await reader.read(path, (below) => Math.min(1, below - 1));
  }
}
watchAllocations();
let [read, refused, resident] = [0, 0, process.memoryUsage.rss()];
/** The input that took longest, in seconds of the clock. */
let longest = { seconds: 0, run: from };
const { memoryUsage } = process;
for (let run = from; run < to; run++) {
  const random = randomOfRun(seed, run);
  const input = inputOf(random, corpus);
  writeFileSync(path, input);
  asked = 0;
  Atomics.store(state, 0, run);
  Atomics.add(state, 1, 1);
  let fault;
  const began = performance.now();
  try {
    await reader.read(path, random);
    read++;
  } catch (error) {
    refused++;
    fault = faultOf(error, path);
  }
  const seconds = (performance.now() - began) / 1000;
  if (seconds > longest.seconds) longest = { seconds, run, ...(seconds > KEPT_SECONDS && { input }) };
  const now = memoryUsage.rss();
  if (asked > mostBytes) fault ??= `asked for ${Math.round(asked / 2 ** 20)} MiB of memory`;
  if (now - resident > mostBytes) fault ??= `took ${Math.round((now - resident) / 2 ** 20)} MiB of memory`;
  resident = Math.max(resident, now);
  if (fault) parentPort.postMessage({ type: 'fault', run, fault: fault.replaceAll(dirname(path), ''), input });
  else if (run % 1000 === 999) parentPort.postMessage({ type: 'progress', run });
}
rmSync(dirname(path), { recursive: true });
parentPort.postMessage({ type: 'end', read, refused, resident, longest });
