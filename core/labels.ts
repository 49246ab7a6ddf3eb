/** A set of labels as Prometheus knows it. The metric's name, where kept, is `__name__`. */
export type Labels = Readonly<Record<string, string>>;

/**
 * Canonical text of a label set: names sorted, values quoted. Equal sets give equal text, whatever their order, so it
 * serves as the identity (fingerprint) of a series, an entity or an alert.
 */
export function fingerprint(labels: Labels): string {
  const names = Object.keys(labels).sort();
  let text = '{';
  for (const name of names) text += `${text.length > 1 ? ',' : ''}${name}=${JSON.stringify(labels[name])}`;
  return `${text}}`;
}

/** The value of a label; one that is not there is empty, whatever its name (`constructor` is a good one). */
export function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? labels[name]! : '';
}

/** Only the given names, in the given order; names that are not there are left out. */
export function pick(labels: Labels, names: readonly string[]): Labels {
  const out: Record<string, string> = {};
  for (const name of names) if (Object.hasOwn(labels, name)) out[name] = labels[name]!;
  return out;
}

/** All but the given names. */
export function omit(labels: Labels, names: readonly string[]): Labels {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) if (!names.includes(name)) out[name] = value;
  return out;
}

/** True when every label of `part` stands in `labels` with the same value. */
export function includes(labels: Labels, part: Labels): boolean {
  return Object.entries(part).every(([name, value]) => labels[name] === value);
}

/** The labels that `fingerprint` wrote; throws a RangeError for other text. */
export function parseFingerprint(text: string): Labels {
  const out: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(/[{,]([^={,]+)=("(?:[^"\\]|\\.)*")/g))
    out[name!] = String(JSON.parse(value!));
  if (fingerprint(out) !== text) throw new RangeError(`${text} is not a set of labels`);
  return out;
}
