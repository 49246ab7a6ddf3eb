import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBudgetKeeper, parseBudget, rejectedByService } from '../../alerts/budget.ts';
import type { Incident } from '../../core/incident.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';

const day = 86_400_000;
const budget = parseBudget('2 per service per 1w');

describe('a budget', () => {
  it('reads as people write it', () => {
    expect(budget).toEqual({ count: 2, per: 'service', every: 7 * day });
    expect(parseBudget(' 10 per team per 1d12h ')).toEqual({ count: 10, per: 'team', every: 1.5 * day });
  });

  it.each(['', '2 per service', 'two per service per 1w', '2 per service per week', '2 per service per 0d'])(
    '"%s" is refused',
    text => {
      expect(() => parseBudget(text)).toThrow(RangeError);
    },
  );
});

describe('the keeper', () => {
  it('names the services that got more than was promised, the worst first', () => {
    const keeper = createBudgetKeeper(budget);
    for (let n = 0; n < 3; n++) keeper.count(n * day, { service: 'pay', incident: `p${n}` });
    for (let n = 0; n < 4; n++) keeper.count(n * day, { service: 'cart', incident: `c${n}` });
    for (let n = 0; n < 2; n++) keeper.count(n * day, { service: 'quiet', incident: `q${n}` });
    expect(keeper.realised(3 * day)).toEqual({
      statedPerDay: 2 / 7,
      realisedPerDay: 4 / 7,
      over: ['cart', 'pay'],
      judged: { rejected: 0, confirmed: 0, open: 9 },
    });
  });

  it('counts false pages: a confirmed incident is none, one that nobody judged is taken for one', () => {
    const keeper = createBudgetKeeper(budget);
    for (const incident of ['real', 'false', 'open']) keeper.count(0, { service: 'cart', incident });
    const isReal = (incident: string) => ({ real: true, false: false })[incident];
    expect(keeper.realised(0)).toMatchObject({ realisedPerDay: 3 / 7, over: ['cart'] });
    expect(keeper.realised(0, isReal)).toMatchObject({
      realisedPerDay: 2 / 7,
      over: [],
      judged: { rejected: 1, confirmed: 1, open: 1 },
    });
  });

  it('forgets what is a window old, at that very moment', () => {
    const keeper = createBudgetKeeper(budget);
    for (const incident of ['a', 'b', 'c']) keeper.count(0, { service: 'cart', incident });
    expect(keeper.realised(7 * day - 1).over).toEqual(['cart']);
    expect(keeper.realised(7 * day)).toMatchObject({ realisedPerDay: 0, over: [] });
  });

  it('counts an incident once, however often it is told', () => {
    const keeper = createBudgetKeeper(budget);
    for (let t = 0; t < 5; t++) keeper.count(t, { service: 'cart', incident: 'i' });
    keeper.count(5, { service: 'pay', incident: 'i' });
    expect(keeper.realised(5).realisedPerDay).toBe(1 / 7);
  });

  it('takes the job where there is no service, else the entity', () => {
    const keeper = createBudgetKeeper({ ...budget, count: 0 });
    keeper.count(0, { job: 'node', instance: 'a', incident: '1' });
    keeper.count(0, { alertname: 'X', severity: 'warning', instance: 'a', incident: '2' });
    expect(keeper.realised(0).over).toEqual(['node', '{instance="a"}']);
  });

  it('goes on from its bytes', () => {
    const keeper = createBudgetKeeper(budget);
    for (const incident of ['a', 'b']) keeper.count(1, { service: 'cart', incident });
    keeper.count(1, { service: 'pay' });
    const again = createBudgetKeeper(budget, keeper.toBytes());
    again.count(2, { service: 'cart', incident: 'b' });
    expect(again.realised(2)).toEqual(keeper.realised(2));
    again.count(2, { service: 'cart', incident: 'c' });
    expect(again.realised(2).over).toEqual(['cart']);
  });

  it('is over exactly where the realised rate is above the stated one', () => {
    const told = fc.record({ gap: fc.nat(5 * day), service: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(fc.array(told), fc.nat(4), (all, count) => {
        const keeper = createBudgetKeeper({ ...budget, count });
        let t = 0;
        const times = all.map(({ gap, service }) => {
          t += gap;
          keeper.count(t, { service });
          return { t, service };
        });
        const { statedPerDay, realisedPerDay, over } = keeper.realised(t);
        const recent = times.filter(each => each.t > t - budget.every);
        const expected = ['a', 'b', 'c'].filter(
          name => recent.filter(each => each.service === name).length > count,
        );
        expect([...over].sort()).toEqual(expected);
        expect(realisedPerDay > statedPerDay).toBe(over.length > 0);
      }),
    );
  });
});

describe('rejected incidents', () => {
  const of = (id: string, startsAt: number, members: readonly Labels[]): Incident => ({
    id,
    startsAt,
    endsAt: undefined,
    members: members.map(labels => {
      const alert = { labels, annotations: {}, startsAt, endsAt: undefined, generatorURL: '' };
      return { alert: { ...alert, fingerprint: fingerprint(labels) }, reason: '' };
    }),
    suspects: [],
    escalation: undefined,
    timeline: [],
    notifications: [],
  });
  const ours = (service: string, instance = '') => ({ generator: 'foreshock', service, instance });
  const verdicts: Readonly<Record<string, boolean>> = {
    false1: false,
    false2: false,
    old: false,
    real: true,
  };

  it('count for each service of which we raised an alert in them, within the time of the budget', () => {
    const incidents = [
      of('false1', day, [ours('cart', 'a'), ours('cart', 'b'), ours('pay')]),
      of('false2', 2 * day, [ours('cart'), { service: 'mail', alertname: 'OfOthers' }]),
      of('real', 2 * day, [ours('cart')]),
      of('open', 2 * day, [ours('pay')]),
      of('old', -6 * day, [ours('pay')]),
    ];
    const counts = rejectedByService(incidents, budget, { t: 3 * day, isReal: id => verdicts[id] });
    expect(Object.fromEntries(counts)).toEqual({ cart: 2, pay: 1 });
  });
});
