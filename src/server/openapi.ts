// The description of a model's service for machines: OpenAPI 3.1, made of the model's own schema.
import { lookOf } from '../data/look.js';
import type { TableColumn } from '../data/table/schema.js';
import type { Specification } from '../models/specification.js';
import type { DetectionThreshold } from '../tasks/detect/detect.js';
import type { ServedTask } from './model-service.js';

/** JSON Schema, as OpenAPI 3.1 has it. */
type Schema = Readonly<Record<string, unknown>>;

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const numbers = { type: 'number' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const texts = { type: 'array', items: { type: 'string' } } as const;
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const object = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

/** Lists in the shape of an example. */
const nestedOf = (shape: readonly number[]): Schema =>
  shape.reduceRight<Schema>((items, side) => ({ type: 'array', items, minItems: side, maxItems: side }), numbers);

/** A cell of a column in a request. */
function cellOf(column: TableColumn, missing: boolean): Schema {
  const orNull = (...types: string[]) => (missing ? [...types, 'null'] : types);
  switch (column.type) {
    case 'number':
      return { type: orNull('number') };
    case 'boolean':
      return { type: orNull('boolean', 'string'), examples: [...column.levels] };
    case 'category':
      return {
        type: orNull('string', 'number', 'boolean'),
        description: 'A word that the model has not seen is counted as cellsUnknown.',
        examples: column.levels.slice(0, 20),
      };
  }
}

/** The rows that requests have and the ones that answers have. */
function rowSchemas({ input }: Specification): { readonly asked: Schema; readonly made: Schema } {
  const { table, columns, sequence, shape } = input;
  const known: readonly TableColumn[] | undefined =
    table?.columns ?? columns?.map((name): TableColumn => ({ type: 'number', name }));
  const list = nestedOf(sequence ? shape.slice(1) : shape);
  if (!known) return { asked: list, made: nestedOf(shape) };
  const missing = (table?.missing ?? 'refuse') !== 'refuse';
  const beside = [input.roles?.time, ...(input.roles?.group ?? []), ...(input.roles?.id ?? [])];
  const asked = object(Object.fromEntries(known.map((column) => [column.name, cellOf(column, missing)])));
  const names = beside.flatMap((name) => (name === undefined ? [] : [[name, { type: ['string', 'number'] }] as const]));
  const made = known.map(({ name, type }) => [name, type === 'number' ? numbers : { type: 'string' }] as const);
  return {
    asked: { ...asked, properties: { ...(asked.properties as object), ...Object.fromEntries(names) } },
    made: sequence ? nestedOf(shape) : object(Object.fromEntries(made)),
  };
}

const reading = {
  examples: count,
  rowsDropped: { ...listOf({ type: 'integer', minimum: 1 }), description: 'Rows, from 1, left out for missing cells.' },
  cellsFilled: { ...count, description: 'Missing cells that were filled in.' },
  cellsUnknown: { ...count, description: 'Cells with a word that the model has not seen.' },
  columnsIgnored: { ...texts, description: 'Columns that the model has no use for.' },
  notes: { ...texts, description: 'The same in sentences, and how the data were understood.' },
  origin: {
    type: 'object',
    description: 'Ids, groups, times or numbers of the rows, where the model has such columns or rows were left out.',
    additionalProperties: { type: 'array' },
  },
} as const;

const answer = (properties: Readonly<Record<string, Schema>>): Schema =>
  object({ ...properties, ...reading }, ['origin']);

const orNull = { type: ['number', 'null'] };

function schemasOf(specification: Specification, tasks: readonly ServedTask[]): Readonly<Record<string, Schema>> {
  const { asked, made } = rowSchemas(specification);
  const codes = listOf(nestedOf([specification.code.width]));
  const cause = object({ name: { type: 'string' }, share: orNull, observed: numbers, expected: orNull });
  const result = object({ score: orNull, anomaly: { type: 'boolean' }, causes: listOf(cause) });
  const answers: Readonly<Record<ServedTask, Schema>> = {
    score: answer({
      ...{ score: { type: 'string' }, per: { enum: ['row', 'window', 'example'] }, threshold: numbers },
      ...{ quantile: numbers, anomalies: count, unscored: count, results: listOf(result) },
    }),
    encode: answer({ width: count, codes }),
    reconstruct: answer({ reconstructions: listOf(made), squaredErrors: listOf(numbers) }),
    denoise: object(
      { cleaned: { type: 'array' }, ...reading },
      Object.keys(reading).filter((name) => name !== 'examples' && name !== 'notes'),
    ),
    decode: answer({ reconstructions: listOf(made) }),
  };
  const problem = object({ status: count, title: { type: 'string' }, error: { type: 'string' } });
  return {
    row: asked,
    codes,
    problem,
    ...Object.fromEntries(tasks.map((task) => [`${task}Answer`, answers[task]])),
  };
}

const summaries: Readonly<Record<ServedTask, string>> = {
  score: 'How unusual examples are, whether they are anomalies, and the values that made most of the score',
  encode: 'The codes of examples',
  reconstruct: 'What comes back of examples, and the squared error of each',
  denoise: 'Cleaned examples',
  decode: 'Examples from codes',
};

/** What each status that refuses means. */
const refusals: Readonly<Record<string, string>> = {
  400: 'The body is no JSON, or empty',
  401: 'The token is missing or another',
  403: 'The Host or Origin is that of another site',
  406: 'The answer has no form that is accepted',
  413: 'The body has too many bytes or rows',
  415: 'The body is of a type that is not read',
  422: 'The body has rows that the model cannot take; the message names the place',
  429: 'The client asks too often',
  503: 'Too many requests are at work, or the service is stopping',
};

const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ref('problem') } },
});

