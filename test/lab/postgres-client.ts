import { connect, type Socket } from 'node:net';
import { CallFailure } from './call-failure.ts';

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

const timeoutMs = 1000;
const protocol3 = 196_608;

/** A message of the protocol: its type, its length, its text. */
function message(type: string, text: string): Buffer {
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

function startup(user: string): Buffer {
  const body = Buffer.from(`user\0${user}\0database\0postgres\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(protocol3, 4);
  return Buffer.concat([head, body]);
}

/**
 * A client of PostgreSQL for statements whose rows nobody reads (protocol 3.0, simple queries, no password). It connects
 * on first use and again after a loss. A statement that waits a second fails, and its connection with all that wait on
 * it is given up, since answers are matched by order.
 */
export class PostgresClient {
  readonly #port: number;
  #socket: Socket | undefined;
  #waiting: Waiting[] = [];
  #partial: Buffer = Buffer.alloc(0);
  #failure: string | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** Resolves when the statement is done; rejects with a CallFailure on an error, a timeout or a lost connection. */
  run(sql: string): Promise<void> {
    const socket = this.#connected();
    return this.#wait(socket, () => socket.write(message('Q', sql)));
  }

  close(): void {
    if (this.#socket) this.#drop(this.#socket, 'postgresql connection closed');
  }

  #wait(socket: Socket, send: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new CallFailure(`postgresql timed out after ${timeoutMs} ms`, { timeout: true }));
        this.#drop(socket, 'postgresql connection reset');
      }, timeoutMs);
      const settle = (end: () => void) => {
        clearTimeout(timer);
        end();
      };
      this.#waiting.push({
        resolve: () => settle(resolve),
        reject: error => settle(() => reject(error)),
      });
      send();
    });
  }

  #connected(): Socket {
    if (this.#socket) return this.#socket;
    const socket = connect(this.#port, '127.0.0.1');
    socket.on('data', data => this.#read(data));
    socket.on('error', () => this.#drop(socket, 'postgresql connection lost'));
    socket.on('close', () => this.#drop(socket, 'postgresql connection lost'));
    this.#socket = socket;
    // The first "ready" answers the start of the session, which nobody waits for.
    this.#waiting.push({ resolve: () => {}, reject: () => {} });
    socket.write(startup('lab'));
    return socket;
  }

  #read(data: Buffer): void {
    let rest = Buffer.concat([this.#partial, data]);
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const end = rest.readInt32BE(1) + 1;
      this.#take(rest.toString('latin1', 0, 1), rest.subarray(5, end));
      rest = rest.subarray(end);
    }
    this.#partial = rest;
  }

  /** `E` is an error, `Z` the end of a statement; all else is not read. */
  #take(type: string, body: Buffer): void {
    if (type === 'E')
      this.#failure = /\0M([^\0]*)\0/.exec(`\0${body.toString('utf8')}`)?.[1] ?? 'unknown error';
    if (type !== 'Z') return;
    const waiting = this.#waiting.shift();
    if (this.#failure === undefined) waiting?.resolve();
    else waiting?.reject(new CallFailure(`postgresql: ${this.#failure}`));
    this.#failure = undefined;
  }

  #drop(socket: Socket, reason: string): void {
    if (this.#socket !== socket) return;
    const waiting = this.#waiting;
    this.#socket = undefined;
    this.#waiting = [];
    this.#partial = Buffer.alloc(0);
    this.#failure = undefined;
    for (const one of waiting) one.reject(new CallFailure(reason));
    socket.destroy();
  }
}
