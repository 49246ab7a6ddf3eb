import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process of a test that serves HTTP on loopback: may be stopped and started again on the same port. */
export interface LoopbackServer {
  readonly url: string;
  /** Resolves when it is ready; rejects with the end of its log when it never is. */
  start(): Promise<void>;
  /** Ends it by its own pid and resolves when it is gone; nothing happens when it does not run. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Sends a signal and goes on. */
  signal(name: NodeJS.Signals): void;
  /** With what it ended: its exit code, or the signal that killed it; undefined while it runs. */
  ended(): number | NodeJS.Signals | undefined;
  log(): string;
}

export interface ServerSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  /** Path that answers 200 when it is ready, or what finds it out where that is no plain GET. */
  readonly ready: string | (() => Promise<boolean>);
  readonly logFile: string;
  /** Environment and user of the process where they are not ours. */
  readonly as?: Pick<SpawnOptions, 'env' | 'uid' | 'gid'>;
}

/** The commands that are not installed. Throws when one is missing in CI, where a skipped test is a failure. */
export function missingCommands(...names: readonly string[]): readonly string[] {
  const missing = names.filter(
    name => spawnSync(name, ['--version'], { stdio: 'ignore' }).error !== undefined,
  );
  if (missing.length === 0) return missing;
  if (process.env.CI !== undefined) throw new Error(`needed in CI: ${missing.join(', ')}`);
  console.warn(`SKIPPED, not installed: ${missing.join(', ')}; see test/integration/install.sh`);
  return missing;
}

export function temporaryFolder(name: string): string {
  return mkdtempSync(path.join(tmpdir(), `foreshock-${name}-`));
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}

/** No test is about how fast something comes: this only ends a wait for what will never come, on the slowest machine too. */
const patience = 240;

/** Asks `read` again and again until it answers something; rejects with `what` and the last error when it never does. */
export async function until<T>(
  what: string,
  read: () => Promise<T | false | undefined> | T | false | undefined,
): Promise<T> {
  const deadline = Date.now() + patience * 1000;
  let last = 'the condition did not hold';
  while (Date.now() < deadline) {
    try {
      const value = await read();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await sleep(100);
  }
  throw new Error(`${what}: not within ${patience} s; ${last}`);
}

class SpawnedServer implements LoopbackServer {
  readonly url: string;
  readonly #spec: ServerSpec;
  #child: ChildProcess | undefined;
  /** The one that was started last, also after its end. */
  #last: ChildProcess | undefined;

  constructor(spec: ServerSpec) {
    this.#spec = spec;
    this.url = `http://127.0.0.1:${spec.port}`;
  }

  async start(): Promise<void> {
    const { command, args, logFile, ready, as } = this.#spec;
    const log = openSync(logFile, 'a');
    const child = spawn(command, args, { ...as, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#child = child;
    this.#last = child;
    await until(`${command} is ready`, () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
      return typeof ready === 'string' ? answers(`${this.url}${ready}`) : ready();
    }).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : error}\n${this.log().slice(-2000)}`);
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
    child.kill(signal);
    const harder = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(harder);
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  ended(): number | NodeJS.Signals | undefined {
    return this.#last?.exitCode ?? this.#last?.signalCode ?? undefined;
  }

  log(): string {
    return readFileSync(this.#spec.logFile, 'utf8');
  }
}

async function answers(url: string): Promise<true | undefined> {
  const answer = await fetch(url);
  await answer.arrayBuffer();
  return answer.ok ? true : undefined;
}

export function createServerProcess(spec: ServerSpec): LoopbackServer {
  return new SpawnedServer(spec);
}
