import { describe, expect, it } from 'vitest';
import { createRules, type RuleOptions } from '../../alerts/rule.ts';
import type { Anomaly } from '../../core/detector.ts';

const options: RuleOptions = {
  fpr: 0.01,
  open: 2,
  of: 3,
  close: 2,
  clear: 0.05,
  severity: 'warning',
  url: 'http://x',
  signal: () => ({ bad: 'high', floor: 5, unit: 'short' }),
};

function at(t: number, p: number, value = 100, signal = 'cpu'): Anomaly {
  return {
    class: 'node/node',
    entity: { instance: 'a' },
    t,
    score: 1,
    p,
    shares: [{ signal, share: 1 }],
    band: { signal, low: 10, mid: 20, high: 30 },
    worst: { signal, value },
    state: 'watching',
    reason: '',
  };
}

describe('a rule', () => {
  it('says in an annotation of what kind its signal is, where the pack tells', () => {
    const kindOf = (kind?: 'cpu') => {
      const signal = () => ({ bad: 'high', floor: 5, unit: 'short', ...(kind ? { kind } : {}) }) as const;
      return createRules({ ...options, open: 1, signal }).step(1, [at(1, 0.001)])[0]?.annotations.signal_kind;
    };
    expect([kindOf('cpu'), kindOf()]).toEqual(['cpu', undefined]);
  });

  it('says of what has no samples that it has none, not that nothing is unusual', () => {
    const rules = createRules({ ...options, open: 1 });
    const reason = 'no signal has had a sample for 5 steps; its target is down';
    const [alert] = rules.step(1, [{ ...at(1, 0.0002, Number.NaN), reason }]);
    expect(alert?.annotations).toMatchObject({
      summary: 'a has no samples of cpu',
      description: `${reason}; by chance 1 in 5,000`,
    });
  });

  it('says with lines of the log what it is about', () => {
    const rules = createRules({ ...options, open: 1 });
    const [alert] = rules.step(1, [{ ...at(1, 0.001), examples: ['disk full', 'cannot write'] }]);
    expect(alert?.annotations.log_examples).toBe('disk full\ncannot write');
  });

  it('opens after 2 of 3 flagged steps, keeps its identity and closes after 2 normal ones', () => {
    const rules = createRules(options);
    expect(rules.step(1, [at(1, 0.001)])).toEqual([]);
    const [opened] = rules.step(2, [at(2, 0.001)]);
    expect(opened).toMatchObject({ startsAt: 2, endsAt: undefined });
    expect(opened?.labels).toMatchObject({
      alertname: 'ForeshockAnomaly',
      generator: 'foreshock',
      signal: 'cpu',
    });
    const [other] = rules.step(3, [at(3, 0.001, 100, 'memory')]);
    expect(other?.fingerprint).toBe(opened?.fingerprint);
    expect(rules.step(4, [at(4, 0.9)])[0]?.endsAt).toBeUndefined();
    expect(rules.step(5, [at(5, 0.9)])[0]).toMatchObject({ endsAt: 5, fingerprint: opened?.fingerprint });
    expect(rules.step(6, [])).toEqual([]);
  });

  it('ends the alert of an entity that left for good, and says so', () => {
    const rules = createRules({ ...options, open: 1, of: 1 });
    rules.step(1, [at(1, 0.001)]);
    const left = {
      ...at(2, Number.NaN),
      state: 'gone' as const,
      reason: 'its target left service discovery',
    };
    expect(rules.step(2, [left])).toMatchObject([{ endsAt: 2, annotations: { gone: left.reason } }]);
    expect(rules.step(3, [left])).toEqual([]);
  });

  it('does not take a gap, or what is neither flagged nor normal, for a recovery', () => {
    const rules = createRules({ ...options, open: 1, of: 1 });
    rules.step(1, [at(1, 0.001)]);
    for (let t = 2; t < 9; t++) {
      expect(rules.step(t, [{ ...at(t, 0.9), state: 'no_data' }])[0]?.endsAt).toBeUndefined();
      expect(rules.step(t, [at(t, 0.03)])[0]?.endsAt).toBeUndefined();
    }
  });

  it('closes amid life that is noisier than before, not amid an anomaly that comes and goes', () => {
    const closedBy = (ps: readonly number[]) => {
      const rules = createRules({ ...options, open: 1, of: 1, close: 12, clear: 0.05 });
      rules.step(0, [at(0, 0.001)]);
      for (let t = 1; t <= 120; t++)
        if (rules.step(t, [at(t, ps[t % ps.length] ?? 1)])[0]?.endsAt !== undefined) return t;
      return undefined;
    };
    expect(closedBy([0.9])).toBe(12);
    expect(closedBy([0.9, 0.3, 0.02, 0.4])).toBeLessThan(30);
    expect(closedBy([0.9, 0.001, 0.6, 0.7, 0.4])).toBeUndefined();
  });

  it('takes the harmless direction and what is below the floor as evidence only', () => {
    const rules = createRules({ ...options, open: 1, of: 1 });
    expect(rules.step(1, [at(1, 0.001, 2)])).toEqual([]);
    expect(rules.step(2, [at(2, 0.001, 24)])).toEqual([]);
    expect(rules.step(3, [at(3, 0.001, 26)])).toHaveLength(1);
  });

  it('goes on from its bytes', () => {
    const rules = createRules(options);
    rules.step(1, [at(1, 0.001)]);
    expect(createRules(options, rules.toBytes()).step(2, [at(2, 0.001)])).toHaveLength(1);
  });
});

