/**
 * Proof that a collector loses nothing when it is killed. A child (`child.ts`) reads with a collector of the register into
 * a real store while the test writes numbered lines; it is killed (SIGKILL) at random points and started again on the same
 * store. How a test uses it, for any collector:
 *
 *   const run = await startKilledReader({ name: 'kafka', options: {...}, total: 1_000_000, kills: 20, seed: 1 });
 *   await writeMyLines();             // each line holds `n=<number>`, the numbers 1 to total, each once
 *   const tally = await run.finish(); // waits until all were stored or nothing comes any more, ends the child
 *   expect(tally).toMatchObject({ lost: 0, kills: 20 });
 *
 * The number is looked for in the record's text, or in its fields `message` or `log`. A source that must be there before
 * the reader starts is started before; `writeMyLines` writes while the reader lives, dies and comes back, not too far ahead
 * of `run.stored()`: that is the test. `options` is what a config would hold. `tally.duplicates` is to be stated, `tally.log` is what the child said.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';
import { createRandom } from '../../../core/random.ts';
import { openStore } from '../../../store/sqlite.ts';
import { temporaryFolder, until } from '../loopback-server.ts';
import { type ReaderSpec, seen } from './spec.ts';

export interface KillPlan extends Pick<ReaderSpec, 'name' | 'options'> {
  /** How many numbered lines flow. */
  readonly total: number;
  readonly kills: number;
  readonly seed: number;
}

/** What came of it, counted from the store alone. */
export interface Tally {
  /** Numbers that are in no transaction. */
  readonly lost: number;
  /** The first of them. */
  readonly firstLost: readonly number[];
  /** Numbers that are there again, each time counted. */
  readonly duplicates: number;
  /** Lines that hold no number of the plan: torn, or cut. */
  readonly strange: number;
  /** How often the child was killed. */
  readonly kills: number;
  readonly log: string;
}

export interface KilledReader {
  /** How many lines are stored by now, duplicates too: who writes may keep a distance to it. */
  stored(): number;
  finish(): Promise<Tally>;
}

/** Bundles the child to plain JavaScript; packages stay outside. */
async function buildChild(outDir: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: path.join(import.meta.dirname, 'child.ts'),
      outDir,
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      rollupOptions: { output: { entryFileNames: 'child.js' } },
    },
  });
  return path.join(outDir, 'child.js');
}

/** Numbers 1 to `total` as they stand in the store. */
export function tallyOf(dir: string, total: number): Omit<Tally, 'kills' | 'log'> {
  const store = openStore(dir, message => expectNoDamage(message));
  const times = new Uint32Array(total + 1);
  let strange = 0;
  for (const [, value] of store.values(seen).entries()) {
    for (const n of new Uint32Array(new Uint8Array(value).buffer)) {
      if (n >= 1 && n <= total) times[n]!++;
      else strange++;
    }
  }
  store.close();
  const counts = times.subarray(1);
  const lost = counts.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0);
  const duplicates = counts.reduce((sum, count) => sum + Math.max(0, count - 1), 0);
  const firstLost: number[] = [];
  for (let n = 1; n <= total && firstLost.length < 5; n++) if (times[n] === 0) firstLost.push(n);
  return { lost, firstLost, duplicates, strange };
}

function expectNoDamage(message: string): never {
  throw new Error(`the store did not survive a kill: ${message}`);
}

/** So long the child goes on before it is killed, at most, ms: what it is doing then is up to chance. */
const longestDelay = 15;

/** One life after another of the child; `stored` is how many lines all lives have stored. */
class Lives {
  readonly #start: () => ChildProcess;
  readonly #plan: KillPlan;
  readonly #random: () => number;
  #child: ChildProcess;
  #over = false;
  kills = 0;
  /** Lines in the store, as the child said last. */
  stored = 0;
  log = '';

  constructor(start: () => ChildProcess, plan: KillPlan) {
    this.#start = start;
    this.#plan = plan;
    this.#random = createRandom(plan.seed);
    this.#child = this.#live();
  }

  /** At how many lines this life is over: a random share of those to come, so that all kills fall within the total. */
  #lifeEnd(): number {
    const { total, kills } = this.#plan;
    if (this.kills === kills) return Number.POSITIVE_INFINITY;
    return this.stored + ((total - this.stored) / (kills - this.kills + 1)) * (0.4 + 1.2 * this.#random());
  }

  #live(): ChildProcess {
    const child = this.#start();
    const end = this.#lifeEnd();
    let doomed = false;
    child.stderr?.setEncoding('utf8').on('data', text => {
      this.log += text;
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stored = Number(text.trimEnd().split('\n').at(-1));
      if (doomed || this.stored < end) return;
      doomed = true;
      setTimeout(() => child.kill('SIGKILL'), this.#random() * longestDelay);
    });
    child.once('exit', (code, signal) => this.#next(code, signal));
    return child;
  }

  #next(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#over) return;
    if (signal === 'SIGKILL') this.kills++;
    else this.log += `the reader ended by itself with ${code ?? signal}\n`;
    if (signal === 'SIGKILL') this.#child = this.#live();
  }

  async end(): Promise<void> {
    this.#over = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = new Promise(resolve => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }

  /** True when the child ended without being killed. */
  get failed(): boolean {
    return this.#child.exitCode !== null;
  }
}

/** Starts the reader; lines may be written from now on. The built child and the store live in a folder of their own. */
export async function startKilledReader(plan: KillPlan): Promise<KilledReader> {
  const dir = temporaryFolder('log-kill');
  const built = path.resolve(import.meta.dirname, '../../../node_modules/.vite', path.basename(dir));
  const program = await buildChild(built);
  const spec: ReaderSpec = { dir, name: plan.name, options: plan.options };
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const lives = new Lives(() => spawn(process.execPath, [program, JSON.stringify(spec)], { stdio }), plan);
  return {
    stored: () => lives.stored,
    async finish() {
      try {
        await settled(lives, plan.total);
        await lives.end();
        return { ...tallyOf(dir, plan.total), kills: lives.kills, log: lives.log };
      } finally {
        await lives.end();
        rmSync(built, { recursive: true, force: true });
        rmSync(dir, { recursive: true, force: true });
      }
    },
  };
}

/** Resolves when all that was planned is stored, with duplicates: and when then nothing has come for a while. */
async function settled(lives: Lives, total: number): Promise<void> {
  let [last, quiet] = [-1, 0];
  await until('the reader has stored what flows', () => {
    if (lives.failed) throw new Error(`the reader ended by itself:\n${lives.log.slice(-2000)}`);
    quiet = lives.stored === last ? quiet + 1 : 0;
    last = lives.stored;
    return (last >= total && quiet >= 10) || quiet >= 300;
  });
}
