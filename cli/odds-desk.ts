import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Incident } from '../core/incident.ts';
import type { KeyValues } from '../core/store.ts';
import { type IncidentOddsModel, readIncidentOdds } from '../forecasters/incident-odds.ts';
import { type HourlyPast, hour } from '../forecasters/incident-odds-past.ts';
import { type AlertHistory, AlertMemory, type OddsSpan } from './odds-history.ts';
import type { OddsHours } from './odds-hours.ts';
import { incidentSpells } from './odds-onsets.ts';
import { livePasts, liveSignals } from './odds-pasts.ts';
import type { OddsLearner } from './odds-thread.ts';
import type { NamedSource } from './sources.ts';

/** The odds of an incident at a service in the four hours from `at` (ms) on; an empty service is the whole. `p` null = it abstains, `drivers` says why. */
const toldSchema = z.object({
  service: z.string(),
  at: z.number(),
  p: z.number().nullable(),
  drivers: z.array(z.string()),
});
export type ToldOdds = z.output<typeof toldSchema>;

export interface OddsDeskOptions {
  /** Asked for `ALERTS`. */
  readonly sources: readonly NamedSource[];
  /** Our own incidents so far. */
  readonly incidents: () => readonly Incident[];
  readonly hours: OddsHours;
  readonly learn: OddsLearner;
  /** Keeps what was told last. */
  readonly table: KeyValues;
  /** Told of each new hour, once, also over a restart. */
  readonly tell: (odds: readonly ToldOdds[]) => void;
  /** Told of what cannot be read or learned: once, until it changes or goes away. */
  readonly warn: (message: string) => void;
  /** Now in ms. */
  readonly clock: () => number;
}

/** The desk that tells odds: begun with the daemon, asked at any time, ended by its signal. */
export interface OddsDesk {
  /** Looks at every full hour, learns once a day, until the signal aborts; never rejects for what is outside. */
  run(signal: AbortSignal): Promise<void>;
  /** What was told last, the whole first, then the highest odds; also over a restart. */
  told(): readonly ToldOdds[];
}

const day = 24 * hour;
const lookBack = 30 * day;
/** An hour is looked at when its last samples have arrived. */
const arrival = 60_000;

/** After so many failures in a row it is looked again so much later, ms: the first look reads the whole past. */
export const waitAfter = (failures: number): number => Math.min(hour, 300_000 * 2 ** (failures - 1));

function restored(table: KeyValues): readonly ToldOdds[] {
  const bytes = table.get('told');
  if (bytes === undefined) return [];
  try {
    return z.array(toldSchema).parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return [];
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

class Desk implements OddsDesk {
  readonly #options: OddsDeskOptions;
  readonly #memories: readonly AlertMemory[];
  #told: readonly ToldOdds[];
  #model: IncidentOddsModel | undefined;
  #complaint = '';

  constructor(options: OddsDeskOptions) {
    this.#options = options;
    this.#memories = options.sources.map(({ source }) => new AlertMemory(source));
    this.#told = restored(options.table);
  }

  told(): readonly ToldOdds[] {
    return this.#told;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      let next = waitAfter(failures + 1);
      try {
        await this.#look(clock() - arrival, signal);
        failures = 0;
        next = hour - ((clock() - arrival) % hour);
      } catch (error) {
        failures++;
        if (!signal.aborted) this.#complain(reasonOf(error));
      }
      await sleep(next, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(now: number, signal: AbortSignal): Promise<void> {
    const { hours, learn } = this.#options;
    const until = Math.floor(now / hour) * hour;
    const pasts = await this.#pasts(until, signal);
    if (this.#model === undefined || until - this.#model.until >= day)
      this.#model = await learn({ pasts, until }, signal);
    const fitted = readIncidentOdds(this.#model, liveSignals);
    const fresh = pasts.flatMap(past =>
      fitted.over(past, { from: until, until: until + 1 }).map(({ at, p = null, drivers }) => ({
        service: past.name,
        at,
        p,
        drivers: [...drivers],
      })),
    );
    this.#tell(fresh.sort(wholeFirst), until);
    hours.expire(until - lookBack);
  }

  async #pasts(until: number, signal: AbortSignal): Promise<readonly HourlyPast[]> {
    const { incidents, hours } = this.#options;
    const { spells: alerts, since } = await this.#read({ from: until - lookBack, until, signal });
    const from = Math.ceil(since / hour) * hour;
    const own = incidentSpells(incidents(), until);
    return livePasts({ from, until, alerts, incidents: own, seen: (t, place) => hours.at(t, place) });
  }

  /** What the sources that answer know. Rejects when none does. */
  async #read(span: OddsSpan): Promise<AlertHistory> {
    const answers = await Promise.allSettled(this.#memories.map(memory => memory.read(span)));
    const failed = answers.flatMap(answer => (answer.status === 'rejected' ? [reasonOf(answer.reason)] : []));
    if (failed.length > 0 && failed.length === this.#memories.length) throw new Error(failed.join('; '));
    this.#complain(failed.join('; '));
    const read = answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []));
    return {
      spells: read.flatMap(({ spells }) => spells),
      since: Math.min(span.until, ...read.map(({ since }) => since)),
    };
  }

  #tell(odds: readonly ToldOdds[], until: number): void {
    const { table, tell } = this.#options;
    const isNew = until > (this.#told[0]?.at ?? Number.NEGATIVE_INFINITY);
    this.#told = odds;
    table.set('told', new TextEncoder().encode(JSON.stringify(odds)));
    if (isNew) tell(odds);
  }

  #complain(message: string): void {
    if (message !== '' && message !== this.#complaint) this.#options.warn(`odds of incidents: ${message}`);
    this.#complaint = message;
  }
}

/** A desk that goes on with what an earlier run told. */
export function createOddsDesk(options: OddsDeskOptions): OddsDesk {
  return new Desk(options);
}

const wholeFirst = (a: ToldOdds, b: ToldOdds) =>
  Number(b.service === '') - Number(a.service === '') || (b.p ?? -1) - (a.p ?? -1);
