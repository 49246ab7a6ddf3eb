/**
 * How the symptoms of one incident are spread over time, as densities an ms. All are mixtures of exponentials in units of
 * `window`, the time in which most symptoms of an incident show; each has a long part, as rules wait for minutes.
 */
type Mixture = readonly (readonly [share: number, scale: number])[];

const density = (mixture: Mixture, age: number, window: number): number =>
  age < 0
    ? 0
    : mixture.reduce(
        (sum, [share, scale]) => sum + (share / (scale * window)) * Math.exp(-age / (scale * window)),
        0,
      );

const survival = (mixture: Mixture, age: number, window: number): number =>
  mixture.reduce((sum, [share, scale]) => sum + share * Math.exp(-Math.max(0, age) / (scale * window)), 0);

/** Further symptoms of a place after its first one; of so many kinds that are expected to come. */
const staggered: Mixture = [
  [0.85, 2 / 3],
  [0.15, 2],
];
const furtherSymptoms = 4;
/** A caller after its callee, when it comes to that. */
const spreading: Mixture = [
  [0.75, 1],
  [0.25, 2.5],
];
const spreads = 0.6;
/** A callee that shows its trouble after its caller did. */
const lateCause: Mixture = [
  [0.85, 1 / 3],
  [0.15, 1],
];
const causeIsLate = 0.25;
/** The same alert again after it resolved. */
const refiring: Mixture = [
  [0.8, 1.5],
  [0.2, 5],
];
const firesAgain = 0.8;
/** So many alerts that are quiet together are independent witnesses at most. */
const mostWitnesses = 4;
/** Something new where trouble lasts, and where its callee is in trouble, an hour. */
const lateSymptoms = 0.1 / 3_600_000;
const lateFollowers = 0.02 / 3_600_000;
/** A caller that names the callee as the reason: it follows within ten windows, and later too. */
const named: Mixture = [[0.9, 10]];
const lateNamed = 0.3 / 3_600_000;
/** Until the second symptom of an incident that has one; the rest never shows another. */
const alone: Mixture = [
  [0.6, 2 / 3],
  [0.25, 2],
];
const staysAlone = 0.15;
/** How long trouble that is quiet may still cause more, in windows. */
const quietScale = 2;

/** Of how many alerts a place is thought to have one that fires is one: an unrelated one is this one so seldom. */
export const alertsOfPlace = 8;

/** The rates (an ms) at which an incident brings forth one more alert; ages and quiet in ms. */
export interface IncidentRates {
  /** A new symptom of a place in trouble for `age`, quiet for `quiet`. */
  symptom(age: number, quiet: number): number;
  /** A caller of a place in trouble. */
  follower(age: number, quiet: number): number;
  /** A caller that says itself that its calls to that place fail. */
  complainer(age: number, quiet: number): number;
  /** A place that one in trouble, which nothing explains, calls. */
  cause(age: number): number;
  /** The same alert again, resolved since `gap`. */
  again(gap: number): number;
  /** The chance that trouble with so many alerts, all of them quiet for `quiet`, is not over. */
  lives(alerts: number, quiet: number): number;
  /** The chance that no second alert has come by `age` though there is an incident. */
  stillAlone(age: number): number;
}

/** The rates on the time scale `window` (ms). */
export function ratesOf(window: number): IncidentRates {
  const fading = (quiet: number) => Math.exp(-quiet / (quietScale * window));
  return {
    symptom: (age, quiet) =>
      (furtherSymptoms * density(staggered, age, window) + lateSymptoms) * fading(quiet),
    follower: (age, quiet) => (spreads * density(spreading, age, window) + lateFollowers) * fading(quiet),
    complainer: (age, quiet) => (density(named, age, window) + lateNamed) * fading(quiet),
    cause: age => causeIsLate * density(lateCause, age, window),
    again: gap => firesAgain * density(refiring, gap, window),
    lives: (alerts, quiet) =>
      (1 - firesAgain + firesAgain * survival(refiring, quiet, window)) ** Math.min(mostWitnesses, alerts),
    stillAlone: age => staysAlone + survival(alone, age, window),
  };
}
