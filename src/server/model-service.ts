// A model as a service: what `gargalo detect`, `encode`, `reconstruct`, `denoise` and `decode` do, for requests.
import { join } from 'node:path';
import type { Context } from 'hono';
import { readSamples } from '../data/images/decode.js';
import { sampleNotes } from '../data/images/describe.js';
import { lookOf } from '../data/look.js';
import { type ExampleBlock, type ExampleSource, type ExampleStream, streamOf } from '../data/stream.js';
import type { WrittenTexts } from '../data/table/formula-cells.js';
import { samplesOf } from '../data/write/picture-sheet.js';
import { writePicture } from '../data/write/pictures.js';
import type { Autoencoder } from '../models/autoencoder.js';
import { checkDenoiser } from '../tasks/denoise.js';
import { denoiseImage } from '../tasks/denoise-image.js';
import { attribution, pixelNames, valueNamesOf } from '../tasks/detect/attribution.js';
import type { DetectedBlock, DetectionThreshold } from '../tasks/detect/detect.js';
import type { Detector } from '../tasks/detect/detector.js';
import { openScoreTable } from '../tasks/detect/score-table.js';
import { squaredErrorsOf } from '../tasks/detect/scoring.js';
import { isSeriesFor } from '../tasks/detect/series.js';
import { causeNames } from '../tasks/detect/unseen.js';
import { filled, openCodeWriter, openExampleWriter } from '../tasks/example-output.js';
import { type AnswerForm, asFile, examplesAsJson, formFor, nested, readingHeader, watchReading } from './answers.js';
import { bodyReader, createService, onlyMethod, type Service, type ServiceEnv, type ServiceOptions } from './app.js';
import { openMetrics } from './metrics.js';
import { openApi } from './openapi.js';
import { Refusal } from './problem.js';
import { type Asked, codesIn, contentType, examplesIn, isImage, wholeImage } from './requests.js';
import { answerWidths, jobOf, openWork } from './work.js';

/** What is served, and how much of it. */
export interface ModelServiceOptions extends Omit<ServiceOptions, 'metrics' | 'open'> {
  /** What the model is called. */
  readonly name: string;
  readonly version: string;
  readonly autoencoder: Autoencoder;
  /** The same with what it knows of its errors, where it knows that. */
  readonly detector?: Detector | undefined;
  /** How its scores are compared. */
  readonly line?: DetectionThreshold | undefined;
  /** Milliseconds that a request waits for others, to go through the network with them. */
  readonly batchWait: number;
  /** Bytes of a body, at most. */
  readonly maxBody: number;
  /** Requests at work, at most. */
  readonly queue: number;
}

/** What the service does with examples, in the order that its description has. */
export const servedTasks = ['score', 'encode', 'reconstruct', 'denoise', 'decode'] as const;
export type ServedTask = (typeof servedTasks)[number];

/** Values of an answer, at most: more rows than that are sent in several requests. */
const MOST_VALUES = 2 ** 22;

/** Values that are named with an example, those that made most of its score. */
const CAUSES = 3;

/** An answer in the making: its fields in JSON, or a table or picture under a path. */
interface Answer {
  json(): Promise<object>;
  write(path: string, texts: WrittenTexts): Promise<void>;
}

/** A walk over the blocks of a request. */
type Walk<Block> = AsyncIterable<Block>;

