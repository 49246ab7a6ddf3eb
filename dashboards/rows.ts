import type { SignalKind } from '../core/pack.ts';
import type { DashboardClass, DashboardPack } from './model.ts';

/** The k-th signal of a class. */
export interface ShownSignal {
  readonly one: DashboardClass;
  readonly k: number;
}

/** Signals under one heading. */
export interface SignalRow {
  readonly title: string;
  readonly shown: readonly ShownSignal[];
}

/** What is said of a request, in the order in which it is read. */
const red = { traffic: 'rate', errors: 'errors', latency: 'duration' } as const;
/** What is said of a resource. */
const use = {
  cpu: 'utilisation',
  memory: 'utilisation',
  disk_io: 'utilisation',
  network: 'utilisation',
  saturation: 'saturation',
  errors: 'errors',
} as const;
const people = { user_behavior: 'users', security_events: 'security' } as const;

type Words = Readonly<Partial<Record<SignalKind, string>>>;

/** The rows that the pack declares, then rows of what stands in none of them, by the kinds of the signals. */
export function rowsOf({ classes, rows = [] }: DashboardPack): SignalRow[] {
  const all = classes.flatMap(one => one.signals.map((_, k) => ({ one, k })));
  const nameOf = ({ one, k }: ShownSignal) => one.signals[k]!.name;
  const placed = new Set(rows.flatMap(row => row.signals));
  const declared = rows.map(({ title, signals }) => ({
    title,
    shown: signals.flatMap(name => all.filter(each => nameOf(each) === name)),
  }));
  const rest = classes.flatMap(one =>
    byMethod(
      one,
      all.filter(each => each.one === one && !placed.has(nameOf(each))),
    ),
  );
  return [...declared, ...rest].filter(row => row.shown.length > 0);
}

/** Rate, errors, duration where a class takes requests; utilisation, saturation, errors of what it has; and what people do. */
function byMethod(one: DashboardClass, shown: readonly ShownSignal[]): SignalRow[] {
  const kindOf = ({ k }: ShownSignal) => one.signals[k]!.kind;
  const serves = one.signals.some(({ kind }) => kind === 'traffic' || kind === 'latency');
  const methods: readonly Words[] = serves ? [red, use, people] : [use, red, people];
  const taken = new Set<ShownSignal>();
  return methods.map(words => {
    const order = [...new Set(Object.values(words))];
    const part = shown
      .filter(each => !taken.has(each) && words[kindOf(each)] !== undefined)
      .sort((a, b) => order.indexOf(words[kindOf(a)]!) - order.indexOf(words[kindOf(b)]!) || a.k - b.k);
    for (const each of part) taken.add(each);
    const said = [...new Set(part.map(each => words[kindOf(each)]!))];
    return { title: `${titleOf(one)}: ${said.join(', ')}${labelsOf(one)}`, shown: part };
  });
}

/** A class as a heading: its name without the pack. */
function titleOf({ name }: DashboardClass): string {
  return name.replace(/^.*\//, '').replaceAll('_', ' ');
}

/** By which labels the entities of a class are told apart, where its name does not say it. */
function labelsOf({ name, entityLabels }: DashboardClass): string {
  const own = name.replace(/^.*\//, '');
  return entityLabels.every(label => label === own) ? '' : ` (by ${entityLabels.join(' and ')})`;
}
