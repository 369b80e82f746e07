import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const source = resolve(dirname(fileURLToPath(import.meta.url)), '../src');

/** In the order that data flows: each room imports only from itself and from rooms before it. */
const rooms = [
  'errors',
  'random',
  'graph',
  'onnx',
  'runtime',
  'nn',
  'optim',
  'data',
  'models',
  'train',
  'latent',
  'tasks',
  'report',
  'server',
  'cli',
];
/** The catalogues, which name everything. */
const catalogues = ['index', 'browser'];

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  // a test may use any room: it is no part of what is shipped
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.split(sep).join('/'));

const roomOf = (file: string): string => file.replace(/\.ts$/, '').split('/')[0] as string;

/** Every module that a file imports, static or not: paths below src, or names of packages. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => match[1] as string);
  return specifiers.map((specifier) => {
    if (specifier === '#runtime') return 'runtime/node';
    if (!specifier.startsWith('.')) return specifier;
    return relative(source, resolve(source, dirname(file), specifier))
      .split(sep)
      .join('/')
      .replace(/\.js$/, '');
  });
}

const isOwn = (module: string): boolean => [...rooms, ...catalogues].includes(module.split('/')[0] as string);

describe('the architecture', () => {
  it('has no file outside of the rooms', () => {
    expect(files.map(roomOf).filter((room) => ![...rooms, ...catalogues].includes(room))).toEqual([]);
  });

  it('has no arrow upwards', () => {
    const upward = files
      .filter((file) => !catalogues.includes(roomOf(file)))
      .flatMap((file) =>
        importsOf(file)
          .filter((module) => isOwn(module) && rooms.indexOf(roomOf(module)) > rooms.indexOf(roomOf(file)))
          .concat(importsOf(file).filter((module) => catalogues.includes(module)))
          .map((module) => `${file} → ${module}`),
      );
    expect(upward).toEqual([]);
  });

  it('names ONNX Runtime in the runtime room only', () => {
    const naming = files.filter((file) => importsOf(file).some((module) => module.startsWith('onnxruntime')));
    expect(naming.filter((file) => roomOf(file) !== 'runtime')).toEqual([]);
  });

  it('asks for no kind by its name outside of the kinds', () => {
    const kinds = readdirSync(join(source, 'models/kinds'))
      .map((file) => file.replace(/(\.test)?\.ts$/, ''))
      .filter((name) => name !== 'index');
    const asking = files
      .filter((file) => !file.startsWith('models/kinds/'))
      .filter((file) => {
        const text = readFileSync(join(source, file), 'utf8');
        return kinds.some((kind) => new RegExp(`kind\\s*[!=]==?\\s*'${kind}'`).test(text));
      });
    expect(asking).toEqual([]);
  });
});