/** What is answered of a model's tasks. */
function answersOf({ autoencoder, line }: ModelServiceOptions, work: ReturnType<typeof openWork>) {
  const { specification } = autoencoder;
  const { input } = specification;
  const toErrors = squaredErrorsOf(specification);

  async function* rebuilt(blocks: ReturnType<ExampleStream['blocks']>, task: 'reconstruct' | 'decode') {
    for await (const block of blocks) {
      const reconstruction = await work[task](jobOf(block));
      yield { ...block, reconstruction };
    }
  }

  function examplesAnswer(stream: ExampleStream, walk: ReturnType<typeof rebuilt>, task: ServedTask): Answer {
    const isMeasured = task === 'reconstruct';
    const source = task === 'decode' ? undefined : stream;
    return {
      async json() {
        const [examples, errors]: [unknown[], number[]] = [[], []];
        for await (const block of walk) {
          examples.push(...examplesAsJson(block.reconstruction, block.end - block.start, specification));
          if (isMeasured) errors.push(...toErrors(block));
        }
        const field = task === 'denoise' ? 'cleaned' : 'reconstructions';
        return { [field]: examples, ...(isMeasured && { squaredErrors: errors }) };
      },
      async write(path, texts) {
        const options = { texts, ...(source && { source }), ...(isMeasured && { further: 'squared error' }) };
        const writer = await openExampleWriter(path, specification, options);
        await filled(writer, async () => {
          for await (const block of walk) {
            await writer.write(block.reconstruction, block, isMeasured ? toErrors(block) : undefined);
          }
        });
      },
    };
  }

  function codesAnswer(stream: ExampleStream, blocks: ReturnType<ExampleStream['blocks']>): Answer {
    const { width } = specification.code;
    return {
      async json() {
        const codes: unknown[] = [];
        for await (const block of blocks) {
          const values = await work.encode(jobOf(block));
          for (let at = 0; at < values.length; at += width) codes.push([...values.subarray(at, at + width)]);
        }
        return { width, codes };
      },
      write: async (path, texts) =>
        filled(await openCodeWriter(path, width, stream, undefined, texts), async (writer) => {
          for await (const block of blocks) await writer.write(await work.encode(jobOf(block)), block);
        }),
    };
  }

  async function* scored(blocks: ReturnType<ExampleStream['blocks']>): AsyncGenerator<DetectedBlock> {
    for await (const block of blocks) yield { ...block, ...(await work.score(jobOf(block))) };
  }

  function scoresAnswer(
    stream: ExampleStream,
    walk: Walk<DetectedBlock>,
    inRows: boolean,
    note: (text: string) => void,
  ): Answer {
    const size = input.shape.slice(inRows ? 1 : 0).reduce((product, side) => product * side, 1);
    const names = pixelNames(specification) ?? valueNamesOf(size, stream.columns ?? input.columns);
    const nameOf = causeNames(input.table, names);
    const told = {
      ...{ score: line?.score, per: inRows ? 'row' : input.sequence ? 'window' : 'example' },
      ...{ threshold: line?.threshold, quantile: line?.quantile },
    };
    const resultOf = (block: DetectedBlock, row: number) => {
      const score = block.scores[row]!;
      const causes = Number.isNaN(score) ? [] : attribution(block, row, Math.min(CAUSES, size));
      return {
        score,
        anomaly: block.anomalies[row] === 1,
        causes: causes.map(({ value, ...cause }) => ({ name: nameOf(block.cells, row, value), ...cause })),
      };
    };
    return {
      async json() {
        const results: ReturnType<typeof resultOf>[] = [];
        for await (const block of walk) {
          for (let row = 0; row < block.end - block.start; row++) results.push(resultOf(block, row));
        }
        const unscored = results.filter(({ score }) => Number.isNaN(score)).length;
        const infinite = results.filter(({ score }) => score === Number.POSITIVE_INFINITY).length;
        if (unscored > 0) note(`${unscored} rows are in pieces shorter than the model's window: their score is null`);
        if (infinite > 0) note(`${infinite} scores are infinite, which JSON has no number for: they are null`);
        const anomalies = results.filter(({ anomaly }) => anomaly).length;
        return { ...told, anomalies, unscored, results };
      },
      write: async (path, texts) =>
        filled(await openScoreTable(path, stream, undefined, names, input.table, texts), async (writer) => {
          for await (const block of walk) await writer.write(block);
        }),
    };
  }

  return { rebuilt, examplesAnswer, codesAnswer, scored, scoresAnswer };
}

/** Why a model cannot do a task, where it cannot. */
function refusalOfTask(task: ServedTask, { autoencoder, detector }: ModelServiceOptions): Refusal | undefined {
  if (task === 'score' && !detector) {
    return new Refusal(
      409,
      'score: expected a model that knows its errors on training data, got one without (train it with --kind detecting, or start the service with --calibrate <its training data>)',
    );
  }
  if (task !== 'denoise') return undefined;
  try {
    checkDenoiser(autoencoder.specification);
    return undefined;
  } catch {
    return new Refusal(
      409,
      'denoise: expected a model trained on corrupted examples, got one that never saw any (train one with --kind denoising, or ask /reconstruct)',
    );
  }
}

