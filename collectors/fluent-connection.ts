import type { Socket } from 'node:net';
import { encode } from '@msgpack/msgpack';
import type { Refusal } from '../core/log.ts';
import { asksForKey, createHandshake } from './fluent-handshake.ts';
import { type FluentMessage, type MessageContext, MessageError, readMessage } from './fluent-message.ts';
import type { FluentForwardOptions } from './fluent-options.ts';
import { FramingError, MessageFramer } from './msgpack-framer.ts';

/** So many bytes of answers may wait for a sender that does not read them. */
const mostUnsent = 1_048_576;
/** A message that comes slowly is waited for while at least so many bytes come within the timeout. */
const leastProgress = 65_536;
/** How long a sender that is silent is kept without asking whether it is there at all, ms. */
const keepAlive = 60_000;

/** What a connection needs of the server. */
export interface ConnectionContext extends MessageContext {
  readonly options: FluentForwardOptions;
  /** Takes messages in order; resolves when there is room for more. `acknowledge` is called when a chunk is safe. */
  deliver(
    messages: readonly FluentMessage[],
    acknowledge: (chunk: string | Uint8Array) => void,
  ): Promise<void>;
  refuse(reason: Refusal, count: number, what: string): void;
}

/** Why a connection is ended by us. */
class Refused extends Error {
  readonly reason: Refusal;
  constructor(reason: Refusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Ends a sender that stops in the middle of something. */
class Watch {
  readonly #socket: Socket;
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;
  #bytes = 0;

  constructor(socket: Socket, ms: number) {
    this.#socket = socket;
    this.#ms = ms;
  }

  begin(): void {
    this.#timer ??= setTimeout(() => {
      this.#socket.destroy(new Refused('invalid_message', 'stopped in the middle of a message'));
    }, this.#ms);
  }

  /** Something came: enough of it gives the sender its time anew. */
  progress(bytes: number): void {
    this.#bytes += bytes;
    if (this.#timer === undefined || this.#bytes < leastProgress) return;
    this.end();
    this.begin();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#bytes = 0;
  }
}

function acknowledgeOn(socket: Socket): (chunk: string | Uint8Array) => void {
  return chunk => {
    if (!socket.writable) return;
    socket.write(encode({ ack: chunk }));
    if (socket.writableLength > mostUnsent)
      socket.destroy(new Refused('invalid_message', 'does not read its acknowledgements'));
  };
}

/** Reads the handshake's PING from the messages that came; the others are left. */
async function greet(socket: Socket, handshake: ReturnType<typeof createHandshake>, ping: Buffer) {
  const { ok, reason, pong } = await handshake.answer(ping);
  if (ok) {
    socket.write(pong);
    return;
  }
  socket.end(pong);
  throw new Refused('unauthorized', reason);
}

/** Messages that are whole; after wrong ones of good shape it says so. */
async function readAll(
  frames: readonly Buffer[],
  context: ConnectionContext,
  peer: string,
): Promise<{ readonly messages: readonly FluentMessage[]; readonly error?: MessageError }> {
  const messages: FluentMessage[] = [];
  for (const frame of frames) {
    try {
      const message = await readMessage(frame, context);
      messages.push(message);
      if (message.wrong > 0)
        context.refuse('invalid_message', message.wrong, `${peer}: entries without a time or a record`);
    } catch (error) {
      if (error instanceof MessageError) return { messages, error };
      throw error;
    }
  }
  return { messages };
}

/** Serves the bytes of one sender in order; nothing more is read before what was read is taken. */
async function read(socket: Socket, context: ConnectionContext, peer: string): Promise<void> {
  const framer = new MessageFramer(context.options.max_message_bytes);
  const watch = new Watch(socket, context.options.timeout);
  const acknowledge = acknowledgeOn(socket);
  let handshake = asksForKey(context.options) ? createHandshake(context.options) : undefined;
  if (handshake !== undefined) {
    socket.write(handshake.helo);
    watch.begin();
  }
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      watch.progress(chunk.length);
      const { messages: frames, error } = framer.push(chunk);
      const [ping, ...rest] = frames;
      const waiting = handshake;
      if (waiting !== undefined && ping !== undefined) {
        await greet(socket, waiting, ping);
        handshake = undefined;
      }
      const good = await readAll(waiting === undefined ? frames : rest, context, peer);
      if (frames.length > 0) watch.end();
      if (good.messages.length > 0) await context.deliver(good.messages, acknowledge);
      const wrong = good.error ?? error;
      if (wrong !== undefined) throw wrong;
      if (framer.partial || handshake !== undefined) watch.begin();
    }
  } finally {
    watch.end();
  }
}

function reasonOf(error: unknown): Refusal | undefined {
  if (error instanceof Refused) return error.reason;
  return error instanceof FramingError || error instanceof MessageError ? 'invalid_message' : undefined;
}

/** Serves one sender until it leaves or says something wrong; never rejects for what a sender or the network does. */
export async function serveConnection(socket: Socket, context: ConnectionContext): Promise<void> {
  const peer = String(socket.remoteAddress);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, keepAlive);
  try {
    await read(socket, context, peer);
  } catch (error) {
    const reason = reasonOf(error);
    const secretFailed = error instanceof Error && 'path' in error;
    if (reason !== undefined || secretFailed)
      context.refuse(
        reason ?? 'unauthorized',
        1,
        `${peer}: ${error instanceof Error ? error.message : error}`,
      );
    if (reason === 'unauthorized') socket.destroySoon();
  } finally {
    if (!socket.writableEnded) socket.destroy();
  }
}
