import { connect, type Socket } from 'node:net';
import { CallFailure } from './call-failure.ts';

interface Waiting {
  resolve(reply: string): void;
  reject(error: Error): void;
}

const timeoutMs = 800;

/**
 * A client of one pipelined socket for commands whose reply is one line (INCR, EXISTS). It connects on first use and
 * again after a loss. A command that waits 800 ms fails, and the socket with all that wait on it is given up, since
 * replies are matched by order.
 */
export class RedisClient {
  readonly #port: number;
  #socket: Socket | undefined;
  #waiting: Waiting[] = [];
  #partial = '';

  constructor(port: number) {
    this.#port = port;
  }

  /** Resolves with the reply's line; rejects with a CallFailure on timeout or a lost connection. */
  send(...command: readonly string[]): Promise<string> {
    const socket = this.#connected();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new CallFailure(`redis timed out after ${timeoutMs} ms`, { timeout: true }));
        this.#drop(socket, 'redis connection reset');
      }, timeoutMs);
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

  #connected(): Socket {
    if (this.#socket) return this.#socket;
    const socket = connect(this.#port, '127.0.0.1').setEncoding('latin1');
    socket.on('data', data => this.#read(String(data)));
    socket.on('error', () => this.#drop(socket, 'redis connection lost'));
    socket.on('close', () => this.#drop(socket, 'redis connection lost'));
    this.#socket = socket;
    return socket;
  }

  #read(data: string): void {
    const lines = (this.#partial + data).split('\r\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) this.#waiting.shift()?.resolve(line);
  }

  #drop(socket: Socket, reason: string): void {
    if (this.#socket !== socket) return;
    const waiting = this.#waiting;
    this.#socket = undefined;
    this.#waiting = [];
    this.#partial = '';
    for (const one of waiting) one.reject(new CallFailure(reason));
    socket.destroy();
  }
}