function operation(task: ServedTask, takesImages: boolean, isPicture: boolean) {
  const isDecode = task === 'decode';
  const rows = isDecode ? ref('codes') : { anyOf: [ref('row'), listOf(ref('row')), { type: 'array' }] };
  const table = {
    'text/csv': { schema: { type: 'string' } },
    'text/tab-separated-values': { schema: { type: 'string' } },
  };
  const binary = { schema: { type: 'string', contentMediaType: 'image/png' } };
  const images = takesImages && !isDecode ? { 'image/png': binary, 'image/jpeg': binary } : {};
  const picture = isPicture && task !== 'score' && task !== 'encode' ? { 'image/png': binary } : {};
  const header = {
    'Gargalo-Reading': { description: 'What was done to the data, as JSON', schema: { type: 'string' } },
  };
  return {
    post: {
      operationId: task,
      summary: summaries[task],
      requestBody: {
        required: true,
        description:
          'Rows as objects by the columns of the model, as lists, or a single one; a table with a header; an image.',
        content: { 'application/json': { schema: rows }, ...table, ...images },
      },
      responses: {
        200: {
          description: 'What the model says',
          headers: header,
          content: {
            'application/json': { schema: ref(`${task}Answer`) },
            'text/csv': { schema: { type: 'string' } },
            ...picture,
          },
        },
        ...Object.fromEntries(Object.entries(refusals).map(([status, text]) => [status, problemAnswer(text)])),
      },
    },
  };
}

const get = (operationId: string, summary: string, type = 'application/json', open = false) => ({
  get: {
    ...{ operationId, summary },
    ...(open && { security: [] }),
    responses: {
      200: {
        description: summary,
        content: { [type]: { schema: { type: type === 'text/plain' ? 'string' : 'object' } } },
      },
    },
  },
});

/**
 * Describes a model's service.
 *
 * @param tasks what the model can do
 */
export function openApi({
  name,
  version,
  specification,
  tasks,
  line,
  secured,
}: {
  readonly name: string;
  readonly version: string;
  readonly specification: Specification;
  readonly tasks: readonly ServedTask[];
  readonly line: DetectionThreshold | undefined;
  readonly secured: boolean;
}) {
  const { input, kind } = specification;
  const takesImages = !input.columns && !input.sequence && input.shape.length >= 2;
  const isPicture = lookOf(input.shape, input.sequence).kind === 'picture';
  const scores = line ? ` Scores are "${line.score}"; anomalies score above ${line.threshold}.` : '';
  const stopping = { 503: problemAnswer('The service is stopping') };
  const ready = get('readyz', 'Whether it takes requests', 'application/json', true);
  return {
    openapi: '3.1.0',
    info: { title: name, version, description: `An autoencoder of the kind ${kind}.${scores}` },
    paths: {
      ...Object.fromEntries(tasks.map((task) => [`/${task}`, operation(task, takesImages, isPicture)])),
      '/': get('about', 'What is served'),
      '/openapi.json': get('openapi', 'This description'),
      '/healthz': get('healthz', 'Whether the service runs', 'application/json', true),
      '/readyz': { get: { ...ready.get, responses: { ...ready.get.responses, ...stopping } } },
      '/metrics': get('metrics', 'What was counted, in the text format of Prometheus', 'text/plain'),
    },
    components: {
      schemas: schemasOf(specification, tasks),
      ...(secured && { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } }),
    },
    ...(secured && { security: [{ token: [] }] }),
  };
}
