import { setTimeout as sleep } from 'node:timers/promises';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { z } from 'zod';
import type { DashboardPolicy } from '../config/dashboards-block.ts';
import type { Incident } from '../core/incident.ts';
import type { KeyValues } from '../core/store.ts';
import type { Change } from '../core/topology.ts';
import { uidOf } from '../dashboards/text.ts';
import { outdated, type Spell } from './dashboard-retention.ts';
import type { Brought, DashboardTarget } from './dashboard-targets.ts';
import { annotationsOf, changeAnnotation } from './grafana-annotations.ts';
import type { GrafanaMarks } from './grafana-marks.ts';
import type { JobLane } from './job-lane.ts';
import { readStored, toStored } from './stored-json.ts';

/** A place for dashboards and what is to be brought there. */
export interface DashboardRoute {
  readonly target: DashboardTarget;
  readonly lane: JobLane;
}

/** Told for metrics: what became of a dashboard, and how long its first version took from the pass that opened it, ms. */
export interface DashboardEvent extends Brought {
  readonly target: string;
  readonly uid: string;
  readonly delay?: number;
}

export interface DashboardDeskOptions {
  readonly routes: readonly DashboardRoute[];
  readonly marks: GrafanaMarks | undefined;
  readonly policy: DashboardPolicy;
  readonly build: (incident: Incident) => Dashboard;
  readonly fleet: () => readonly Dashboard[];
  readonly pageOf: (id: string) => string;
  /** The incident as it is now, by its id or that of one that was merged into it. */
  readonly current: (id: string) => Incident | undefined;
  /** Which incidents have a dashboard, over a restart. */
  readonly emitted: KeyValues;
  /** ms. */
  readonly clock: () => number;
  readonly observe: (event: DashboardEvent) => void;
}

const spellSchema = z.object({ id: z.string(), startsAt: z.number(), endsAt: z.number().optional() });
const sweepEvery = 3_600_000;

function readSpells(emitted: KeyValues): Spell[] {
  return emitted.entries().flatMap(([, bytes]) => readStored(bytes, spellSchema) ?? []);
}

/**
 * Keeps the dashboards of incidents as the incidents are: written when one opens, again as it grows, and taken away by the
 * policy. The pass only leaves word here; each place is served beside it, at its own pace.
 */
export class DashboardDesk {
  readonly #options: DashboardDeskOptions;
  readonly #spells: Map<string, Spell>;
  /** When a dashboard was last brought to a place, ms. */
  readonly #brought = new Map<string, number>();
  /** When the pass that saw an incident first left word of it, ms. */
  readonly #opened = new Map<string, number>();
  #changes = new Set<Change>();

  constructor(options: DashboardDeskOptions) {
    this.#options = options;
    this.#spells = new Map(readSpells(options.emitted).map(spell => [spell.id, spell]));
  }

  /** The incidents of a pass, and all changes that are known. Returns at once. */
  show(incidents: readonly Incident[], changes: readonly Change[]): void {
    const { marks, pageOf } = this.#options;
    let fresh = false;
    for (const incident of incidents) {
      fresh ||= !this.#spells.has(incident.id);
      this.#keep(incident);
      if (this.#isGone(incident)) this.#remove(incident.id);
      else this.#write(incident);
      marks?.show(annotationsOf(incident, pageOf(incident.id)));
    }
    marks?.show(changes.filter(change => !this.#changes.has(change)).map(changeAnnotation));
    this.#changes = new Set(changes);
    if (fresh) this.#sweep();
  }

  #isGone({ endsAt }: Incident): boolean {
    return endsAt !== undefined && this.#options.policy.resolved === 'remove';
  }

  #keep({ id, startsAt, endsAt }: Incident): void {
    const known = this.#spells.get(id);
    if (known === undefined) this.#opened.set(id, this.#options.clock());
    if (known !== undefined && known.endsAt === endsAt) return;
    const spell: Spell = { id, startsAt, endsAt };
    this.#spells.set(id, spell);
    this.#options.emitted.set(id, toStored(spell));
  }

  #write(incident: Incident): void {
    const { routes, policy, clock, build } = this.#options;
    const shownAt = clock();
    let made: Dashboard | undefined;
    for (const { target, lane } of routes) {
      const key = `${target.name} ${incident.id}`;
      const last = this.#brought.get(key);
      const soon = last === undefined || incident.endsAt !== undefined;
      const run = async (signal: AbortSignal) => {
        made ??= build(incident);
        const dashboard = made;
        const brought = await target.put(dashboard, { kept: true, signal });
        const opened = this.#brought.has(key) ? undefined : this.#opened.get(incident.id);
        this.#brought.set(key, clock());
        const delay = opened === undefined ? {} : { delay: clock() - opened };
        this.#tell({ target: target.name, uid: dashboard.uid ?? '', ...brought, ...delay });
      };
      const notBefore = soon ? shownAt : last + policy.update_interval;
      lane.put({ key: `incident ${incident.id}`, urgent: last === undefined, notBefore, run });
    }
  }

  #remove(id: string): void {
    const { routes, emitted } = this.#options;
    const uid = uidOf('foreshock', 'incident', id);
    this.#spells.delete(id);
    this.#opened.delete(id);
    emitted.delete(id);
    for (const { target, lane } of routes) {
      this.#brought.delete(`${target.name} ${id}`);
      const run = async (signal: AbortSignal) =>
        this.#tell({ target: target.name, uid, ...(await target.remove(uid, signal)) });
      lane.put({ key: `incident ${id}`, urgent: false, notBefore: 0, run });
    }
  }

  #tell(event: DashboardEvent): void {
    this.#options.observe(event);
  }

  /** An incident that was merged into another is over; of one that nobody knows any more the end is when it was last seen. */
  #spellNow(spell: Spell): Spell {
    const incident = this.#options.current(spell.id);
    if (incident === undefined) return { ...spell, endsAt: spell.endsAt ?? spell.startsAt };
    return incident.id === spell.id ? spell : { ...spell, endsAt: Number.NEGATIVE_INFINITY };
  }

  #sweep(): void {
    const { policy, clock, marks } = this.#options;
    const spells = [...this.#spells.values()].map(spell => this.#spellNow(spell));
    for (const id of outdated(spells, policy, clock())) this.#remove(id);
    marks?.forget(clock());
  }

  /** Brings the fleet's dashboards, then what passes leave word of, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { routes } = this.#options;
    for (const { target, lane } of routes)
      for (const dashboard of this.#options.fleet()) {
        const uid = dashboard.uid ?? '';
        const run = async (stop: AbortSignal) => {
          const brought = await target.put(dashboard, { kept: false, signal: stop });
          this.#tell({ target: target.name, uid, ...brought });
        };
        lane.put({ key: `fleet ${uid}`, urgent: false, notBefore: 0, run });
      }
    await Promise.all([...routes.map(({ lane }) => lane.run(signal)), this.#sweepOn(signal)]);
  }

  async #sweepOn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#sweep();
      await sleep(sweepEvery, undefined, { signal }).catch(() => undefined);
    }
  }
}
