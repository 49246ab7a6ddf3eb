import type { CallBook } from './call-book.ts';
import type { ServiceSigns, Sign } from './service-signs.ts';

/** What a slow callee explains of a caller that is not slow itself. */
const calm = 0.2;
/** A callee may be asked several times per request, one call after the other. */
const mostCalls = 20;
/** A caller that makes a tenth of its calls to one would notice. */
const noticed = 0.1;
/** Share of its own degradation that a service keeps though its callees may explain it. */
const kept = 0.2;

const strengthOf = (sign: Sign | undefined) => sign?.change.strength ?? 0;

/** True for a service that is slow or fails, or whose calls are or do. */
export function inTrouble({ latency, errors, calls }: ServiceSigns): boolean {
  return latency !== undefined || errors !== undefined || calls !== undefined;
}

/** What draws blame to a callee. */
export interface Draw {
  readonly name: string;
  readonly draw: number;
}

/** Who explains whose trouble, and how well. Made once for an onset; answers are kept. */
export class Explanations {
  readonly #services: ReadonlyMap<string, ServiceSigns>;
  readonly #book: CallBook;
  readonly #lost: (name: string) => number;
  readonly #complaintsOf = new Map<string, number>();
  readonly #drawsOf = new Map<string, readonly Draw[]>();

  /** `lost` tells how strongly a service is no longer asked by callers that fail. */
  constructor(services: ReadonlyMap<string, ServiceSigns>, book: CallBook, lost: (name: string) => number) {
    this.#services = services;
    this.#book = book;
    this.#lost = lost;
  }

  /** How much of what the caller lost in speed the callee's rise makes up, 0 to 1. */
  matters(callee: ServiceSigns, caller: ServiceSigns): number {
    const lost = Math.max(caller.slower, caller.callsSlower);
    if (lost === 0) return caller.errors === undefined ? calm : 1;
    const calls = this.#book.rate(caller.name, callee.name)?.perRequest ?? 1;
    const perRequest = Math.max(1, Math.min(mostCalls, calls));
    return Math.min(1, (2 * perRequest * callee.slower) / lost) ** 2;
  }

  /** How much trouble of a callee matters to its caller. */
  #attraction(callee: ServiceSigns, caller: ServiceSigns): number {
    const slow = strengthOf(callee.latency) * this.matters(callee, caller);
    const lost = this.#lost(callee.name);
    const share = this.#book.rate(caller.name, callee.name)?.share ?? 1;
    return (
      (Math.max(slow, strengthOf(callee.errors)) + callee.state + lost) * Math.sqrt(Math.max(noticed, share))
    );
  }

  /** Whether those who call it suffer, 0 to 1: a caller that makes few of its calls to it need not notice. */
  #complaints(callee: ServiceSigns): number {
    const known = this.#complaintsOf.get(callee.name);
    if (known !== undefined) return known;
    let suffer = 0;
    let content = 0;
    for (const caller of this.#book.callers(callee.name)) {
      const share = this.#book.rate(caller.name, callee.name)?.share ?? 0;
      if (inTrouble(caller)) suffer++;
      else content += caller.watchesCalls ? Math.min(1, share / noticed) : 1;
    }
    const complaints = suffer === 0 ? 0 : (suffer / (suffer + content)) ** 2;
    this.#complaintsOf.set(callee.name, complaints);
    return complaints;
  }

  /** Whether the part of the caller's calls that became slow is about the part that goes to the callee. */
  #fits(callee: ServiceSigns, caller: ServiceSigns): number {
    const share = this.#book.rate(caller.name, callee.name)?.share;
    if (caller.slowShare === undefined || share === undefined) return 1;
    const [low, high] = caller.slowShare;
    return Math.max(0.05, Math.min(1, share / low, high / share));
  }

  /** What draws the blame of `caller` to each of its callees. */
  draws(name: string): readonly Draw[] {
    const known = this.#drawsOf.get(name);
    if (known !== undefined) return known;
    const caller = this.#services.get(name)!;
    const draws = this.#book.callees(name).map(callee => {
      const accused = caller.calls === undefined ? 0 : this.#complaints(callee) * this.#fits(callee, caller);
      return { name: callee.name, draw: this.#attraction(callee, caller) + accused };
    });
    this.#drawsOf.set(name, draws);
    return draws;
  }

  /** A service that watches its calls is slow by itself as far as these don't make up for it. */
  kept({ name, watchesCalls, slowerAtLeast, callsSlower }: ServiceSigns): number {
    if (!watchesCalls || slowerAtLeast === 0) return kept;
    const calls = Math.max(1, Math.min(mostCalls, this.#book.callsPerRequest(name)));
    return Math.max(0, 1 - (calls * callsSlower) / slowerAtLeast);
  }
}
