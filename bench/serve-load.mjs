// Two hundred clients of a service: each has a connection of its own and asks again as soon as it is answered. It writes and
// reads the bytes of HTTP itself, because a client that works as hard as the service would measure itself.
import { connect } from 'node:net';

/**
 * @param {object} task
 * @param {number} task.port
 * @param {number} task.clients
 * @param {number} task.seconds  that are measured
 * @param {number} task.warmUp  seconds before
 * @param {string} task.body
 */
async function load({ port, clients, seconds, warmUp, body }) {
  const request = Buffer.from(
    `POST /score HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const begin = performance.now() + warmUp * 1000;
  const end = begin + seconds * 1000;
  /** @type {number[]} */
  const milliseconds = [];
  let [all, others] = [0, 0];
  const client = () =>
    /** @type {Promise<void>} */ (
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => ask());
        socket.setNoDelay(true);
        let started = 0;
        let answer = '';
        function ask() {
          started = performance.now();
          answer = '';
          socket.write(request);
        }
        socket.on('error', reject);
        socket.on('close', () => resolve());
        socket.on('data', (piece) => {
          answer += piece.toString('latin1');
          const head = answer.indexOf('\r\n\r\n');
          if (head < 0) return;
          const length = Number(/content-length: (\d+)/i.exec(answer)?.[1] ?? Number.NaN);
          const isWhole = Number.isNaN(length) ? answer.endsWith('0\r\n\r\n') : answer.length >= head + 4 + length;
          if (!isWhole) return;
          const now = performance.now();
          all++;
          if (!answer.startsWith('HTTP/1.1 200')) others++;
          if (started >= begin && now <= end) milliseconds.push(now - started);
          if (now < end) ask();
          else socket.end();
        });
      })
    );
  await Promise.all(Array.from({ length: clients }, client));
  milliseconds.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    milliseconds[Math.min(milliseconds.length - 1, Math.floor(share * milliseconds.length))];
  return {
    requests: milliseconds.length,
    perSecond: milliseconds.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    all,
    others,
  };
}

process.stdout.write(`${JSON.stringify(await load(JSON.parse(process.argv[2])))}\n`);
