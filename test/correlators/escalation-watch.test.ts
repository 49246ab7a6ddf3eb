import { describe, expect, it } from 'vitest';
import { type IncidentFeedback, noFeedback } from '../../core/feedback.ts';
import { asOwnCases } from '../../correlators/escalation-desk-case.ts';
import { fitOutlook, type OutlookHistory, qualityOf } from '../../correlators/escalation-outlook.ts';
import { decodeOutlook, encodeOutlook } from '../../correlators/escalation-outlook-codec.ts';
import { pastCases } from '../../correlators/escalation-past.ts';
import { EscalationWatch } from '../../correlators/escalation-watch.ts';
import { hour, incidentAt, type Life, live, lives, minute, services, spreading } from './incident-life.ts';

const objectives = { info: 72 * hour, warning: 8 * hour, error: 4 * hour, critical: 4 * hour };
const all = lives(1100, 5);
const [past, later] = [all.slice(0, 600), all.slice(600)];
const at = later[0]!.at;
const silent = () => noFeedback;
const outlookOf = (history: OutlookHistory) => fitOutlook(history, { objectives, at });

const before = new EscalationWatch({ objectives });
live(before, past);
const model = outlookOf(before.history);
/** A watch that knows the past, of the past alone. */
function learned(): EscalationWatch {
  const watch = new EscalationWatch({ objectives, kept: before.book.all() });
  watch.adopt(model);
  return watch;
}
const said = live(learned(), later);

const ways: Readonly<Record<string, (life: Life) => boolean>> = {
  'it spreads to twice as many services': ({ spreads }) => spreads !== undefined,
  'its severity rises': ({ rises }) => rises !== undefined,
  'it takes longer than its objective': ({ lasts }) => lasts > 8 * hour,
};
const chance = (life: Life, what: string) =>
  said.get(life.id)?.escalation?.chances?.find(each => each.what === what)?.p ?? Number.NaN;
const outcomes = (is: (life: Life) => boolean) => Float64Array.from(later, life => (is(life) ? 1 : 0));

describe('the odds of an incident, learned from our own past incidents, when people are told of it', () => {
  it.each(Object.keys(ways))('tell later incidents apart, and are right as often as they say: %s', what => {
    const quality = qualityOf(
      later.map(life => chance(life, what)),
      outcomes(ways[what]!),
    );
    expect(quality.auc).toBeGreaterThan(0.72);
    expect(quality.skill).toBeGreaterThan(0.1);
    expect(quality.error).toBeLessThan(0.085);
  });

  it('are as a whole the chance that any of it happens', () => {
    const p = later.map(({ id }) => said.get(id)?.escalation?.p ?? Number.NaN);
    const quality = qualityOf(
      p,
      outcomes(life => Object.values(ways).some(is => is(life))),
    );
    expect(quality.auc).toBeGreaterThan(0.72);
    expect(quality.error).toBeLessThan(0.085);
  });

  it.each(services)('are those of the service where nothing else matters: %s', service => {
    const own = later.filter(life => life.service === service);
    const mean = own.reduce((sum, life) => sum + chance(life, 'it spreads to twice as many services'), 0);
    expect(Math.abs(mean / own.length - spreading[service]!)).toBeLessThan(0.15);
  });

  it('name the fact that raises them', () => {
    const one = later.find(({ service }) => service === 'payments')!;
    const spreads = said.get(one.id)?.escalation?.chances?.find(({ what }) => /spreads/.test(what));
    expect(spreads?.drivers[0]).toMatch(
      /payments.*: [678]\d % of such spread to twice as many services \(of all [23]\d %\)/,
    );
  });

  it('are the same with a model and cases that were stored between', () => {
    const again = new EscalationWatch({ objectives, kept: before.book.all() });
    again.adopt(decodeOutlook(encodeOutlook(model)));
    expect(live(again, later.slice(0, 50))).toEqual(live(learned(), later.slice(0, 50)));
  });

  it('are thought over when something happens: what has risen as far as it can rises no more', () => {
    const watch = learned();
    const life = { ...later[0]!, rises: 20 * minute, spreads: undefined, lasts: 20 * hour };
    const whats = (t: number) =>
      watch.step(t, [incidentAt(life, t)], silent)[0]!.escalation!.chances!.map(({ what }) => what);
    expect(whats(life.at + minute)).toContain('its severity rises');
    expect(whats(life.at + 21 * minute)).not.toContain('its severity rises');
    expect(whats(life.at + 9 * hour)).not.toContain('it takes longer than its objective');
  });
});