/** Passes blocks on, as long as they are no more rows than an answer may have. */
export async function* atMost(stream: ExampleStream, rows: number, onBlock: (block: ExampleBlock) => void) {
  for await (const block of stream.blocks()) {
    if (block.end > rows) {
      throw new Refusal(
        413,
        `body: expected at most ${rows} rows of this model at a time, got more (send the others in requests of their own)`,
      );
    }
    onBlock(block);
    yield block;
  }
}

/** What a model's service is made of beside its routes. */
function openTasks(options: ModelServiceOptions, work: ReturnType<typeof openWork>) {
  const { autoencoder, detector, line } = options;
  const { specification } = autoencoder;
  const { input } = specification;
  const isPicture = lookOf(input.shape, input.sequence).kind === 'picture';
  const widths = answerWidths(specification);
  const answers = answersOf(options, work);

  /** Cleans an image at its own size. */
  async function cleanWhole(
    body: Uint8Array,
    form: AnswerForm,
  ): Promise<{ content: object | Uint8Array<ArrayBuffer>; notes: string[] }> {
    const { image, depth, folder } = await wholeImage(body, input);
    const alpha = depth !== 'float';
    const picture = await readSamples(image, { channels: image.gray ? 1 : 3, alpha }, depth);
    const cleaned = samplesOf(await denoiseImage(autoencoder, picture), depth);
    const { width, height, channels } = picture;
    const notes = sampleNotes(folder, alpha);
    if (form === 'image/png') {
      const write = (path: string) => writePicture(join(path, 'cleaned.png'), { ...picture, data: cleaned });
      return { content: await asFile(write), notes };
    }
    const shape = channels === 1 ? [height, width] : [height, width, channels];
    return { content: { examples: 1, cleaned: [nested(cleaned, shape)] }, notes };
  }

  function answerFor(
    task: ServedTask,
    source: ExampleSource,
    stream: ExampleStream,
    reading: ReturnType<typeof watchReading>,
  ): Answer {
    const most = Math.max(1, Math.floor(MOST_VALUES / widths[task]));
    const blocks = atMost(stream, most, reading.add);
    if (task === 'encode') return answers.codesAnswer(stream, blocks);
    if (task !== 'score')
      return answers.examplesAnswer(
        stream,
        answers.rebuilt(blocks, task === 'decode' ? 'decode' : 'reconstruct'),
        task,
      );
    const inRows = isSeriesFor(specification, stream);
    if (!inRows) return answers.scoresAnswer(stream, answers.scored(blocks), false, reading.note);
    if (autoencoder.calibration?.patterns?.timed && !stream.time) {
      reading.note(
        'the rows have no times: those that the model was trained on are compared with themselves and look normal',
      );
    }
    const counted = async function* () {
      for await (const block of detector!.detect(source)) {
        reading.add(block);
        yield block;
      }
    };
    return answers.scoresAnswer(stream, counted(), true, reading.note);
  }

  async function respond(task: ServedTask, context: Context<ServiceEnv>, body: Uint8Array): Promise<Response> {
    const hasPictures = isPicture && task !== 'score' && task !== 'encode';
    const forms: AnswerForm[] = ['application/json', 'text/csv', ...(hasPictures ? (['image/png'] as const) : [])];
    const form = formFor(context.req.header('accept'), forms);
    if (!form) throw new Refusal(406, `Accept: expected ${forms.join(', ')}, got "${context.req.header('accept')}"`);
    const header = context.req.header('content-type');
    if (task === 'denoise' && input.picture?.patches && isImage(contentType(header).type)) {
      if (form === 'text/csv')
        throw new Refusal(
          406,
          'Accept: expected application/json or image/png for an image at its own size, got text/csv',
        );
      const { content, notes } = await cleanWhole(body, form);
      context.set('rows', 1);
      if (!(content instanceof Uint8Array)) return context.json({ ...content, notes });
      return new Response(content, {
        headers: { 'Content-Type': form, 'Gargalo-Reading': JSON.stringify({ examples: 1, notes }) },
      });
    }
    const asked: Asked =
      task === 'decode'
        ? await codesIn(body, header, specification)
        : await examplesIn(body, header, specification, task === 'score' && line?.rows === true);
    const stream = streamOf(asked.source);
    const reading = watchReading(asked.source, stream, asked.ignored);
    const answer = answerFor(task, asked.source, stream, reading);
    if (form === 'application/json') {
      const json = await answer.json();
      context.set('rows', reading.examples);
      return context.json({ examples: reading.examples, ...json, ...reading.origin(), ...reading.result() });
    }
    const isOne = stream.length === 1;
    const name = form === 'text/csv' ? 'answer.csv' : isOne ? '' : 'answer.png';
    const texts: WrittenTexts = { escaped: 0 };
    const content = await asFile((folder) => answer.write(name === '' ? `${folder}/` : join(folder, name), texts));
    const { examples } = reading;
    context.set('rows', examples);
    const escaped = texts.escaped > 0 && { cellsEscaped: texts.escaped };
    const beside = {
      examples,
      ...escaped,
      ...(task === 'score' && line && { score: line.score, threshold: line.threshold }),
    };
    return new Response(content, {
      headers: {
        'Content-Type': form === 'text/csv' ? 'text/csv; charset=utf-8' : form,
        'Gargalo-Reading': readingHeader(reading.result(), beside),
      },
    });
  }
  return { respond };
}

