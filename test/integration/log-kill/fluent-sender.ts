import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { decodeMultiStream, encode } from '@msgpack/msgpack';

/** How long the sender waits before it connects again, ms. */
const again = 50;

/** Sends chunks by the forward protocol and keeps each until it is acknowledged, as Fluentd does with its buffer. */
export class FluentSender {
  readonly #port: number;
  readonly #unacknowledged = new Map<string, Uint8Array>();
  #socket: Socket | undefined;
  #closed = false;
  /** How often chunks were sent again. */
  resent = 0;

  constructor(port: number) {
    this.#port = port;
    void this.#keepConnected();
  }

  get waiting(): number {
    return this.#unacknowledged.size;
  }

  /** Sends events of one tag as PackedForward. */
  send(tag: string, chunk: string, events: readonly (readonly [t: number, fields: object])[]): void {
    const packed = Buffer.concat(events.map(event => encode(event)));
    const message = encode([tag, packed, { chunk, size: events.length }]);
    this.#unacknowledged.set(chunk, message);
    this.#socket?.write(message);
  }

  close(): void {
    this.#closed = true;
    this.#socket?.destroy();
  }

  async #keepConnected(): Promise<void> {
    while (!this.#closed) {
      const socket = connect(this.#port, '127.0.0.1');
      socket.on('error', () => undefined);
      const closed = once(socket, 'close').catch(() => undefined);
      const open = await Promise.race([
        once(socket, 'connect').catch(() => undefined),
        closed.then(() => undefined),
      ]);
      if (open !== undefined && !socket.destroyed) await this.#talk(socket);
      socket.destroy();
      await wait(again);
    }
  }

  async #talk(socket: Socket): Promise<void> {
    for (const message of this.#unacknowledged.values()) {
      socket.write(message);
      this.resent++;
    }
    this.#socket = socket;
    try {
      for await (const answer of decodeMultiStream(socket)) {
        if (typeof answer === 'object' && answer !== null && 'ack' in answer)
          this.#unacknowledged.delete(String(answer.ack));
      }
    } catch {
      // The reader was killed: what it did not acknowledge is sent again.
    } finally {
      this.#socket = undefined;
    }
  }
}
