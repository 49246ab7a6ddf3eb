import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { createTlsFiles } from '../clients/tls-files.ts';
import type { Component } from '../core/component.ts';
import type { Labels } from '../core/labels.ts';
import type { LogCollector, LogRecord, LogSink } from '../core/log.ts';
import { ChunkBook } from './fluent-chunks.ts';
import { type ConnectionContext, serveConnection } from './fluent-connection.ts';
import type { FluentMessage } from './fluent-message.ts';
import { type FluentForwardOptions, fluentForwardOptions } from './fluent-options.ts';

/** Labels of so many tags are kept; tags come from outside. */
const mostTags = 10_000;
/** How long between attempts to listen on an address that is taken, ms. */
const listenAgain = 1000;

/** Where messages of all senders become one sequence of batches. */
class Intake {
  readonly #sink: LogSink;
  readonly #book: ChunkBook;
  #turn: Promise<void> = Promise.resolve();
  /** Time of the newest record, ms. */
  newest = 0;

  constructor(sink: LogSink, book: ChunkBook) {
    this.#sink = sink;
    this.#book = book;
  }

  /**
   * One after the other: the position of a batch speaks for all batches before it. When the sink fails, nothing is taken
   * any more: the position of a later batch would speak for one that was lost.
   */
  deliver(
    messages: readonly FluentMessage[],
    acknowledge: (chunk: string | Uint8Array) => void,
  ): Promise<void> {
    this.#turn = this.#turn.then(() => this.#take(messages, acknowledge));
    return this.#turn;
  }

