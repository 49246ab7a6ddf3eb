import { type Labels, pick } from './labels.ts';

/** Labels that many things share: alike they say nothing, unlike they tell two things apart. */
const wide = ['namespace', 'cluster', 'source', 'environment', 'env', 'region', 'team'];

/** The labels that say where a thing is, which it shares with many. */
export function surroundingsOf(labels: Labels): Labels {
  return pick(labels, wide);
}

/** True when what is told of `named` is told of the thing with these labels: one name is alike, and no label says otherwise. */
export function isAbout(named: Labels, labels: Labels): boolean {
  const unlike = Object.entries(named).some(([name, value]) => (labels[name] ?? value) !== value);
  if (unlike) return false;
  const values = new Set(Object.values(labels));
  return Object.entries(named).some(([name, value]) => !wide.includes(name) && values.has(value));
}
