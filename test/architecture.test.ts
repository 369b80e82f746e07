import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { flagName } from '../src/core/option-flags.js';

const source = resolve(dirname(fileURLToPath(import.meta.url)), '../src');

/**
 * The rooms in the order that data flow, as the table of ARCHITECTURE.md prints them: each imports only from itself and from
 * rooms above it.
 */
const rooms = [...readFileSync(resolve(source, '../ARCHITECTURE.md'), 'utf8').matchAll(/^\| `([a-z]+)\/` \|/gm)].map(
  ([, room]) => room as string,
);
/** The doors of the package, which name what is public. */
const doors = ['index', 'node', 'graph', 'latent', 'codec', 'browser'].map((door) => `${door}.ts`);

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  // a test may use any room: it is no part of what is shipped
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.split(sep).join('/'));

const isDoor = (file: string): boolean => doors.includes(file.endsWith('.ts') ? file : `${file}.ts`);

/** The room of a file or module; a door is in none. */
const roomOf = (file: string): string => file.split('/')[0] as string;

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

/** The files of this project that are loaded with a file: what it imports by `import … from`, types left out. */
function staticImportsOf(file: string): string[] {
  const text = readFileSync(join(source, file), 'utf8').replaceAll(/(?:import|export) type [^;]*;/g, '');
  return [...text.matchAll(/from\s+'(\.[^']+)'/g)]
    .map(([, specifier]) =>
      relative(source, resolve(source, dirname(file), specifier as string))
        .split(sep)
        .join('/'),
    )
    .map((module) => module.replace(/\.js$/, '.ts'));
}

const isOwn = (module: string): boolean => !isDoor(module) && rooms.includes(module.split('/')[0] as string);

describe('the architecture', () => {
  it('has no file outside of the rooms', () => {
    const outside = files.filter((file) => !isDoor(file) && !rooms.includes(roomOf(file)));
    expect(outside).toEqual([]);
  });

  it('has no arrow upwards', () => {
    const upward = files
      .filter((file) => !isDoor(file))
      .flatMap((file) =>
        importsOf(file)
          .filter((module) => isOwn(module) && rooms.indexOf(roomOf(module)) > rooms.indexOf(roomOf(file)))
          .concat(importsOf(file).filter(isDoor))
          .map((module) => `${file} → ${module}`),
      );
    expect(upward).toEqual([]);
  });

  it('has no circle of imports', () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file) || path.includes(file)) return;
      for (const module of staticImportsOf(file)) visit(module, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it('names ONNX Runtime in the runtime room only', () => {
    const naming = files.filter((file) => importsOf(file).some((module) => module.startsWith('onnxruntime')));
    expect(naming.filter((file) => roomOf(file) !== 'runtime')).toEqual([]);
  });

  it('opens no runtime and computes on no model where a page is drawn', () => {
    // what runs in the reader's browser decodes there
    const drawing = files.filter((file) => roomOf(file) === 'report' && !file.startsWith('report/client/'));
    const shipped = drawing.filter((file) => !file.endsWith('.oracle.ts'));
    expect(shipped.filter((file) => importsOf(file).some((module) => roomOf(module) === 'runtime'))).toEqual([]);
    const computing = ['graph', 'onnx', 'nn', 'optim', 'models', 'train'];
    const values = shipped.flatMap((file) =>
      staticImportsOf(file)
        .filter((module) => computing.includes(roomOf(module)))
        .map((module) => `${file} → ${module}`),
    );
    expect(values).toEqual([]);
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

describe('messages of the library', () => {
  /** Every flag of every command, as their help has them. */
  const help = fileURLToPath(new URL('./cli/help/', import.meta.url));
  const flags = new Set(
    readdirSync(help).flatMap((name) =>
      [...readFileSync(join(help, name), 'utf8').matchAll(/--([a-z][a-z0-9-]*)/g)].map((match) => match[1]),
    ),
  );

  it('name options that there are, so that the flags which the command line makes of them are there too', () => {
    const library = files.filter((file) => !/^(cli|report)\/|generated\//.test(file));
    const unknown = library.flatMap((file) => {
      const strings = readFileSync(join(source, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      const named = strings.matchAll(/\\`([a-z][A-Za-z0-9]*)(?:: |\\`)|'[^'\n]*?`([a-z][A-Za-z0-9]*)(?:: |`)[^'\n]*'/g);
      return [...named].flatMap(([, inTemplate, inString]) => {
        const option = inTemplate ?? inString ?? '';
        return flags.has(flagName(option)) ? [] : [`${file}: ${option}`];
      });
    });
    expect(unknown).toEqual([]);
  });
});

describe('the doors', () => {
  /** Every module of this project that is loaded with a file, and every package. */
  const loadedWith = (file: string, seen = new Set<string>()): Set<string> => {
    const text = readFileSync(join(source, file), 'utf8');
    const lazy = new Set([...text.matchAll(/import\(\s*'([^']+)'/g)].map((match) => match[1]));
    const typesOnly = new Set(
      [...text.matchAll(/(?:import|export) type [^;]*? from '([^']+)'/g)].map((match) => match[1]),
    );
    for (const [, specifier] of text.matchAll(/from '([^']+)'/g)) {
      if (lazy.has(specifier) || typesOnly.has(specifier!)) continue;
      const module = specifier!.startsWith('.')
        ? relative(source, resolve(source, dirname(file), specifier!))
            .split(sep)
            .join('/')
            .replace(/\.js$/, '.ts')
        : specifier!;
      if (seen.has(module)) continue;
      seen.add(module);
      if (files.includes(module)) loadedWith(module, seen);
    }
    return seen;
  };

  it.each(['index', 'graph', 'latent', 'codec'])('%s needs no files: it loads in a page', (door) => {
    const node = [...loadedWith(`${door}.ts`)].filter((module) => module.startsWith('node:') || module === 'sharp');
    expect(node).toEqual([]);
  });

  it('gargalo names at most 80 values', async () => {
    expect(Object.keys(await import('../src/index.js')).length).toBeLessThanOrEqual(80);
  });
});
