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

  it('does not take a gap, or what is neither flagged nor normal, for a recovery', () => {
    const rules = createRules({ ...options, open: 1, of: 1 });
    rules.step(1, [at(1, 0.001)]);
    for (let t = 2; t < 9; t++) {
      expect(rules.step(t, [{ ...at(t, 0.9), state: 'no_data' }])[0]?.endsAt).toBeUndefined();
      expect(rules.step(t, [at(t, 0.03)])[0]?.endsAt).toBeUndefined();
    }
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
