// What is wrong with a request, as an answer: one sentence and a status, never a stack.
import { GargaloError, oneLine } from '../core/errors.js';

/** The statuses that requests are refused with. */
export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 406 | 409 | 413 | 415 | 422 | 429 | 500 | 503;

const titles: Readonly<Record<ProblemStatus, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** A request that is refused: "where: expected …, got … (mend)". */
export class Refusal extends Error {
  readonly status: ProblemStatus;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: ProblemStatus, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(oneLine(message));
    this.status = status;
    this.headers = headers;
  }
}

/** Mends that name options are for those who start the service, not for those who ask it. */
const sentence = ({ where, problem, remedy }: GargaloError): string =>
  `${where}: ${problem}${remedy && !remedy.includes('`') ? ` (${remedy})` : ''}`;

const statuses: Readonly<Record<GargaloError['code'], ProblemStatus>> = {
  'bad-input': 422,
  'bad-shape': 422,
  'not-available': 415,
  cancelled: 503,
  diverged: 500,
  internal: 500,
};

/** What anything that was thrown is to a client. Of failures of the service itself nothing is told but that there was one. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const status = error instanceof GargaloError ? statuses[error.code] : 500;
  if (status === 500 || !(error instanceof GargaloError)) {
    return new Refusal(500, 'service: expected to answer, failed; its own messages say why');
  }
  return new Refusal(status, sentence(error), status === 503 ? { 'Retry-After': '1' } : {});
}

/** A refusal as problem+json (RFC 9457), with the sentence as `error`. */
export function problemResponse({ status, message, headers }: Refusal): Response {
  return new Response(JSON.stringify({ status, title: titles[status], error: message }), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });
}
