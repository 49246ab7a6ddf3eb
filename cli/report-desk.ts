import { setTimeout as sleep } from 'node:timers/promises';
import type { ReportFormat } from '../config/report-block.ts';
import { OutboxLane } from '../core/outbox-lane.ts';
import type { Store } from '../core/store.ts';
import type { ReportInputs } from '../reports/model.ts';
import type { Log } from './log.ts';
import type { ReadyReport, ReportTarget } from './report-mail.ts';
import type { ReportMaker } from './report-making.ts';
import { DueReports, type ReportSchedule } from './report-schedule.ts';
import { createReportShelf, type ReportShelf } from './report-shelf.ts';

/** What is told of the way of a report, for metrics. */
export interface ReportEvent {
  readonly target: string;
  readonly outcome: 'delivered' | 'retry' | 'rejected';
}

/** Everything that the desk needs; `clock` in ms, `random` in [0, 1). */
export interface ReportDeskOptions {
  readonly store: Store;
  readonly schedule: ReportSchedule;
  readonly formats: readonly ReportFormat[];
  readonly targets: readonly ReportTarget[];
  readonly clock: () => number;
  readonly random: () => number;
  /** Whether enough is known for a report; one that is due waits until then. */
  readonly isReady: (now: number) => boolean;
  /** What the report of now is made of; rejects when too much is missing to make one. */
  readonly inputs: (madeAt: number) => Promise<ReportInputs>;
  readonly make: ReportMaker;
  readonly log: Log;
  readonly observe: (event: ReportEvent) => void;
}

const laneOf = ({ name }: ReportTarget): string => `report/${name}`;
const longestWait = 3_600_000;
/** How often it is looked whether something is due, ms. */
const pollEvery = 5000;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Makes reports when they are due and hands each to every target once: a report is stored together with what is to be sent before
 * any of it leaves, and a letter that was taken is not sent again.
 */
export class ReportDesk {
  readonly #options: ReportDeskOptions;
  readonly #due: DueReports;
  readonly #shelf: ReportShelf;
  readonly #lanes: readonly OutboxLane<ReadyReport>[];
  readonly #failing = new Set<string>();
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;

  constructor(options: ReportDeskOptions) {
    const { store, schedule, targets, clock, random } = options;
    this.#options = options;
    this.#due = new DueReports(schedule, store.values('report'), clock());
    this.#shelf = createReportShelf(store.values('reports'));
    this.#lanes = targets.map(
      target =>
        new OutboxLane<ReadyReport>({
          ...{ store, clock, random },
          name: laneOf(target),
          // What was taken is settled before the next one leaves.
          batch: 1,
          read: key => this.#shelf.take(key),
          deliver: async ([report], signal) => {
            if (report !== undefined) await target.deliver(report, signal);
          },
          observe: ({ kind, message }) => this.#observe(target.name, kind, message),
        }),
    );
  }

  #observe(target: string, outcome: ReportEvent['outcome'], message: string): void {
    const { log, observe } = this.#options;
    observe({ target, outcome });
    if (outcome === 'delivered') log.info(`capacity report: sent (${target})`);
    if (outcome === 'rejected')
      log.error(`capacity report: ${target} refused it for good, it is kept as a dead letter: ${message}`);
    if (outcome !== 'retry') this.#failing.delete(target);
    else if (!this.#failing.has(target)) {
      this.#failing.add(target);
      log.warn(`capacity report: ${target}: ${message}; it is tried again`);
    }
  }

  /** Makes the report that is due at `now`, if one is, and queues it; answers its key. */
  async #make(now: number, signal: AbortSignal): Promise<string | undefined> {
    const dueAt = this.#due.due(now);
    const { store, formats, targets, inputs, isReady, make } = this.#options;
    if (dueAt === undefined || now < this.#notBefore || !isReady(now)) return undefined;
    const made = await make(await inputs(now), formats, signal);
    const key = new Date(dueAt).toISOString();
    store.transaction(() => {
      this.#shelf.put({ key, ...made });
      for (const target of targets) store.outbox.enqueue(laneOf(target), `capacity/${key}`, key, now);
      this.#due.done(dueAt);
    });
    return key;
  }

  /** One look: makes what is due and hands on what waits. What fails is told and done again later. */
  async step(signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#options;
    try {
      const key = await this.#make(clock(), signal);
      if (key !== undefined) log.info(`capacity report: made for ${key}`);
      if (key !== undefined) this.#failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      const wait = Math.min(longestWait, 30_000 * 2 ** this.#failures) * (0.5 + random() / 2);
      this.#failures = Math.min(this.#failures + 1, 20);
      this.#notBefore = clock() + wait;
      log.error(`capacity report: it could not be made and is tried again: ${messageOf(error)}`);
    }
    await Promise.all(this.#lanes.map(lane => lane.round(signal)));
  }

  /** Steps until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { schedule, clock, log } = this.#options;
    const next = schedule.next(clock());
    if (next !== undefined) log.info(`capacity report: the next one is due ${new Date(next).toISOString()}`);
    while (!signal.aborted) {
      await this.step(signal);
      await sleep(pollEvery, undefined, { signal }).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#options.targets.map(target => target.close()));
  }
}
