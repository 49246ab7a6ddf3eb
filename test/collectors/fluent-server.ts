import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { decode } from '@msgpack/msgpack';
import { onTestFinished } from 'vitest';
import { fluentForward } from '../../collectors/fluent-forward.ts';
import type { LogCollector } from '../../core/log.ts';
import { freePort, until } from '../integration/loopback-server.ts';
import { type LogReading, readLogs } from './log-reading.ts';

/** A fluent_forward that listens, and what came of it. */
export interface FluentServer extends LogReading {
  readonly port: number;
  readonly collector: LogCollector;
  /** Says that everything that was taken is stored. */
  commit(): Promise<void>;
}

/** Starts a server on a free port of loopback for one test. */
export async function startFluent(
  options: Readonly<Record<string, unknown>> = {},
  how: Parameters<typeof readLogs>[1] = {},
): Promise<FluentServer> {
  const port = await freePort();
  const checked = fluentForward.options.parse({ listen: `127.0.0.1:${port}`, ...options });
  const collector = fluentForward.create(checked, undefined);
  const reading = readLogs(collector, how);
  onTestFinished(() => reading.stop());
  await until('it listens', async () => {
    const probe = connect(port, '127.0.0.1');
    await once(probe, 'connect');
    probe.destroy();
    return true;
  });
  return { ...reading, collector, port, commit: () => collector.commit(reading.position() ?? '') };
}

/** A plain connection, and what the server said on it. */
export type Dialled = Socket & { readonly heard: Buffer[] };

export function dial(port: number): Dialled {
  const socket = Object.assign(connect(port, '127.0.0.1'), { heard: [] as Buffer[] });
  socket.on('error', () => undefined).on('data', data => socket.heard.push(data));
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** The answer of the server; undefined while there is none. */
export function answerOn({ heard }: Dialled): unknown {
  return heard.length === 0 ? undefined : decode(Buffer.concat(heard));
}

export async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise(resolve => socket.once('close', resolve));
}
