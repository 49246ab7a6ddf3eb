import type { Delays } from './odds.ts';

/** What a correlator has learned of its surroundings; times in ms. */
export interface ExperienceState {
  readonly at: number | undefined;
  /** Incidents opened, and those of them that stayed one alert, each counted less with age. */
  readonly opened: number;
  readonly ended: number;
  readonly lone: number;
  /** Time watched, counted less with age. */
  readonly watched: number;
  /** How often a further symptom, and a caller after its callee, was seen, and the sum of their delays. */
  readonly symptoms: Seen;
  readonly followers: Seen;
}

interface Seen {
  readonly count: number;
  readonly total: number;
}

const nothing: Seen = { count: 0, total: 0 };
const aged = ({ count, total }: Seen, kept: number): Seen => ({ count: count * kept, total: total * kept });
const more = ({ count, total }: Seen, delay: number): Seen => ({ count: count + 1, total: total + delay });

/** What is assumed of delays counts as much as so many that are seen. */
const priorDelays = 30;
/** No delay counts as longer than so many times what is assumed, and none is learned to be. */
const longest = 6;

const day = 86_400_000;
/** After so long what was seen counts half. */
const halfLife = 3 * day;
/** Before anything is seen: one incident a day and place, as sure as two hours of watching are. */
const priorTime = 7_200_000;
const priorRate = 1 / day;
/** Before anything is seen half of the lone alerts are the beginning of more, as sure as four of them are. */
const priorEnded = 4;

const unseen: ExperienceState = {
  at: undefined,
  opened: 0,
  ended: 0,
  lone: 0,
  watched: 0,
  symptoms: nothing,
  followers: nothing,
};

/**
 * How often something begins at a place, and how often a lone alert is the beginning of more: Gamma and Beta posteriors
 * with forgetting. Fed by the correlator, read when it weighs whether an alert belongs to an incident or to none.
 */
export class Experience {
  #state: ExperienceState;

  constructor(state: ExperienceState = unseen) {
    this.#state = state;
  }

  /** Lets time pass. */
  pass(t: number): void {
    const { at, opened, ended, lone, watched, symptoms, followers } = this.#state;
    if (at !== undefined && t <= at) return;
    const span = at === undefined ? 0 : t - at;
    const kept = 2 ** (-span / halfLife);
    this.#state = {
      at: t,
      opened: opened * kept,
      ended: ended * kept,
      lone: lone * kept,
      watched: watched * kept + span,
      symptoms: aged(symptoms, kept),
      followers: aged(followers, kept),
    };
  }

  /** Counts an incident that began (+1), or one that proved to be part of another (-1). */
  began(count: number): void {
    this.#state = { ...this.#state, opened: Math.max(0, this.#state.opened + count) };
  }

  ended(lone: boolean): void {
    const { ended, lone: before } = this.#state;
    this.#state = { ...this.#state, ended: ended + 1, lone: before + (lone ? 1 : 0) };
  }

  /** Counts how long after the first symptom of a place another came, or after a callee its caller; `usual` is assumed. */
  delayed(kind: keyof Delays, delay: number, usual: Delays): void {
    const name = kind === 'symptom' ? 'symptoms' : 'followers';
    const counted = Math.min(Math.max(0, delay), longest * usual[kind]);
    this.#state = { ...this.#state, [name]: more(this.#state[name], counted) };
  }

  /** The usual delays, `assumed` before any are seen. */
  delays(assumed: Delays): Delays {
    const { symptoms, followers } = this.#state;
    const mean = ({ count, total }: Seen, prior: number) =>
      (priorDelays * prior + total) / (priorDelays + count);
    return { symptom: mean(symptoms, assumed.symptom), follower: mean(followers, assumed.follower) };
  }

  /** Incidents that begin at one of `places` places, an ms. */
  rate(places: number): number {
    const { opened, watched } = this.#state;
    return (priorRate * priorTime + opened / Math.max(1, places)) / (priorTime + watched);
  }

  /** The chance that a new alert is the beginning of more. */
  grows(): number {
    const { ended, lone } = this.#state;
    return (priorEnded / 2 + ended - lone) / (priorEnded + ended);
  }

  state(): ExperienceState {
    return this.#state;
  }
}
