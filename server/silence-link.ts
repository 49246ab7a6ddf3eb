import type { Labels } from '../core/labels.ts';

/** Longer addresses are cut by what lies between. */
const longest = 2000;

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

function matcher([name, value]: readonly [string, string]): string {
  return `${name}="${[...value].map(char => escapes[char] ?? char).join('')}"`;
}

/**
 * Where a silence for exactly these labels is made, filled in already, in the Alertmanager at `base`. Undefined where there is
 * nothing to match, or where the address would be too long to be followed.
 */
export function silenceLink(base: string | undefined, labels: Labels): string | undefined {
  const matchers = Object.entries(labels).filter(([, value]) => value !== '');
  if (base === undefined || matchers.length === 0) return undefined;
  // Half of a pair of surrogates is no character, and no address can hold it.
  const text = `{${matchers.map(matcher).join(',')}}`.replace(/\p{Surrogate}/gu, '\ufffd');
  const filter = encodeURIComponent(text);
  const address = `${base.replace(/\/+$/, '')}/#/silences/new?filter=${filter}`;
  return address.length > longest ? undefined : address;
}