  async #take(
    messages: readonly FluentMessage[],
    acknowledge: (chunk: string | Uint8Array) => void,
  ): Promise<void> {
    const records: LogRecord[] = [];
    const fresh = new Set<string>();
    const sent: { readonly key: string; readonly chunk: string | Uint8Array }[] = [];
    for (const message of messages) {
      const { chunk } = message;
      const key = chunk === undefined ? undefined : this.#book.keyOf(chunk);
      if (chunk !== undefined && key !== undefined) sent.push({ key, chunk });
      if (key !== undefined && (fresh.has(key) || this.#book.knows(key))) continue;
      if (key !== undefined) fresh.add(key);
      for (const record of message.records) records.push(record);
    }
    const position = records.length + fresh.size > 0 ? this.#book.open([...fresh]) : undefined;
    for (const { key, chunk } of sent) this.#book.whenSafe(key, () => acknowledge(chunk));
    this.newest = Math.max(this.newest, records.at(-1)?.t ?? 0);
    if (position !== undefined) await this.#sink.take({ records, position });
  }
}

function createLabels(labels: Labels): (tag: string) => Labels {
  const known = new Map<string, Labels>();
  return tag => {
    const there = known.get(tag);
    if (there !== undefined) return there;
    if (known.size >= mostTags) known.clear();
    const made = { ...labels, tag };
    known.set(tag, made);
    return made;
  };
}

interface SecureOptions {
  readonly tls: NonNullable<FluentForwardOptions['tls']>;
  readonly timeout: number;
}

/** A TLS server whose certificates are taken up anew with the next connection. Throws what names an unusable file. */
function createSecureServer({ tls, timeout }: SecureOptions, sink: LogSink): TlsServer {
  const { cert_file, key_file, client_ca_file } = tls;
  const files = createTlsFiles({
    cert_file,
    key_file,
    insecure_skip_verify: false,
    ...(client_ca_file === undefined ? {} : { ca_file: client_ca_file }),
  });
  let material = files();
  const demand = client_ca_file !== undefined;
  const server = createTlsServer({
    ...material,
    requestCert: demand,
    rejectUnauthorized: demand,
    handshakeTimeout: timeout,
  });
  server.prependListener('connection', () => {
    const now = files();
    if (now !== material) server.setSecureContext(now);
    material = now;
  });
  server.on('tlsClientError', (error, { remoteAddress }) => {
    sink.refuse('unauthorized', 1, `${remoteAddress}: no TLS connection: ${error.message}`);
  });
  return server;
}

type Address = FluentForwardOptions['listen'];

function hostOf({ host }: Address): { readonly host?: string } {
  return host === undefined ? {} : { host };
}

/** Answers heartbeats: whatever comes by UDP. */
async function answerHeartbeats(listen: Address): Promise<UdpSocket> {
  const socket = createSocket({ type: listen.host?.includes(':') === true ? 'udp6' : 'udp4' });
  socket.on('message', (_, { port, address }) => socket.send(Buffer.of(0), port, address, () => undefined));
  socket.bind({ port: listen.port, ...(listen.host === undefined ? {} : { address: listen.host }) });
  try {
    await once(socket, 'listening');
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.on('error', () => undefined);
  return socket;
}

interface Listening {
  readonly server: Server;
  readonly heartbeats: UdpSocket;
}

async function listen(options: FluentForwardOptions, sink: LogSink): Promise<Listening> {
  const { tls, timeout } = options;
  const server = tls === undefined ? createServer() : createSecureServer({ tls, timeout }, sink);
  server.maxConnections = options.max_connections;
  server.listen({ port: options.listen.port, ...hostOf(options.listen) });
  await once(server, 'listening');
  try {
    return { server, heartbeats: await answerHeartbeats(options.listen) };
  } catch (error) {
    server.close();
    throw error;
  }
}

/** Tries until it listens; undefined when the signal came first. */
async function listenAtLast(
  options: FluentForwardOptions,
  sink: LogSink,
  signal: AbortSignal,
): Promise<Listening | undefined> {
  let failed = false;
  while (!signal.aborted) {
    try {
      const listening = await listen(options, sink);
      if (failed) sink.trouble(undefined);
      return listening;
    } catch (error) {
      failed = true;
      const { host = '', port } = options.listen;
      sink.trouble(
        `cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`,
      );
      await wait(listenAgain, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

/** Serves senders until the signal; resolves when all of them are gone. */
async function serve(listening: Listening, context: ConnectionContext, signal: AbortSignal): Promise<void> {
  const { server, heartbeats } = listening;
  const served = new Set<Promise<void>>();
  // Also those that have not finished their TLS handshake.
  const sockets = new Set<Socket>();
  const take = (socket: Socket) => {
    socket.on('error', () => undefined);
    const serving = serveConnection(socket, context).finally(() => served.delete(serving));
    served.add(serving);
  };
  server.on('connection', socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on(context.options.tls === undefined ? 'connection' : 'secureConnection', take);
  server.on('error', () => undefined);
  if (!signal.aborted) await once(signal, 'abort');
  heartbeats.close();
  const closed = new Promise(resolve => server.close(resolve));
  for (const socket of sockets) socket.destroy();
  await Promise.all(served);
  await closed;
}

/** A server of the Fluent forward protocol v1: what Fluentd and Fluent Bit send to. */
export const fluentForward: Component<typeof fluentForwardOptions, LogCollector> = {
  name: 'fluent_forward',
  summary:
    'Events that Fluentd or Fluent Bit send by the forward protocol; acknowledged when they are stored.',
  options: fluentForwardOptions,
  create(options) {
    const book = new ChunkBook();
    let intake: Intake | undefined;
    return {
      name: options.name,
      async start(sink, from, signal) {
        restore(book, from, sink);
        const taking = new Intake(sink, book);
        intake = taking;
        const listening = await listenAtLast(options, sink, signal);
        if (listening === undefined) return;
        const end = new AbortController();
        signal.addEventListener('abort', () => end.abort(), { once: true });
        let failure: { readonly error: unknown } | undefined;
        const context: ConnectionContext = {
          options,
          mostBytes: options.max_message_bytes,
          labelsOf: createLabels(options.labels),
          deliver: (messages, acknowledge) =>
            taking.deliver(messages, acknowledge).catch((error: unknown) => {
              failure ??= { error };
              end.abort();
              throw error;
            }),
          refuse: (...refusal) => sink.refuse(...refusal),
        };
        if (signal.aborted) end.abort();
        await serve(listening, context, end.signal);
        if (failure !== undefined) throw failure.error;
      },
      commit: async position => book.commit(position),
      lag: now => {
        const newest = intake?.newest ?? 0;
        return newest === 0 ? {} : { ms: Math.max(0, now - newest) };
      },
    };
  },
};

function restore(book: ChunkBook, from: string | undefined, sink: LogSink): void {
  if (from === undefined) return;
  try {
    book.restore(from);
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : String(error);
    sink.refuse(
      'gone',
      1,
      `the stored position is no use, chunks that are sent again may be doubled: ${why}`,
    );
  }
}
