import { createWriteStream } from 'node:fs';
import { badInput, GargaloError } from '../../core/errors.js';
import { figure, several } from '../../core/format.js';
import { openAutoencoder } from '../../models/autoencoder.js';
import { inputSize, type Specification } from '../../models/specification.js';
import { loopbackNames } from '../../server/app.js';
import { isLoopback, listen } from '../../server/listen.js';
import { modelService } from '../../server/model-service.js';
import { detectionThreshold } from '../../tasks/detect/detect.js';
import { detector } from '../../tasks/detect/detector.js';
import { defineCommand, list, pick, text } from '../command.js';
import { calibrationFor, scoresRows } from '../detect-scores.js';
import { modelArgument, openModel } from '../model-work.js';
import { machineOptions, scoreOptions } from '../options.js';
import type { Session } from '../session.js';
import { printLines } from '../terminal.js';

const serviceOptions = {
  port: {
    type: 'integer',
    default: 8080,
    minimum: 0,
    maximum: 65535,
    description: 'the port to listen on; 0 for any that is free',
  },
  host: text(
    '<address>',
    'the address to listen on; 0.0.0.0 for all of the machine (default: 127.0.0.1, this machine alone)',
  ),
  allowHost: list(
    '<a,b,…>',
    'further names that requests may call this service by, as a proxy on this machine passes them on',
  ),
  token: text('<text>', 'ask for "Authorization: Bearer <text>" (default: the variable GARGALO_TOKEN, else nothing)'),
} as const;

const limitOptions = {
  batchWait: {
    type: 'number',
    default: 1,
    minimum: 0,
    maximum: 1000,
    description: 'milliseconds that a request waits for others, to go through the network with them',
  },
  queue: {
    type: 'integer',
    default: 1000,
    minimum: 1,
    description: 'requests at work, at most; more are refused (503)',
  },
  maxBody: {
    type: 'number',
    default: 10,
    minimum: 0,
    maximum: 1024,
    exclusive: true,
    description: 'the largest body of a request, in megabytes (413)',
  },
  rate: {
    type: 'number',
    default: undefined,
    minimum: 0,
    exclusive: true,
    description: 'requests a second of one client, at most (429) (default: any)',
  },
} as const;

const groups = {
  'Service:': { ...serviceOptions, log: text('<file>', 'append a line of JSON for each request to this file') },
  'Limits:': limitOptions,
  'Scores:': {
    calibrate: text('<data>', 'compare with these data, taken to be normal (default: the training data)'),
    ...scoreOptions,
  },
  'Machine:': machineOptions,
} as const;

/** Appends lines to a file; says once where that fails, and goes on. */
function openLog(path: string, session: Session) {
  const stream = createWriteStream(path, { flags: 'a' });
  stream.once('error', (error) => session.warn(`${path}: no more lines are written: ${error.message}`));
  stream.on('error', () => undefined);
  return {
    write: (entry: object): void => void (stream.writable && stream.write(`${JSON.stringify(entry)}\n`)),
    close: () => new Promise<void>((resolve) => (stream.writable ? stream.end(() => resolve()) : resolve())),
  };
}

/** Says a failure of the service itself, which clients are not told of. */
function sayFailure(error: unknown, session: Session): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  session.warn(`a request failed: ${message.replaceAll(/\s+/g, ' ')}`);
  if (process.env.GARGALO_DEBUG === '1') printLines('stderr', (stack ?? message).split('\n'));
}

/** An example of any values: what a first request would wait for is made ready by it. */
const someExample = (specification: Specification) => ({
  values: new Float32Array(inputSize(specification)).fill(specification.input.scaling.offset[0] ?? 0),
  shape: [1, ...specification.input.shape],
});

/** `gargalo serve <model>` */
export const define = defineCommand({
  arguments: { '<model>': modelArgument },
  options: groups,
  notes: `POST /score, /encode, /reconstruct, /denoise and /decode take rows as JSON,
tables as text/csv and, for a model of images, images. GET /openapi.json
describes them, /metrics counts, /readyz tells whether requests are taken.
Ctrl-C answers what was asked and ends. docs/serve.md has examples.`,
  examples: ['gargalo serve runs/table', 'gargalo serve runs/table --host 0.0.0.0 --token "$TOKEN" --rate 100'],
  async run(asked, session) {
    const { model: named, host = '127.0.0.1', port = 8080, allowHost = [], calibrate, rate, log } = asked;
    const { batchWait = 1, queue = 1000, maxBody = 10, token = process.env.GARGALO_TOKEN } = asked;
    if (token === '') throw badInput('token', 'expected a text, got none', 'leave it out to ask for none');
    const model = await openModel(named, session);
    const { specification } = model;
    const bare = openAutoencoder(model, await session.runtime(pick(asked, machineOptions)));
    try {
      const calibration = await calibrationFor(bare, { calibrate, data: {} }, session);
      const autoencoder = { ...bare, ...(calibration && { calibration }) };
      const { per, ...choice } = pick(asked, scoreOptions);
      const inRows = scoresRows(specification, calibration, per);
      const { shape, sequence } = specification.input;
      const scored = inRows ? { shape: shape.slice(1) } : { shape, ...(sequence && { sequence }) };
      const line = calibration && detectionThreshold(autoencoder, scored, choice);
      const scorer = calibration && (await detector(autoencoder, undefined, choice));
      await autoencoder.reconstruct(someExample(specification));
      await autoencoder.encode(someExample(specification));
      const access = log === undefined ? undefined : openLog(log, session);
      const service = modelService({
        ...{ name: named, version: session.version, autoencoder, detector: scorer, line },
        ...{ batchWait, queue, maxBody: Math.floor(maxBody * 1e6), token, rate },
        hosts: isLoopback(host) ? [...loopbackNames, ...allowHost] : allowHost.length > 0 ? allowHost : undefined,
        onFailure: (error) => sayFailure(error, session),
        onAnswered: access?.write,
      });
      const listening = await listen(service, { host, port });
      for (const warning of scorer?.warnings ?? []) session.warn(warning);
      if (!isLoopback(host) && token === undefined) {
        session.warn(`${listening.url}: anybody who reaches this address can ask: --token asks for a token`);
      }
      const threshold = line ? `, anomalies above ${figure(line.threshold, 4)} (${line.score})` : '';
      session.result(
        { url: listening.url, host: listening.host, port: listening.port, model: named, tasks: service.tasks },
        `${listening.url}: ${named}, examples of ${several(inputSize(specification), 'value')}${threshold}`,
      );
      await session.work('served', async ({ signal }) => {
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        session.note('stopping: what was asked is answered …  (Ctrl-C again quits at once)');
        await listening.stop();
      });
      await access?.close();
      await scorer?.close();
      throw new GargaloError('cancelled', listening.url, 'stopped on request; what was asked is answered');
    } finally {
      await bare.close();
    }
  },
});
