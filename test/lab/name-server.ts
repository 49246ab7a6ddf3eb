import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import { Counter, collectDefaultMetrics, Registry } from 'prom-client';

const codes = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3 } as const;
type Code = keyof typeof codes;
const ttlSeconds = 2;

/** The name asked for in a query of one question, and where the question ends. */
function question(query: Buffer): { readonly name: string; readonly end: number } {
  const parts: string[] = [];
  let at = 12;
  for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
    parts.push(query.toString('latin1', at + 1, at + 1 + size));
    at += size + 1;
  }
  return { name: parts.join('.').toLowerCase(), end: at + 5 };
}

/** An answer to a query (RFC 1035, 4.1): the question again, and one address when there is no error. */
function answer(query: Buffer, end: number, code: Code): Buffer {
  const head = Buffer.from(query.subarray(0, 12));
  const found = code === 'NOERROR';
  head.writeUInt16BE(0x8580 | codes[code], 2);
  head.writeUInt16BE(found ? 1 : 0, 6);
  head.writeUInt32BE(0, 8);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, ttlSeconds, 0, 4, 127, 0, 0, 1]);
  return Buffer.concat([head, query.subarray(12, end), ...(found ? [record] : [])]);
}

/** Answers `<peer>.lab` with loopback over UDP; `/fault/broken` and `/fault/none` over HTTP on the same port. */
function serve(port: number, names: ReadonlySet<string>): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const answers = new Counter({
    name: 'dns_responses_total',
    help: 'answers by code',
    labelNames: ['rcode'],
    registers: [registry],
  });
  let broken = false;
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const { name, end } = question(query);
    const known = names.has(name) ? 'NOERROR' : 'NXDOMAIN';
    const code = broken ? 'SERVFAIL' : known;
    answers.inc({ rcode: code });
    socket.send(answer(query, end, code), from.port, from.address);
  });
  socket.bind(port, '127.0.0.1');
  createServer(async (request, response) => {
    if (request.url === '/fault/broken') broken = true;
    if (request.url === '/fault/none') broken = false;
    response.setHeader('content-type', registry.contentType);
    response.end(request.url === '/metrics' ? await registry.metrics() : '');
  }).listen(port, '127.0.0.1');
}

const [port, ...names] = process.argv.slice(2);
serve(Number(port), new Set(names));
