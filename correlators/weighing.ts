import { isKeptOut } from './apart.ts';
import { Experience, type ExperienceState } from './experience.ts';
import { type Kinship, type KinshipInput, kinOf, likelierFirst } from './kinship.ts';
import { KinshipLessons, type KinshipLessonsState } from './kinship-lessons.ts';
import type { Ledger } from './ledger.ts';
import { type Delays, delaysWithin, type IncidentRates, ratesOf } from './odds.ts';
import type { OpenIncident } from './open-incident.ts';
import type { CorrelatorOptions } from './options.ts';
import type { Graph } from './topology.ts';

/** So many times likelier than chance must be that an alert belongs to an incident: hiding a page is worse than one too many. */
const doubt = 2;

/** What weighs whether an alert belongs to an open incident, as it is kept over a restart. */
export interface WeighingState {
  /** The most places that were known at once. */
  readonly places: number;
  readonly experience: ExperienceState;
  readonly lessons?: KinshipLessonsState | undefined;
}

/** Weighs incidents against chance, with the rates that were learned. Fed in order of time. */
export class Weighing {
  readonly experience: Experience;
  readonly lessons: KinshipLessons;
  readonly #options: CorrelatorOptions;
  readonly #assumed: Delays;
  #rates: IncidentRates;
  #places: number;

  constructor(options: CorrelatorOptions, state?: WeighingState) {
    this.#options = options;
    this.#places = state?.places ?? 0;
    this.experience = new Experience(state?.experience);
    this.lessons = new KinshipLessons(state?.lessons);
    this.#assumed = delaysWithin(options.window);
    this.#rates = ratesOf(options.window, this.experience.delays(this.#assumed));
  }

  /** Lets time pass while `places` places are known. */
  pass(t: number, places: number): void {
    this.#places = Math.max(this.#places, places);
    this.experience.pass(t);
    this.#rates = ratesOf(this.#options.window, this.experience.delays(this.#assumed));
  }

  /** The rates of an incident, and the rate (an ms) at which something unrelated begins at a place. */
  scale(): { readonly rates: IncidentRates; readonly window: number; readonly chance: number } {
    const { window } = this.#options;
    return { rates: this.#rates, window, chance: this.experience.rate(this.#places) };
  }

  /** The incidents that more likely brought forth an alert than chance did, the likeliest first. */
  kin(arrival: KinshipInput, known: { readonly ledger: Ledger; readonly graph: Graph }): Kinship[] {
    const { rates, chance } = this.scale();
    const kin = kinOf(arrival, {
      graph: known.graph,
      byPlace: known.ledger.byPlace,
      rates,
      maxHops: this.#options.maxHops,
      holder: known.ledger.of(arrival.alert.fingerprint),
      sure: (incident, t) => this.#sure(incident, t),
    });
    return kin
      .filter(({ incident, kind }) => !isKeptOut(incident, arrival) && !this.#options.isOff(kind))
      .map(each => this.#taught(each, arrival))
      .filter(({ rate }) => rate > doubt * chance)
      .sort(likelierFirst);
  }

  /** What people split before is less likely one. */
  #taught(kinship: Kinship, { place, t }: KinshipInput): Kinship {
    const factor = kinship.via === undefined ? 1 : this.lessons.factor(place.id, kinship.via, t);
    return factor === 1 ? kinship : { ...kinship, rate: kinship.rate * factor };
  }

  /** The chance that an incident is more than one lone alert, by how long it has been alone. */
  #sure(incident: OpenIncident, t: number): number {
    if (incident.members.size > 1) return 1;
    const grows = this.experience.grows() * this.#rates.stillAlone(t - incident.openedAt);
    return grows / (grows + 1 - this.experience.grows());
  }

  /** Learns the delay of an alert that joined. */
  learn({ delay }: Kinship): void {
    if (delay !== undefined) this.experience.delayed(...delay, this.#assumed);
  }

  state(): WeighingState {
    return { places: this.#places, experience: this.experience.state(), lessons: this.lessons.state() };
  }
}
