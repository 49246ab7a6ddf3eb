import { describe, expect, it } from 'vitest';
import type { Incident } from '../../core/incident.ts';
import type { BudgetOverview } from '../../server/model.ts';
import { incidentPage, overviewPage } from '../../server/page.ts';
import { began, checkoutIncident, stateOf } from './checkout-incident.ts';

/** The text of a part of the page of the incident, without markup. */
function odds(incident: Partial<Incident>): string {
  const view = checkoutIncident();
  const { text } = incidentPage({ ...view, incident: { ...view.incident, ...incident } });
  const part = /<section data-part="odds">(.*?)<\/section>/s.exec(text)?.[1] ?? '';
  return part
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

describe('the odds of an incident', () => {
  it('are said in numbers and words, with what speaks for each way in which it may get worse', () => {
    const chances = [{ what: 'its severity rises', p: 0.31, drivers: ['3 services hit in 2 min'] }];
    expect(odds({ escalation: { p: 0.42, drivers: [], chances } })).toBe(
      'Will it get worse? 42 % : of incidents like it, about 4 in 10 get worse. 31 % that its severity rises 3 services hit in 2 min',
    );
  });

  it('are not made up: where they are not known, why is said', () => {
    const oddsUnknown = '12 incidents known, 200 needed';
    expect(odds({ escalation: undefined, oddsUnknown })).toBe(
      'Will it get worse? Cannot tell yet: 12 incidents known, 200 needed.',
    );
  });

  it('are nobody’s question any more when it is over', () => {
    expect(odds({ escalation: undefined, endsAt: began + 1 })).toBe('');
  });
});

it('what an alert says stands beside the reason why it belongs, and what fills up beside the suspect', () => {
  const view = checkoutIncident();
  const [member] = view.incident.members;
  const labels = { ...member!.alert.labels, generator: 'foreshock', resource: 'disk' };
  const annotations = { summary: 'disk of checkout is full on Friday. Make room.' };
  const members = [{ ...member!, alert: { ...member!.alert, labels, annotations } }];
  const { text } = incidentPage({ ...view, incident: { ...view.incident, members } });
  const part = (name: string) =>
    new RegExp(`<section data-part="${name}">(.*?)</section>`, 's').exec(text)?.[1];
  expect(part('suspect')).toContain(`<p>${annotations.summary}</p>`);
  expect(part('members')).toContain(annotations.summary);
});

describe('what rules hold back', () => {
  const watch = stateOf([]).watch();

  it('is told a rule, those that were wrong most often first, and which are switched off', () => {
    const suppressions = [
      { rule: 'inhibit: severity="critical"', held: 40, regretted: 0, offSince: undefined },
      { rule: 'grouping: shares a place', held: 20, regretted: 3, offSince: began },
    ];
    const { text } = overviewPage(stateOf([], { ...watch, suppressions }));
    expect(text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')).toContain(
      'grouping: shares a place Switched off since 2026-03-01 10:05:00 UTC held back 20 alerts, 3 of them wrongly (15 %) inhibit: severity=&quot;critical&quot; held back 40 alerts, 0 of them wrongly',
    );
  });

  it('is no word on the page where it is not measured', () => {
    expect(overviewPage(stateOf([], watch)).text).not.toContain('What is held back');
  });
});

describe('the budget on the first page', () => {
  const told = (budget: BudgetOverview) => {
    const state = stateOf([]);
    const { text } = overviewPage({ ...state, watch: () => ({ ...state.watch(), budget }) });
    const part = /<section data-part="budget">(.*?)<\/section>/s.exec(text)?.[1] ?? '';
    return part
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
  };

  it('says what is allowed, what came, what people said of it, and who is over it', () => {
    const judged = { rejected: 1, confirmed: 1, open: 2 };
    expect(told({ statedPerDay: 2 / 7, realisedPerDay: 3 / 7, over: ['checkout'], judged })).toBe(
      'Budget of false pages Each service may have 2 a week. The service with most of them had 3. Of 4 pages: 1 confirmed, 1 rejected, 2 not judged, which counts as false. Over its budget checkout',
    );
  });

  it('says when there was none', () => {
    const judged = { rejected: 0, confirmed: 0, open: 0 };
    expect(told({ statedPerDay: 2 / 7, realisedPerDay: 0, over: [], judged })).toBe(
      'Budget of false pages Each service may have 2 a week. The service with most of them had 0. Nobody was paged in that time.',
    );
  });
});
