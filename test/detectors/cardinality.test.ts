import { describe, expect, it } from 'vitest';
import { signalSchema } from '../../core/pack.ts';
import { Cardinality, type CardinalityFinding } from '../../detectors/cardinality.ts';

const step = 60_000;
const day = 1440;
const signals = [signalSchema.parse({ name: 'cpu', kind: 'cpu', query: 'q' })];
const spec = { name: 'k8s/pod', step, signals };

/** Pods by deployment: numbers of those that run, by step. Rows stay known when they have left, as in the daemon. */
type Fleet = Readonly<Record<string, (i: number) => readonly number[]>>;

const upTo = (n: number, from = 0) => Array.from({ length: n }, (_, k) => from + k);

/** Lets a fleet live for `steps`, `step` ms each; answers what was found, each kind and owner once, with when it began. */
function live(
  fleet: Fleet,
  {
    steps,
    accounted = () => false,
    watch = new Cardinality('pod'),
  }: {
    readonly steps: number;
    readonly accounted?: (deployment: string, pod: number, i: number) => boolean;
    readonly watch?: Cardinality;
  },
) {
  let entities: { deployment: string; pod: string }[] = [];
  const keys = new Map<string, number>();
  const found = new Map<string, { i: number; last: number; finding: CardinalityFinding }>();
  for (let i = 0; i < steps; i++) {
    const running = Object.entries(fleet).flatMap(([d, pods]) => pods(i).map(n => `${d} ${n}`));
    const fresh = running.filter(name => !keys.has(name));
    for (const name of fresh) keys.set(name, keys.size);
    if (fresh.length > 0)
      entities = [...keys.keys()].map(name => ({
        deployment: name.split(' ')[0]!,
        pod: name.split(' ')[1]!,
      }));
    const values = new Float64Array(entities.length).fill(Number.NaN);
    for (const name of running) values[keys.get(name)!] = 1;
    const batch = { class: spec, t: i * step, entities, values, partial: false };
    const left = (row: number) => accounted(entities[row]!.deployment, Number(entities[row]!.pod), i);
    for (const finding of watch.step(batch, left)) {
      const name = `${finding.kind} ${Object.values(finding.owner).join()}`.trim();
      found.set(name, { finding, last: i, i: found.get(name)?.i ?? i });
    }
  }
  return found;
}

const steady = (n: number) => () => upTo(n);
/** 10 pods at night, 40 by day, up and down by one every few minutes. */
const autoscaled = (i: number) => upTo(Math.round(25 - 15 * Math.cos((2 * Math.PI * i) / day)));
const at = 3 * day + 600;

describe('a collapse', () => {
  it('is half of the pods of a deployment lost for no reason, told once for the deployment', () => {
    const found = live({ cart: i => upTo(i < at ? 12 : 5), pay: steady(12) }, { steps: at + 60 });
    expect([...found.keys()]).toEqual(['collapse cart']);
    const { i, finding } = found.get('collapse cart')!;
    expect(i - at).toBeLessThanOrEqual(8);
    expect(finding).toMatchObject({ count: 5, low: 12, owner: { deployment: 'cart' } });
    expect(finding.reason).toBe(
      '7 of 12 of cart lost within an hour, neither replaced nor taken away; at this time of day there were never fewer than 12',
    );
  });

  it('is the new normal after an hour', () => {
    const found = live({ cart: i => upTo(i < at ? 12 : 5) }, { steps: at + 300 });
    expect(found.get('collapse cart')!.last - at).toBeLessThanOrEqual(61);
  });

  it.each([
    ['one that is scaled up and down by the time of day', { cart: autoscaled }],
    ['a rollout, half or twice of the pods at once', { cart: (i: number) => rollout(i) }],
    ['one pod less', { cart: (i: number) => upTo(i < at ? 12 : 11) }],
    ['the loss of three of a few', { cart: (i: number) => upTo(i < at ? 3 : 1) }],
    ['a hole of the source', { cart: (i: number) => upTo(i >= at && i < at + 20 ? 0 : 12) }],
    ['a pod that restarts', { cart: (i: number) => upTo(12).filter(n => n > 6 || i < at || i > at + 5) }],
  ])('is not %s', (_, fleet) => {
    expect([...live(fleet, { steps: at + day / 2 }).keys()]).toEqual([]);
  });

  it('is not a scale-down that service discovery shows, nor what is told pod by pod', () => {
    const found = live(
      { cart: i => upTo(i < at ? 12 : 3), pay: steady(12) },
      {
        steps: at + day,
        accounted: (_, pod, i) => pod >= 3 && i >= at + 5,
      },
    );
    expect([...found.keys()]).toEqual([]);
  });

  it('is not known of a class of less than a day', () => {
    expect(live({ cart: i => upTo(i < 600 ? 12 : 5) }, { steps: 700 }).size).toBe(0);
  });
});

/** Every 600 steps all pods are replaced within ten; at first beside the old ones. */
function rollout(i: number): readonly number[] {
  const generation = Math.floor(i / 600);
  const surge = i >= 600 && i % 600 < 10 ? upTo(12, 100 * (generation - 1)) : [];
  return [...upTo(12, 100 * generation), ...surge];
}

describe('an explosion', () => {
  it('is three times as many as ever, for an hour or two', () => {
    const found = live({ cart: i => upTo(i < at ? 12 : 60) }, { steps: at + 400 });
    const { i, last, finding } = found.get('explosion cart')!;
    expect([i, finding.reason]).toEqual([at, '60 of cart, in a week there were never more than 12']);
    expect(last - at).toBeLessThan(120);
  });

  it('is not a surge to twice as many', () => {
    expect(live({ cart: i => upTo(i < at ? 12 : 24) }, { steps: at + 100 }).size).toBe(0);
  });
});

it('goes on where it was after a restart', () => {
  const before = new Cardinality('pod');
  live({ cart: steady(12) }, { steps: at, watch: before });
  const after = new Cardinality('pod');
  after.restore(before.toBytes());
  expect(after.toBytes()).toEqual(before.toBytes());
  expect(() => after.restore(new TextEncoder().encode('{"hour":1}'))).toThrow();
});
