import { connect, type Socket } from 'node:net';

/** What Redis answers: a text, a number, nothing, or a list of these. */
export type Reply = string | number | null | Reply[];

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

/** Reads one reply at `at`; undefined when the buffer ends before the reply does. */
function parse(text: string, at: number): { reply: Reply | Error; next: number } | undefined {
  const end = text.indexOf('\r\n', at);
  if (end < 0) return undefined;
  const line = text.slice(at + 1, end);
  const next = end + 2;
  const kind = text[at];
  if (kind === '+') return { reply: line, next };
  if (kind === '-') return { reply: new Error(`redis: ${line}`), next };
  if (kind === ':') return { reply: Number(line), next };
  const size = Number(line);
  if (size < 0) return { reply: null, next };
  if (kind === '*') return parseList(text, next, size);
  if (text.length < next + size + 2) return undefined;
  return { reply: text.slice(next, next + size), next: next + size + 2 };
}

function parseList(text: string, at: number, size: number): { reply: Reply[]; next: number } | undefined {
  const list: Reply[] = [];
  let next = at;
  for (let i = 0; i < size; i++) {
    const one = parse(text, next);
    if (!one) return undefined;
    list.push(one.reply instanceof Error ? one.reply.message : one.reply);
    next = one.next;
  }
  return { reply: list, next };
}

/** A Redis client of one pipelined socket. It connects on first use and again after a loss; `close` ends it. */
export class Redis {
  readonly #port: number;
  readonly #timeout: number;
  #socket: Socket | undefined;
  #waiting: Waiting[] = [];
  #text = '';

  constructor(port: number, timeout: number) {
    this.#port = port;
    this.#timeout = timeout;
  }

  /** Sends one command. A reply after the timeout is read and dropped, so that the order holds. */
  send(...command: readonly string[]): Promise<Reply> {
    const socket = this.#connected();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('redis: timed out')), this.#timeout);
      const settle = (end: () => void) => {
        clearTimeout(timer);
        end();
      };
      this.#waiting.push({
        resolve: reply => settle(() => resolve(reply)),
        reject: error => settle(() => reject(error)),
      });
      const parts = command.map(part => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
      socket.write(`*${command.length}\r\n${parts.join('')}`);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #connected(): Socket {
    if (this.#socket) return this.#socket;
    const socket = connect(this.#port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
    socket.on('data', data => this.#read(String(data)));
    socket.on('error', () => {});
    socket.on('close', () => this.#lost());
    this.#socket = socket;
    return socket;
  }

  #read(data: string): void {
    this.#text += data;
    let at = 0;
    for (let one = parse(this.#text, at); one; one = parse(this.#text, at)) {
      at = one.next;
      const waiting = this.#waiting.shift();
      if (one.reply instanceof Error) waiting?.reject(one.reply);
      else waiting?.resolve(one.reply);
    }
    this.#text = this.#text.slice(at);
  }

  #lost(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#text = '';
    this.#socket = undefined;
    for (const one of waiting) one.reject(new Error('redis: connection lost'));
  }
}
