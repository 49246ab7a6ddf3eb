import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** The processes of one lab by name. Each is started here, and stopped by its own pid. */
export class Processes {
  readonly #running = new Map<string, ChildProcess>();
  readonly #logFile: (name: string) => string;

  constructor(logFile: (name: string) => string) {
    this.#logFile = logFile;
  }

  start(name: string, command: string, args: readonly string[]): void {
    const log = openSync(this.#logFile(name), 'a');
    const child = spawn(command, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    child.on('exit', () => {
      if (this.#running.get(name) === child) this.#running.delete(name);
    });
    child.on('error', error => console.error(`${name}: ${error.message}`));
    if (child.pid) prefer(child.pid);
    this.#running.set(name, child);
  }

  running(name: string): boolean {
    return this.#running.has(name);
  }

  signal(name: string, signal: NodeJS.Signals): void {
    this.#running.get(name)?.kill(signal);
  }

  /** Ends one process: politely, and after five seconds for good. */
  async stop(name: string): Promise<void> {
    const child = this.#running.get(name);
    if (!child) return;
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    for (let waited = 0; waited < 5000 && this.#running.get(name) === child; waited += 50) await sleep(50);
    if (this.#running.get(name) === child) child.kill('SIGKILL');
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].reverse().map(name => this.stop(name)));
  }
}

/** The lab goes before other work of the machine, where that is allowed. */
export function prefer(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_ABOVE_NORMAL - 3);
  } catch {
    // Only root may; without it the lab is merely less steady.
  }
}

/** Waits until `url` answers with a success. */
export async function ready(url: string, seconds = 30): Promise<void> {
  let last = 'no answer';
  for (let i = 0; i < seconds * 5; i++) {
    try {
      const answer = await fetch(url);
      await answer.arrayBuffer();
      if (answer.ok) return;
      last = `status ${answer.status}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await sleep(200);
  }
  throw new Error(`${url} was not ready after ${seconds} s: ${last}`);
}
