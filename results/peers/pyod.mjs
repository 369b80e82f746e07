// PyOD's AutoEncoder in a process of its own, where a Python has it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../training.mjs';

/** A Python that has PyOD: the one of GARGALO_PYTHON, or that of .venv/; undefined where neither has. */
function pythonWithPyod() {
  const python = process.env.GARGALO_PYTHON ?? join(root, '.venv', 'bin', 'python');
  if (!existsSync(python)) return undefined;
  const { status } = spawnSync(python, ['-c', 'import pyod.models.auto_encoder'], { stdio: 'ignore' });
  return status === 0 ? python : undefined;
}

/** Opens the peer; undefined where there is no Python for it. */
export async function openPyod(threads) {
  const python = pythonWithPyod();
  if (!python) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'pyod-'));
  const child = spawn(python, [join(root, 'results', 'peers', 'pyod-autoencoder.py'), String(threads)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, OMP_NUM_THREADS: String(threads) },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    // The library itself may write lines of its own.
    for (;;) {
      const { done, value } = await lines.next();
      if (done) throw new Error('PyOD ended without an answer');
      if (value.startsWith('{')) return JSON.parse(value);
    }
  };
  await answer();
  const flat = (rows) => Float32Array.from(rows.flatMap((row) => [...row]));
  return {
    /** The scores of the test rows and the processor's seconds of fitting and scoring. */
    async score(train, test, seed) {
      const [ofTrain, ofTest, scores] = ['train', 'test', 'scores'].map((name) => join(folder, name));
      writeFileSync(ofTrain, flat(train));
      writeFileSync(ofTest, flat(test));
      child.stdin.write(`${JSON.stringify({ train: ofTrain, test: ofTest, size: train[0].length, seed, scores })}\n`);
      const { seconds } = await answer();
      const bytes = readFileSync(scores);
      return { scores: new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8).slice(), seconds };
    },
    close() {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