describe('a page', () => {
  const eager: RuleOptions = { ...options, open: 1, of: 1 };

  it('needs as much evidence as the threshold says, from one step or from many', () => {
    const rules = createRules({ ...eager, threshold: () => 4 });
    expect(rules.step(1, [at(1, 0.001)])).toEqual([]);
    expect(rules.step(2, [at(2, 0.001)])).toEqual([]);
    expect(rules.step(3, [at(3, 0.001)])).toEqual([]);
    expect(rules.step(4, [at(4, 0.001)])).toHaveLength(1);
    expect(createRules({ ...eager, threshold: () => 4 }).step(1, [at(1, 1e-6)])).toHaveLength(1);
  });

  it('is asked for each entity of each class how much it needs', () => {
    const asked: string[] = [];
    const threshold = (name: string, entity: Readonly<Record<string, string>>) => {
      asked.push(`${name} ${entity.instance}`);
      return Number.POSITIVE_INFINITY;
    };
    expect(createRules({ ...eager, threshold }).step(1, [at(1, 1e-300)])).toEqual([]);
    expect(asked).toEqual(['node/node a']);
  });

  it('loses its evidence by normal life, and what nearly paged is told once with its peak', () => {
    const peaks: number[] = [];
    const excursion = (_: string, peak: number) => peaks.push(peak);
    const rules = createRules({ ...eager, threshold: () => 4, excursion });
    rules.step(1, [at(1, 1e-4)]);
    rules.step(2, [at(2, 0.001)]);
    for (let t = 3; t < 8; t++) rules.step(t, [at(t, 1)]);
    rules.step(8, [at(8, 1e-4)]);
    expect(peaks).toEqual([3]);
    expect(rules.step(9, [at(9, 0.001)])).toEqual([]);
  });

  it('that was told is no excursion', () => {
    const peaks: number[] = [];
    const rules = createRules({ ...eager, threshold: () => 2, excursion: (_, peak) => peaks.push(peak) });
    rules.step(1, [at(1, 1e-6)]);
    for (let t = 2; t < 9; t++) rules.step(t, [at(t, 1)]);
    expect(peaks).toEqual([]);
  });

  it('is no nearer for the harmless direction, however far out', () => {
    const rules = createRules({ ...eager, threshold: () => 4 });
    rules.step(1, [at(1, 1e-5)]);
    for (let t = 2; t < 9; t++) rules.step(t, [at(t, 1e-9, 0)]);
    expect(rules.step(9, [at(9, 1e-5)])).toEqual([]);
  });
});

describe('an entity that is gone', () => {
  const minute = 60_000;
  const eager = { ...options, open: 1, of: 1 };
  const opened = (more: Partial<RuleOptions> = {}) => {
    const rules = createRules({ ...eager, ...more });
    rules.step(0, [at(0, 0.001)]);
    return rules;
  };

  it('ends its alert after more than 15 minutes, once, and says that it did not recover', () => {
    const rules = opened();
    const [last] = rules.step(15 * minute, []);
    expect(last?.endsAt).toBeUndefined();
    const [ended, ...more] = rules.step(15 * minute + 1, []);
    expect(more).toEqual([]);
    expect(ended).toMatchObject({
      startsAt: 0,
      endsAt: 15 * minute + 1,
      fingerprint: last?.fingerprint,
      annotations: {
        summary: last?.annotations.summary,
        gone: 'no data since 1970-01-01T00:00:00.000Z (15m1ms): the entity is gone, it did not recover',
      },
    });
    expect(rules.step(16 * minute, [])).toEqual([]);
  });

  it('is not one that is reported in any other state than without data', () => {
    const rules = opened();
    for (let t = 10; t <= 60; t += 10)
      expect(rules.step(t * minute, [{ ...at(t * minute, 0.9), state: 'muted' }])[0]?.endsAt).toBeUndefined();
    expect(
      rules.step(70 * minute, [{ ...at(70 * minute, 0.9), state: 'no_data' }])[0]?.endsAt,
    ).toBeUndefined();
    expect(rules.step(80 * minute, [{ ...at(80 * minute, 0.9), state: 'no_data' }])[0]).toMatchObject({
      endsAt: 80 * minute,
      annotations: { gone: expect.stringContaining('20m') },
    });
  });

  it('opens a new alert when it comes back and is still unusual', () => {
    const rules = opened();
    rules.step(20 * minute, []);
    expect(rules.step(30 * minute, [at(30 * minute, 0.001)])).toMatchObject([
      { startsAt: 30 * minute, endsAt: undefined },
    ]);
  });

  it('takes others along: each is measured by itself', () => {
    const rules = opened();
    const other = (t: number) => ({ ...at(t, 0.001), entity: { instance: 'b' } });
    rules.step(10 * minute, [other(10 * minute)]);
    const alerts = rules.step(16 * minute, [other(16 * minute)]);
    expect(alerts.map(alert => [alert.labels.instance, alert.endsAt])).toEqual([
      ['b', undefined],
      ['a', 16 * minute],
    ]);
  });

  it('does not open from flags that it raised before it went', () => {
    const rules = createRules(options);
    rules.step(0, [at(0, 0.001)]);
    rules.step(16 * minute, []);
    expect(rules.step(17 * minute, [at(17 * minute, 0.001)])).toEqual([]);
  });

  it('is not one that was away while we were down', () => {
    const rules = createRules(eager, opened().toBytes());
    expect(rules.step(120 * minute, [])[0]?.endsAt).toBeUndefined();
    expect(rules.step(135 * minute, [])[0]?.endsAt).toBeUndefined();
    expect(rules.step(136 * minute, [])[0]?.endsAt).toBe(136 * minute);
  });

  it('is given as long as the option says', () => {
    expect(opened({ goneAfter: minute }).step(2 * minute, [])[0]?.endsAt).toBe(2 * minute);
    expect(() => createRules({ ...options, goneAfter: 0 })).toThrow(RangeError);
  });
});
