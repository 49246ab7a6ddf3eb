import type { Config } from '../config/schema.ts';

/** Which detectors run, all unless named, and the options that were given of them by name. */
export interface DetectorChoice {
  readonly names: readonly string[] | undefined;
  readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Reads `detection.detectors`: a list chooses, a map gives options to some, and `false` turns one off. */
export function detectorChoice(
  given: Config['detection']['detectors'],
  known: readonly string[] = [],
): DetectorChoice {
  if (given === undefined || Array.isArray(given)) return { names: given, options: {} };
  const off = Object.keys(given).filter(name => given[name] === false);
  const options = Object.fromEntries(
    Object.entries(given).flatMap(([name, each]) => (each === false ? [] : [[name, each]])),
  );
  return { names: off.length === 0 ? undefined : known.filter(name => !off.includes(name)), options };
}
