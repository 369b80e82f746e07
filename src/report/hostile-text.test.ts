// Every text that any page is drawn from, one after the other, made to break out of where it stands.
import { expect, it } from 'vitest';
import { isLong } from '../../test/effort.js';
import { gallery } from './gallery.oracle.js';
import { parse, unbalanced } from './pages/training/pages.oracle.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const raw = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/;
const hostile = `</script></style></title></text><script>alert(1)</script><img src=x onerror="alert(1)" '& &quot;]]>--></svg>;}*{color:red}\x1b[31m\x07\u009b\u202e`;

/** The keys of texts in plain data. */
function textKeys(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return [key];
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Date) return [];
  if (Array.isArray(value)) return value.flatMap((item) => textKeys(item, key));
  return Object.entries(value).flatMap(([name, item]) => textKeys(item, name));
}

/** The same data with other texts in all places that end in a key. */
function changed(value: unknown, last: string, key = ''): unknown {
  if (typeof value === 'string') return key === last ? value + hostile : value;
  if (Array.isArray(value)) return value.map((item) => changed(item, last, key));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, changed(item, last, name)]));
}

/** Each page once; the other forms of them are a part of the long tests. */
const quick = ['training-sockets', 'training-table', 'sweep-table', 'compression', 'detection-time', 'latent-live'];

it.each(isLong ? Object.keys(gallery) : quick)('%s writes hostile text as text, wherever it stands', (name) => {
  const { of } = gallery[name]!;
  let input: unknown;
  const sound = of((own) => (input = own));
  expect(sound).not.toContain('alert(1)');
  let shown = 0;
  for (const at of new Set(textKeys(input))) {
    let page: string;
    try {
      page = of((own) => changed(own, at));
    } catch {
      // A name of one of several things, which draws no page when it is another.
      continue;
    }
    expect({ at, alert: /<script>alert|<img src=x|\*\{color:red\}\s*<\/style>/.test(page) }).toEqual({
      at,
      alert: false,
    });
    expect({ at, raw: raw.exec(page)?.index }).toEqual({ at, raw: undefined });
    if (!page.includes('alert(1)')) continue;
    shown++;
    expect({ at, unbalanced: unbalanced(page) }).toEqual({ at, unbalanced: [] });
    const document = parse(page);
    expect({ at, scripts: document.querySelectorAll('[onerror]').length }).toEqual({ at, scripts: 0 });
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1];
    expect({ at, inStyle: style?.includes('alert') }).toEqual({ at, inStyle: false });
    for (const chart of document.querySelectorAll('[data-stops]')) JSON.parse(chart.getAttribute('data-stops')!);
    for (const [, data] of page.matchAll(/<script type="application\/json"[^>]*>(.*?)<\/script>/gs)) JSON.parse(data!);
  }
  // title, command and version at least
  expect(shown).toBeGreaterThan(2);
});