describe('an incident has no odds, and it is said why', () => {
  it('while too few are known', () => {
    const watch = new EscalationWatch({ objectives });
    live(watch, past.slice(0, 12));
    const next = past[12]!;
    const [told] = watch.step(next.at + minute, [incidentAt(next, next.at + minute)], silent);
    expect(told!.escalation).toBeUndefined();
    expect(told!.oddsUnknown).toBe('12 incidents known, 200 needed');
    expect(watch.isDue(next.at)).toBe(false);
  });

  it('while too few of them got worse', () => {
    const calm = all.slice(0, 230).map(life => {
      return { ...life, rises: undefined, spreads: undefined, lasts: hour };
    });
    const watch = new EscalationWatch({ objectives });
    live(watch, calm);
    watch.adopt(outlookOf(watch.history));
    const next = later[0]!;
    const [told] = watch.step(next.at + minute, [incidentAt(next, next.at + minute)], silent);
    expect(told!.oddsUnknown).toBe('0 of 230 incidents known got worse, 20 needed');
  });

  it('where nothing like it was seen', () => {
    const watch = learned();
    const strange = { ...later[0]!, id: 'strange', service: 'printer', alert: 'PaperOut' };
    const incident = incidentAt(strange, strange.at + minute);
    const labels = { alertname: 'PaperOut', service: 'printer', severity: 'info', team: 'floor', class: 'x' };
    const members = incident.members.map(each => ({ ...each, alert: { ...each.alert, labels } }));
    const suspects = [{ entity: { service: 'tray' }, signal: 'paper', score: 1, evidence: [] }];
    const [told] = watch.step(strange.at + minute, [{ ...incident, members, suspects }], silent);
    expect(told!.oddsUnknown).toBe('too little like it was seen before');
  });
});

describe('what is learned from', () => {
  it('is what people said, too: a rejected incident is a fact of the next one like it', () => {
    const watch = new EscalationWatch({ objectives });
    const [first, second] = [past[0]!, { ...past[0]!, id: 'again', at: past[0]!.at + 24 * hour }];
    live(watch, [first]);
    const rejected: IncidentFeedback = {
      ...noFeedback,
      verdict: { at: first.at + 30 * hour, by: 'ann', text: undefined, real: false },
    };
    watch.book.judge(id => (id === first.id ? rejected : noFeedback));
    live(watch, [second]);
    const [one, other] = watch.book.all();
    expect(one!.events.at(-1)!.fields.verdict).toBe('rejected');
    expect(one!.events[0]!.fields['one like it before']).toBe('not judged');
    expect(other!.events[0]!.fields['one like it before']).toBe('rejected');
  });

  it('are not incidents that went on in another one', () => {
    const watch = new EscalationWatch({ objectives });
    const [life] = past;
    const t = life!.at + minute;
    watch.step(t, [incidentAt(life!, t)], silent);
    const merged = {
      ...incidentAt(life!, t),
      endsAt: t + minute,
      timeline: [{ at: t + minute, what: 'merged into 20260105T000000-9' }],
    };
    watch.step(t + minute, [merged], silent);
    expect(watch.book.all()).toEqual([]);
    expect(watch.book.takeChanged()).toEqual([[life!.id, undefined]]);
  });

  it('are incidents of the time before their lives were written down, as their alerts tell them', () => {
    const ended = past.slice(0, 300).map(life => incidentAt(life, life.at + life.lasts));
    const watch = new EscalationWatch({ objectives, kept: pastCases(ended) });
    expect(watch.known).toBe(300);
    const parts = outlookOf(watch.history).parts.map(({ name, reached }) => [name, reached]);
    const count = (is: (life: Life) => boolean) => past.slice(0, 300).filter(is).length;
    expect(Object.fromEntries(parts)).toMatchObject({
      spread: count(({ spreads }) => spreads !== undefined),
      severity_raised: count(({ rises }) => rises !== undefined),
    });
  });

  it('are incidents of a service desk while our own are few, and then no more', () => {
    const opened = (k: number) => at - 1000 * hour + k * hour;
    const desk = asOwnCases(
      Array.from({ length: 400 }, (_, k) => {
        const fields = { cmdb_ci: services[k % 4]!, priority: 3, made_sla: 'true', ident_state: 'New' };
        const late = k % 4 === 0 && k % 3 !== 0 ? 'false' : 'true';
        const events = [
          { t: opened(k), fields },
          { t: opened(k) + hour, fields: { ...fields, ident_state: 'Closed', made_sla: late } },
        ];
        return { id: `INC${k}`, openedAt: opened(k), events };
      }),
    );
    const few = new EscalationWatch({ objectives, kept: [], imported: desk });
    const fitted = outlookOf(few.history);
    expect(few.known).toBe(400);
    expect(fitted).toMatchObject({ cases: 400, imported: 400 });
    expect(fitted.parts.find(({ name }) => name === 'overdue')).toMatchObject({ cases: 400, reached: 66 });
    few.adopt(fitted);
    expect(few.isDue(fitted.at + 25 * hour)).toBe(false);
    const many = new EscalationWatch({ objectives, kept: before.book.all(), imported: desk });
    many.adopt(fitted);
    expect(many.isDue(fitted.at + 25 * hour)).toBe(true);
    expect(many.known).toBe(600);
    expect(outlookOf(many.history)).toMatchObject({ cases: 600, imported: 0 });
  });
});
