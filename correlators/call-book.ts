import type { ServiceSigns } from './service-signs.ts';
import { changeOf, type SignalChange, type Track, usualLife } from './signal-change.ts';
import type { Graph } from './topology.ts';

/** How often a caller asks a callee, in usual life. */
export interface CallRate {
  /** The callee's part of the calls that the caller makes. */
  readonly share: number;
  /** Calls per request that the callers are asked themselves. */
  readonly perRequest: number;
}

/** The calls per request to a callee changed. */
export interface LedgerEntry {
  readonly callee: string;
  readonly callers: readonly { readonly name: string; readonly part: number }[];
  readonly change: SignalChange;
}

const smallestRatio = 0.005;

function meanRequests({ requests, window }: ServiceSigns): number {
  let sum = 0;
  let n = 0;
  for (let i = 0; requests !== undefined && i < window.before; i++) {
    if (!Number.isFinite(requests.v[i])) continue;
    sum += requests.v[i]!;
    n++;
  }
  return n === 0 ? 0 : sum / n;
}

/** Who asks whom how often, from the requests that each service counts. Made once for an onset, then only read. */
export class CallBook {
  readonly #services: ReadonlyMap<string, ServiceSigns>;
  readonly #requests = new Map<string, number>();
  readonly #rates = new Map<string, ReadonlyMap<string, CallRate>>();
  readonly #callees = new Map<string, ServiceSigns[]>();
  readonly #callers = new Map<string, ServiceSigns[]>();
  /** Requests that all callers of a service are asked. */
  readonly #askedAbove = new Map<string, number>();

  constructor(services: ReadonlyMap<string, ServiceSigns>, graph: Graph) {
    this.#services = services;
    for (const [name, service] of services) {
      this.#requests.set(name, meanRequests(service));
      const near = graph.near(name, 1);
      const on = (wanted: 'callee' | 'caller') =>
        near.flatMap(({ id, side }) => (side === wanted ? (services.get(id) ?? []) : []));
      this.#callees.set(name, on('callee'));
      this.#callers.set(name, on('caller'));
    }
    for (const name of services.keys())
      this.#askedAbove.set(
        name,
        this.callers(name).reduce((sum, other) => sum + this.#requests.get(other.name)!, 0),
      );
  }

  /** The services with metrics that one calls. */
  callees(name: string): readonly ServiceSigns[] {
    return this.#callees.get(name) ?? [];
  }

  /** The services with metrics that call one. */
  callers(name: string): readonly ServiceSigns[] {
    return this.#callers.get(name) ?? [];
  }

  /** The rate of calls from one service to another; undefined when neither counts requests. */
  rate(caller: string, callee: string): CallRate | undefined {
    let rates = this.#rates.get(caller);
    if (rates === undefined) {
      rates = this.#ratesOf(caller);
      this.#rates.set(caller, rates);
    }
    return rates.get(callee);
  }

  /** How many calls a service makes per request that it is asked, by the requests of those it calls. */
  callsPerRequest(name: string): number {
    const asked = this.#requests.get(name) ?? 0;
    return asked > 0 ? this.#partsOf(name).reduce((sum, { part }) => sum + part, 0) / asked : 1;
  }

  /** A callee's requests come from its callers in proportion to what they are asked, at least one a request of theirs. */
  #partsOf(caller: string): { readonly name: string; readonly part: number; readonly perRequest: number }[] {
    const asked = this.#requests.get(caller) ?? 0;
    return this.callees(caller).map(({ name }) => {
      const calls = this.#requests.get(name) ?? 0;
      const all = this.#askedAbove.get(name) ?? 0;
      const part = all > 0 ? Math.max((calls * asked) / all, Math.min(calls, asked)) : 0;
      return { name, part, perRequest: all > 0 ? calls / all : 1 };
    });
  }

  #ratesOf(caller: string): ReadonlyMap<string, CallRate> {
    const parts = this.#partsOf(caller);
    const total = parts.reduce((sum, { part }) => sum + part, 0);
    if (total === 0) return new Map();
    return new Map(parts.map(({ name, part, perRequest }) => [name, { share: part / total, perRequest }]));
  }

  /**
   * Calls per request of the callers that changed: traffic of a callee that rose or fell with that of its callers is no
   * news, what is left tells that a caller behaves in another way. A callee that usually reports no requests at all is
   * taken as not asked.
   */
  *changes(): Generator<LedgerEntry> {
    for (const callee of this.#services.values()) {
      const callers = this.callers(callee.name).filter(({ requests }) => requests !== undefined);
      if (callee.requests === undefined || callers.length === 0) continue;
      const total = callers.reduce((sum, { name }) => sum + this.#requests.get(name)!, 0);
      if (total === 0) continue;
      const track = this.#perRequest(callee, callers);
      const usual = usualLife(track, callee.window, smallestRatio);
      if (usual === undefined) continue;
      const parts = callers.map(({ name }) => ({ name, part: this.#requests.get(name)! / total }));
      for (const direction of ['up', 'down'] as const) {
        const change = changeOf(track, callee.window, { usual, direction });
        if (change !== undefined) yield { callee: callee.name, callers: parts, change };
      }
    }
  }

  #perRequest(callee: ServiceSigns, callers: readonly ServiceSigns[]): Track {
    const { t, v } = callee.requests!;
    const { before } = callee.window;
    const counted = v.subarray(0, before).reduce((n, value) => n + Number(Number.isFinite(value)), 0);
    const unasked = counted < 0.1 * before;
    const asked = new Float64Array(t.length);
    for (const { requests } of callers) {
      if (requests!.t === t) for (let i = 0; i < t.length; i++) asked[i]! += requests!.v[i]!;
      else {
        const at = new Map(Array.from(requests!.t, (time, i) => [time, i]));
        for (let i = 0; i < t.length; i++) asked[i]! += requests!.v[at.get(t[i]!) ?? -1] ?? Number.NaN;
      }
    }
    const calls = unasked ? v.map(value => (Number.isNaN(value) ? 0 : value)) : v;
    return { t, v: calls.map((value, i) => (asked[i]! > 0 ? value / asked[i]! : Number.NaN)) };
  }
}
