import type { CallBook, LedgerEntry } from './call-book.ts';
import { Explanations, inTrouble } from './explanations.ts';
import type { ServiceSigns, Sign } from './service-signs.ts';
import { strongest } from './signal-change.ts';

/** A service that may be the cause: what speaks for it, by where that comes from. */
export interface Blame {
  readonly name: string;
  readonly score: number;
  /** Degradations of callers that this service explains. */
  readonly fromCallers: ReadonlyMap<string, number>;
  /** Changes in how often it calls others. */
  readonly ledger: readonly LedgerEntry[];
  /** Its callers, which fail, ask it less often than usual. */
  readonly lost: LedgerEntry | undefined;
}

const weights = { degraded: 0.7, calls: 0.55, ledger: 0.7, surge: 0.6 };
/** A degradation from which no caller suffers counts half; calls that no known callee explains a tenth. */
const unfelt = 0.5;
const unexplained = 0.1;
/** What says itself that it is there is not lost: that it is not asked may come of what its callers suffer from. */
const unreached = 0.3;
/** What a caller hands on loses a fifth per call. */
const perHop = 0.8;
const mostHops = 8;
const strengthOf = (sign: Sign | undefined) => sign?.change.strength ?? 0;

interface Account {
  readonly score: number;
  /** What may be explained by callees. */
  readonly degraded: number;
  readonly ledger: number;
}

/**
 * Shares blame among services: evidence starts where it is seen and moves against nobody but what is called. A degradation
 * (latency, errors) is handed on to callees as far as they show trouble of a size that matters to the caller; calls that
 * became slow are handed on whole, to the callees whose other callers suffer too and whose part of the calls is that which
 * became slow; a change of state stays where it is. What nobody below explains is the cause.
 */
class BlameFlow {
  readonly #services: ReadonlyMap<string, ServiceSigns>;
  readonly #book: CallBook;
  readonly #accounts = new Map<string, Account>();
  readonly #scores = new Map<string, number>();
  readonly #fromCallers = new Map<string, Map<string, number>>();
  readonly #ledger = new Map<string, LedgerEntry[]>();
  readonly #lost = new Map<string, LedgerEntry>();
  readonly #explanations: Explanations;

  constructor(services: ReadonlyMap<string, ServiceSigns>, book: CallBook) {
    this.#services = services;
    this.#book = book;
    const ledger = this.#readLedger();
    this.#explanations = new Explanations(services, book, name => this.#lostStrength(name));
    for (const service of services.values()) {
      const surge = this.#surge(service);
      this.#accounts.set(service.name, {
        score: service.state + surge + this.#lostStrength(service.name),
        degraded: this.#degraded(service),
        ledger: weights.ledger * Math.min(strongest, ledger.get(service.name) ?? 0),
      });
    }
  }

  /** Who calls others more or less often per request; a callee that is not asked by callers that fail is lost itself. */
  #readLedger(): Map<string, number> {
    const out = new Map<string, number>();
    for (const entry of this.#book.changes()) {
      const callee = this.#services.get(entry.callee)!;
      const own = Math.max(strengthOf(callee.latency), strengthOf(callee.errors)) + callee.state;
      const strength = entry.change.strength / (1 + own);
      const failing = entry.callers.some(({ name }) => this.#services.get(name)!.errors !== undefined);
      if (entry.change.direction === 'down' && failing) this.#lost.set(entry.callee, entry);
      else
        for (const { name, part } of entry.callers) {
          out.set(name, (out.get(name) ?? 0) + strength * part);
          this.#ledger.set(name, [...(this.#ledger.get(name) ?? []), entry]);
        }
    }
    return out;
  }

  #lostStrength(name: string): number {
    const reached = this.#services.get(name)?.alive === true ? unreached : 1;
    return reached * weights.ledger * (this.#lost.get(name)?.change.strength ?? 0);
  }

  /** More traffic on a service that nobody calls comes from outside. */
  #surge({ name, signs }: ServiceSigns): number {
    if (this.#book.callers(name).length > 0) return 0;
    const { change } =
      signs.find(({ reading }) => reading.role === 'traffic' && !reading.ofNode && !reading.ofCalls) ?? {};
    return change?.direction === 'up' ? weights.surge * change.strength : 0;
  }

  #degraded(service: ServiceSigns): number {
    const callers = this.#book.callers(service.name);
    const suffering = callers.filter(inTrouble);
    const felt = callers.length === 0 ? 1 : suffering.length === 0 ? unfelt : undefined;
    const slow = felt ?? Math.max(...suffering.map(caller => this.#explanations.matters(service, caller)));
    return weights.degraded * (strengthOf(service.latency) * slow + strengthOf(service.errors) * (felt ?? 1));
  }

  #hand(caller: string, amount: number, to: Map<string, number>): void {
    const draws = this.#explanations.draws(caller).filter(({ draw }) => draw > 0);
    const total = draws.reduce((sum, { draw }) => sum + draw, 0);
    for (const { name, draw } of draws) {
      const part = (perHop * amount * draw) / total;
      to.set(name, (to.get(name) ?? 0) + part);
      const from = this.#fromCallers.get(name) ?? new Map<string, number>();
      from.set(caller, (from.get(caller) ?? 0) + part);
      this.#fromCallers.set(name, from);
    }
  }

  #keep(name: string, amount: number): void {
    this.#scores.set(name, (this.#scores.get(name) ?? 0) + amount);
  }

  #start(): Map<string, number> {
    const flow = new Map<string, number>();
    for (const [name, { score, degraded, ledger }] of this.#accounts) {
      this.#keep(name, score);
      if (degraded + ledger > 0) flow.set(name, (flow.get(name) ?? 0) + degraded + ledger);
      const calls = strengthOf(this.#services.get(name)!.calls);
      if (calls === 0) continue;
      if (this.#book.callees(name).length === 0) this.#keep(name, unexplained * calls);
      else this.#hand(name, weights.calls * calls, flow);
    }
    return flow;
  }

  /** How much of the blame on a service is its callees', 0 to 1; one that shows nothing of its own hands on nothing. */
  #shareHandedOn(name: string): number {
    const { score, degraded, ledger } = this.#accounts.get(name)!;
    const service = this.#services.get(name)!;
    if (!inTrouble(service) && ledger === 0) return 0;
    const draw = this.#explanations.draws(name).reduce((most, one) => Math.max(most, one.draw), 0);
    const own = score + this.#explanations.kept(service) * degraded + ledger;
    return draw > 0 ? draw / (draw + own) : 0;
  }

  run(): Blame[] {
    let flow = this.#start();
    for (let hop = 0; hop < mostHops && flow.size > 0; hop++) {
      const next = new Map<string, number>();
      for (const [name, amount] of flow) {
        const out = this.#shareHandedOn(name);
        this.#keep(name, amount * (1 - out));
        if (out > 0) this.#hand(name, amount * out, next);
      }
      flow = next;
    }
    for (const [name, amount] of flow) this.#keep(name, amount);
    const nobody = new Map<string, number>();
    return [...this.#scores]
      .filter(([, score]) => score > 0)
      .map(([name, score]) => ({
        name,
        score,
        fromCallers: this.#fromCallers.get(name) ?? nobody,
        ledger: this.#ledger.get(name) ?? [],
        lost: this.#lost.get(name),
      }))
      .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));
  }
}

/** Ranks services as the cause of what they show together, the most likely first; those with nothing are left out. */
export function shareBlame(services: ReadonlyMap<string, ServiceSigns>, book: CallBook): Blame[] {
  return new BlameFlow(services, book).run();
}
