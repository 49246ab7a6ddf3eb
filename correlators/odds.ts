/** Mixtures of exponentials: shares, and scales in units of what is usual; the long part is of rules that wait for minutes. */
type Mixture = readonly (readonly [share: number, scale: number])[];

const density = (mixture: Mixture, age: number, unit: number): number =>
  age < 0
    ? 0
    : mixture.reduce(
        (sum, [share, scale]) => sum + (share / (scale * unit)) * Math.exp(-age / (scale * unit)),
        0,
      );

const survival = (mixture: Mixture, age: number, unit: number): number =>
  mixture.reduce((sum, [share, scale]) => sum + share * Math.exp(-Math.max(0, age) / (scale * unit)), 0);

/** Further symptoms of a place after its first one. */
const staggered: Mixture = [
  [0.92, 0.85],
  [0.08, 3],
];
/** How many are expected before any is seen, and as sure as how many that are. */
const furtherSymptoms = 4;
const priorSymptoms = 2;
/** A caller after its callee, when it comes to that. */
const spreading: Mixture = [
  [0.88, 0.85],
  [0.12, 2.5],
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
  /** A new symptom of a place in trouble for `age`, quiet for `quiet`, which has shown `seen` after its first one. */
  symptom(age: number, quiet: number, seen: number): number;
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

/** What is usual, ms: how long after the first symptom of a place another comes, and after a callee its caller. */
export interface Delays {
  readonly symptom: number;
  readonly follower: number;
}

/** Before anything is seen, in units of the time in which most symptoms of an incident show. */
export const delaysWithin = (window: number): Delays => ({ symptom: (2 / 3) * window, follower: window });

/** The rates with these delays; everything else goes by `window` (ms), the time in which most symptoms show. */
export function ratesOf(window: number, usual: Delays): IncidentRates {
  const fading = (quiet: number) => Math.exp(-quiet / (quietScale * window));
  return {
    symptom: (age, quiet, seen) => {
      const shown = 1 - survival(staggered, age, usual.symptom);
      const all = (priorSymptoms + seen) / (priorSymptoms / furtherSymptoms + shown);
      return (all * density(staggered, age, usual.symptom) + lateSymptoms) * fading(quiet);
    },
    follower: (age, quiet) =>
      (spreads * density(spreading, age, usual.follower) + lateFollowers) * fading(quiet),
    complainer: (age, quiet) => (density(named, age, window) + lateNamed) * fading(quiet),
    cause: age => causeIsLate * density(lateCause, age, window),
    again: gap => firesAgain * density(refiring, gap, window),
    lives: (alerts, quiet) =>
      (1 - firesAgain + firesAgain * survival(refiring, quiet, window)) ** Math.min(mostWitnesses, alerts),
    stillAlone: age => staysAlone + survival(alone, age, window),
  };
}
