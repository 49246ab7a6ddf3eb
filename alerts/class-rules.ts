import { z } from 'zod';
import type { Alert } from '../core/alert.ts';
import type { Anomaly } from '../core/detector.ts';
import { createRules, type RuleOptions, type Rules } from './rule.ts';

/**
 * The rules of many classes, each with a state of its own: a class that could not be read keeps its state while the
 * others go on, since no sample is neither an anomaly nor a recovery.
 */
export interface ClassRules extends Rules {
  /** Classes that are stored and no longer watched: they are to be stepped too, so that their alerts end. */
  readonly unwatched: readonly string[];
  /** One step of the named classes alone; a class that was stepped at `t` (ms) or later before is left as it is. */
  stepOf(t: number, anomalies: readonly Anomaly[], classes: ReadonlySet<string>): readonly Alert[];
}

const storedSchema = z.array(z.tuple([z.string(), z.number().nullable(), z.string()]));

/** After so long without a step a class wakes with nobody counted as away: our blindness is nobody's absence. */
const asleepAfter = 300_000;

interface One {
  rules: Rules;
  /** Time of its last step, ms. */
  at: number;
}

function byClass(anomalies: readonly Anomaly[]): ReadonlyMap<string, readonly Anomaly[]> {
  const out = new Map<string, Anomaly[]>();
  for (const anomaly of anomalies) {
    const list = out.get(anomaly.class);
    if (list === undefined) out.set(anomaly.class, [anomaly]);
    else list.push(anomaly);
  }
  return out;
}

/** Rules for the classes in `watched`. Throws a RangeError for options that can never open or close. */
export function createClassRules(
  options: RuleOptions,
  watched: ReadonlySet<string>,
  stored?: Uint8Array,
): ClassRules {
  const all = new Map<string, One>(
    [...watched].map(name => [name, { rules: createRules(options), at: Number.NaN }]),
  );
  if (stored !== undefined)
    for (const [name, at, state] of storedSchema.parse(JSON.parse(new TextDecoder().decode(stored))))
      all.set(name, { rules: createRules(options, new TextEncoder().encode(state)), at: at ?? Number.NaN });
  const stepOne = (one: One, t: number, anomalies: readonly Anomaly[]): readonly Alert[] => {
    if (t - one.at > asleepAfter) one.rules = createRules(options, one.rules.toBytes());
    one.at = t;
    return one.rules.step(t, anomalies);
  };
  const step = (t: number, anomalies: readonly Anomaly[], wanted: (name: string) => boolean) => {
    const own = byClass(anomalies);
    for (const name of own.keys())
      if (!all.has(name)) all.set(name, { rules: createRules(options), at: Number.NaN });
    return [...all]
      .filter(([name]) => wanted(name))
      .flatMap(([name, one]) => stepOne(one, t, own.get(name) ?? []));
  };
  return {
    step: (t, anomalies) => step(t, anomalies, () => true),
    stepOf: (t, anomalies, classes) =>
      step(t, anomalies, name => classes.has(name) && !(t <= (all.get(name)?.at ?? Number.NaN))),
    get unwatched() {
      return [...all.keys()].filter(name => !watched.has(name));
    },
    standing: (name, entity) => (all.get(name)?.rules ?? createRules(options)).standing(name, entity),
    toBytes: () => {
      const text = (one: One) => new TextDecoder().decode(one.rules.toBytes());
      return new TextEncoder().encode(
        JSON.stringify([...all].map(([name, one]) => [name, one.at, text(one)])),
      );
    },
  };
}
