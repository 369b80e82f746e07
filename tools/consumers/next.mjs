// Next.js: a component in the page and a route handler on the server, as docs/browser.md has them.
import { withServer } from './bundlers.mjs';
import { expectTraining } from './chromium.mjs';
import { paged, rows } from './programs.mjs';
import { project, run } from './workshop.mjs';

const files = {
  'next.config.mjs': `export default { serverExternalPackages: ['gargalo'] };`,
  'app/layout.js': `export const metadata = { title: 'waiting', icons: 'data:,' };
export default ({ children }) => <html lang="en"><body>{children}</body></html>;`,
  'app/page.js': `import { Training } from './training';
export default () => <Training />;`,
  'app/training.js': `'use client';
import { useEffect } from 'react';
import { answer } from './answer';
export function Training() {
  useEffect(() => { answer().then((text) => { document.title = text; }); }, []);
  return <p>it trains</p>;
}`,
  'app/answer.js': paged(),
  'app/score/route.js': `import { detecting, detector, fit } from 'gargalo';
const rows = ${rows};
const trained = fit(rows, detecting({ epochs: 2, seed: 1 })).then(({ autoencoder }) => detector(autoencoder, rows));
export async function POST(request) {
  const machine = await trained;
  return Response.json({ scores: [...await machine.score(await request.json())] });
}`,
};
const packages = ['onnxruntime-web@1.30', 'next@16', 'react@19', 'react-dom@19'];

/** @type {string | undefined} */
let application;

/** @type {import('../test-consumers.mjs').Trial[]} */
export const trials = ['turbopack', 'webpack'].map((bundler) => ({
  name: `Next.js with ${bundler}: a client component and a route handler`,
  isLong: true,
  async run() {
    application ??= project('next', files, packages);
    const cwd = application;
    run('npx', ['--no', '--', 'next', 'build', `--${bundler}`], { cwd, env: { NEXT_TELEMETRY_DISABLED: '1' } });
    await withServer(cwd, ['next', 'start', '--port', '0'], async (url) => {
      await expectTraining(url);
      const body = JSON.stringify([{ temperature: 35, machine: 'A' }]);
      const { scores } = await (await fetch(`${url}score`, { method: 'POST', body })).json();
      if (!(scores[0] > 0)) throw new Error(`expected a score, got ${scores}`);
    });
  },
}));
