import { describe, expect, it } from 'vitest';
import { fitEscalation, readEscalation } from '../../correlators/escalation.ts';
import type { Case } from '../../correlators/escalation-case.ts';
import { groups, handedOver, hour, simulateDesk, start } from './desk.ts';

const chances: Readonly<Record<string, number>> = { network: 0.8, mail: 0.1, print: 0.1, billing: 0.4 };
const desk = simulateDesk({ cases: 1700, seed: 7, chance: group => chances[group]! });
const until = start + 1200 * hour;
const options = { outcome: handedOver, until, after: 4 * hour };
const asked = desk.filter(({ openedAt }) => openedAt >= until);
const fitted = fitEscalation(desk, options);
const groupOf = (one: Case) => String(one.events[0]!.fields.group);
const answers = (history: readonly Case[]) => {
  const model = fitEscalation(history, options);
  return asked.map(one => model.odds(one));
};

/** The same case with other events from `t` on. */
function changedFrom(one: Case, t: number): Case {
  const events = one.events.map((event, k) =>
    k > 0 && event.t >= t
      ? { t: event.t, fields: { ...event.fields, handed: 'yes', group: 'other' } }
      : event,
  );
  return { ...one, events };
}

describe('the odds of a case', () => {
  it.each(groups)('are those of its group on a desk where nothing else matters: %s', group => {
    const own = asked.filter(one => groupOf(one) === group).map(one => fitted.odds(one)?.p ?? Number.NaN);
    const mean = own.reduce((sum, p) => sum + p, 0) / own.length;
    expect(Math.abs(mean - chances[group]!)).toBeLessThan(0.15);
  });

  it('name the fact that raises them, with how such cases went', () => {
    const one = asked.find(each => groupOf(each) === 'network')!;
    expect(fitted.odds(one)?.drivers[0]).toMatch(
      /^group.* network.*: (7|8)\d % of such were handed over \(of all 3\d %\)$/,
    );
  });

  it('are certain once it has happened, or the case is over', () => {
    const [one] = asked;
    const at = (fields: Readonly<Record<string, string>>) => {
      const { t, fields: before } = one!.events[1]!;
      return fitted.odds({ ...one!, events: [one!.events[0]!, { t, fields: { ...before, ...fields } }] });
    };
    expect(at({ handed: 'yes' })).toEqual({ p: 1, drivers: ['it has happened already'] });
    expect(at({ state: 'closed' })).toEqual({ p: 0, drivers: ['the case is over'] });
  });

  it('are the same when they are learned twice, and when the model was stored between', () => {
    const stored = readEscalation(fitted.toBytes(), handedOver);
    expect(answers(desk)).toEqual(asked.map(one => fitted.odds(one)));
    expect(asked.map(one => stored.odds(one))).toEqual(asked.map(one => fitted.odds(one)));
  });

  it('are not read from a model of another outcome', () => {
    expect(() => readEscalation(fitted.toBytes(), { ...handedOver, name: 'raised' })).toThrow(
      'the model is of handed_over, not of raised',
    );
  });
});

describe('what is not known yet', () => {
  it('is not learned from: events of the time after which nothing is to be used change no answer', () => {
    const changed = desk.map(one => changedFrom(one, until));
    expect(answers(changed)).toEqual(answers(desk));
    expect(answers(desk.filter(({ openedAt }) => openedAt < until))).toEqual(answers(desk));
  });

  it('is not read of a case: only what came within four hours of its opening counts', () => {
    for (const one of asked.slice(0, 50))
      expect(fitted.odds(changedFrom(one, one.openedAt + 4 * hour + 1))).toEqual(fitted.odds(one));
  });

  it('does not bias: where bad outcomes come late, cases that are still open count by the odds of those', () => {
    const late = desk.map(one => {
      const last = one.events.at(-1)!;
      const t = last.fields.handed === 'yes' ? one.openedAt + 20 * 24 * hour : last.t;
      return { ...one, events: [...one.events.slice(0, -1), { ...last, t }] };
    });
    const model = fitEscalation(late, options);
    const told = asked.map(one => model.odds(one)?.p ?? Number.NaN);
    const mean = told.reduce((sum, p) => sum + p, 0) / told.length;
    expect(mean).toBeGreaterThan(0.25);
    expect(mean).toBeLessThan(0.45);
  });
});

describe('it abstains', () => {
  const odds = (cases: readonly Case[], from: number) =>
    fitEscalation(cases, { ...options, until: from }).odds(asked[0]!);

  it('without a history, and with a short one', () => {
    expect(odds([], until)).toBeUndefined();
    expect(odds(desk, start + 100 * hour)).toBeUndefined();
  });

  it('when the outcome never came in the history', () => {
    expect(odds(simulateDesk({ cases: 1300, seed: 1, chance: () => 0 }), until)).toBeUndefined();
  });

  it('about a case like none before', () => {
    const [one] = asked;
    const strange = one!.events.map(({ t }) => ({
      t,
      fields: { group: 'moon', caller: 'nobody', handed: '?', state: '?', changes: 0 },
    }));
    expect(fitted.odds({ ...one!, events: strange })).toBeUndefined();
  });
});
