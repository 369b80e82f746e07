// Writes docs/api.txt: every public name with its signature, by door. A test compares, so that a change of the public face is seen.
// `node tools/api-report.mjs --check` compares and writes nothing.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const doors = ['index', 'node', 'graph', 'latent', 'codec'];
const printer = ts.createPrinter({ removeComments: true });

const files = doors.map((door) => join(dist, `${door}.d.ts`));
const program = ts.createProgram(files, {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  skipLibCheck: true,
  types: ['node'],
});
const checker = program.getTypeChecker();

/** The thing itself, behind the names that it is passed on by. */
const resolved = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
const exportsOf = (file) => checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));
/** Whether it is declared here. */
const isOwn = (declaration) => declaration.getSourceFile().fileName.split('/').join(sep).startsWith(dist);

/** What a declaration says: a variable with its keyword. */
function nodeOf(declaration) {
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}

const published = new Map(doors.map((door, i) => [door, exportsOf(files[i])]));
const isPublic = new Set([...published.values()].flat().map(resolved));

/** The types of this project that a declaration names and no door exports. */
function hidden(node, into) {
  const visit = (child) => {
    if (ts.isTypeReferenceNode(child) || ts.isExpressionWithTypeArguments(child)) {
      const name = ts.isTypeReferenceNode(child) ? child.typeName : child.expression;
      const found = checker.getSymbolAtLocation(name);
      const symbol = found && resolved(found);
      const isParameter = symbol && symbol.flags & ts.SymbolFlags.TypeParameter;
      if (symbol && !isParameter && symbol.declarations?.some(isOwn) && !isPublic.has(symbol)) into.add(symbol.name);
    }
    ts.forEachChild(child, visit);
  };
  visit(node);
}

const missing = new Map();
const lines = [
  'Every public name with its signature, by door. Made by `node tools/api-report.mjs` after `npm run build`.',
];
for (const [door, symbols] of published) {
  const name = door === 'index' ? 'gargalo' : `gargalo/${door}`;
  const values = symbols.filter((symbol) => resolved(symbol).flags & ts.SymbolFlags.Value);
  lines.push('', `== ${name}: ${values.length} values, ${symbols.length - values.length} types`);
  for (const symbol of symbols.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const target = resolved(symbol);
    const nodes = new Set((target.declarations ?? []).map(nodeOf));
    const texts = [...nodes].map((node) =>
      ts.isSourceFile(node)
        ? `namespace ${symbol.name}`
        : printer
            .printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
            .replaceAll(/^export (declare )?/gm, '')
            .replaceAll(/\s*\n\s*/g, ' '),
    );
    lines.push(...texts);
    const unnamed = new Set();
    for (const node of nodes) if (!ts.isSourceFile(node)) hidden(node, unnamed);
    for (const type of unnamed) missing.set(type, [...(missing.get(type) ?? []), symbol.name]);
  }
}
if (missing.size > 0) {
  const list = [...missing].map(([type, users]) => `${type} (${users.slice(0, 3).join(', ')})`).join('\n  ');
  console.error(`types that public signatures name and no door exports:\n  ${list}`);
}
const path = join(root, 'docs', 'api.txt');
const text = `${lines.join('\n')}\n`;
if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== text) {
    console.error(
      'docs/api.txt is not what the doors export: run node tools/api-report.mjs, and look at the difference',
    );
    process.exitCode = 1;
  }
} else writeFileSync(path, text);
if (missing.size > 0) process.exitCode = 1;
