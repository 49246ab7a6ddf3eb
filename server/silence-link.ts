import type { Labels } from '../core/labels.ts';

/** Longer addresses are cut by what lies between. */
const longest = 2000;

/** What Alertmanager's page takes for the end of a name. */
const noName = /[{}!=~,\\"'`\s]/;

/** Alertmanager's page reads a value as it reads a string of JSON. */
const matcher = ([name, value]: readonly [string, string]): string => `${name}=${JSON.stringify(value)}`;

/**
 * Where a silence for exactly these labels is made, filled in already, in the Alertmanager at `base`. Undefined where there is
 * nothing to match, where a name cannot be said, or where the address would be too long to be followed.
 */
export function silenceLink(base: string | undefined, labels: Labels): string | undefined {
  const matchers = Object.entries(labels).filter(([, value]) => value !== '');
  if (base === undefined || matchers.length === 0 || matchers.some(([name]) => noName.test(name)))
    return undefined;
  // Half of a pair of surrogates is no character, and no address can hold it.
  const text = `{${matchers.map(matcher).join(',')}}`.replace(/\p{Surrogate}/gu, '\ufffd');
  const filter = encodeURIComponent(text);
  const address = `${base.replace(/\/+$/, '')}/#/silences/new?filter=${filter}`;
  return address.length > longest ? undefined : address;
}
