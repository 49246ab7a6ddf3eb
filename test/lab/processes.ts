import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The processes of one lab by name. Each is started here, and signalled by its own pid only. */
export class Processes {
  readonly #running = new Map<string, ChildProcess>();
  readonly #outputFile: (name: string) => string;

  /** `outputFile` says where the standard output and error of a process are written. */
  constructor(outputFile: (name: string) => string) {
    this.#outputFile = outputFile;
  }

  /** Starts a command before other work of the machine, where that is allowed; `nice` goes on where it is not. */
  start(name: string, command: string, args: readonly string[]): void {
    const output = openSync(this.#outputFile(name), 'a');
    const child = spawn('nice', ['-n', '-10', command, ...args], { stdio: ['ignore', output, output] });
    closeSync(output);
    child.on('exit', () => {
      if (this.#running.get(name) === child) this.#running.delete(name);
    });
    child.on('error', error => console.error(`${name}: ${error.message}`));
    this.#running.set(name, child);
  }

  runs(name: string): boolean {
    return this.#running.has(name);
  }

  /** Sends a signal; throws when no such process runs. */
  signal(name: string, signal: NodeJS.Signals): void {
    const child = this.#running.get(name);
    if (!child)
      throw new Error(`process ${name} does not run; running: ${[...this.#running.keys()].join(', ')}`);
    child.kill(signal);
  }

  /** Kills one process at once, as a crash does, and waits until it is gone. */
  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.signal(name, signal);
    while (this.#running.has(name)) await sleep(20);
  }

  /** Ends all processes, the last started first: politely, and after five seconds for good. */
  async stopAll(): Promise<void> {
    const all = [...this.#running.values()].reverse();
    for (const child of all) {
      child.kill('SIGTERM');
      child.kill('SIGCONT');
    }
    const deadline = performance.now() + 5000;
    while (this.#running.size > 0 && performance.now() < deadline) await sleep(50);
    for (const child of this.#running.values()) child.kill('SIGKILL');
  }
}

/** Waits until `url` answers with a success; rejects with the last failure after 30 s. */
export function ready(url: string): Promise<void> {
  return settled(async () => {
    const answer = await fetch(url);
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${url}: status ${answer.status}`);
  });
}

/** Tries until it succeeds; rejects with the last failure after 30 s. */
export async function settled(attempt: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + 30_000;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      return await attempt();
    } catch (error) {
      last = error;
    }
    await sleep(200);
  }
  throw new Error('not ready after 30 s', { cause: last });
}