/** Bounds of the histogram of batches, in rows. */
const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048];

/** Paths that say whether the service is there: asked by machines that have no token. */
export const openPaths = ['/healthz', '/readyz'];

/** A service that puts a model to work. Opening it listens nowhere: see `listen`. */
export function modelService(options: ModelServiceOptions): Service & { readonly tasks: readonly ServedTask[] } {
  const { name, version, autoencoder, line, batchWait, maxBody, queue } = options;
  const metrics = openMetrics();
  const service = createService({ ...options, metrics, open: openPaths });
  const { app } = service;
  const rows = metrics.counter('gargalo_rows_total', 'Rows that were answered, by path.');
  const batches = metrics.histogram(
    'gargalo_batch_rows',
    'Rows of the batches that went through the network.',
    BATCHES,
  );
  const together = metrics.histogram('gargalo_batch_requests', 'Requests of the batches.', BATCHES);
  const bodies = bodyReader(maxBody, queue);
  metrics.gauge('gargalo_queue_requests', 'Requests at work.', () => bodies.open);
  const work = openWork(autoencoder, options.detector, {
    wait: batchWait,
    onBatch: (task, jobs, count) => {
      batches.observe(count, { task });
      together.observe(jobs, { task });
    },
  });
  const tasks = openTasks(options, work);
  const refusals = new Map(servedTasks.map((task) => [task, refusalOfTask(task, options)]));
  const able = servedTasks.filter((task) => !refusals.get(task));
  for (const task of servedTasks) {
    app.post(`/${task}`, async (context) => {
      const refusal = refusals.get(task);
      if (refusal) throw refusal;
      const response = await bodies.with(context, (body) => tasks.respond(task, context, body));
      rows.add(context.get('rows') ?? 0, { path: `/${task}` });
      return response;
    });
    onlyMethod(app, `/${task}`, 'POST');
  }
  const { kind, input, code } = autoencoder.specification;
  const description = openApi({
    name,
    version,
    specification: autoencoder.specification,
    tasks: able,
    line,
    secured: options.token !== undefined,
  });
  const gets = {
    '/': () =>
      Response.json({
        ...{ service: 'gargalo', version, model: name, kind, shape: input.shape, code: code.width },
        ...(input.columns && { columns: input.table?.columns.map((column) => column.name) ?? input.columns }),
        ...{ tasks: able.map((task) => `POST /${task}`), description: '/openapi.json', metrics: '/metrics' },
      }),
    '/openapi.json': () => Response.json(description),
    '/healthz': () => Response.json({ status: 'ok' }),
    '/readyz': () => {
      if (service.isStopping) throw new Refusal(503, 'service: expected to be ready, it is stopping');
      return Response.json({ status: 'ready' });
    },
    '/metrics': () =>
      new Response(metrics.text(), { headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' } }),
  };
  for (const [path, answer] of Object.entries(gets)) {
    app.get(path, answer);
    onlyMethod(app, path, 'GET');
  }
  return Object.assign(service, { tasks: able });
}
