import { describe, expect, it } from 'vitest';
import { incidentAxis, suspectOnset } from '../../server/incident-axis.ts';
import { marksOf } from '../../server/incident-marks.ts';
import { silenceLink } from '../../server/silence-link.ts';
import { began, checkoutIncident } from './checkout-incident.ts';

const minute = 60_000;

describe('the axis of time of an incident', () => {
  it('marks the first sign of the first suspect and the first alert', () => {
    const { rules } = incidentAxis(checkoutIncident());
    expect(rules).toEqual([
      { t: began, label: 'first sign', begun: false },
      { t: began, label: 'began', begun: true },
    ]);
  });

  it('marks no first sign where no signal of the first suspect left its range', () => {
    const { signals, ...view } = checkoutIncident();
    expect(suspectOnset({ ...view, signals: signals.slice(1) })).toBeUndefined();
  });

  it('reaches from ten minutes before to what is known last, without any signal too', () => {
    const { incident, ...view } = checkoutIncident();
    const endsAt = began + 20 * minute;
    const axis = incidentAxis({ ...view, incident: { ...incident, endsAt }, signals: [] });
    expect([axis.start, axis.end]).toEqual([began - 10 * minute, endsAt]);
    expect(axis.rules).toEqual([
      { t: began, label: 'began', begun: true },
      { t: endsAt, label: 'ended', begun: true },
    ]);
  });

  it('begins before a change that came long before', () => {
    const { incident, ...view } = checkoutIncident();
    const timeline = [{ at: began - 25 * minute, what: 'deploy of payment: v42', kind: 'change' as const }];
    const { start } = incidentAxis({ ...view, incident: { ...incident, timeline }, signals: [] });
    expect(start).toBe(began - 26 * minute);
  });
});

describe('the marks of an incident', () => {
  it('are its changes and its new log lines, numbered in order of time, an address apart from its text', () => {
    expect(marksOf(checkoutIncident())).toEqual([
      {
        n: 1,
        at: began - 2 * minute,
        kind: 'change',
        text: 'image of payment: v41 to v42',
        link: 'https://git.example/payment/v42',
      },
      {
        n: 2,
        at: began - 30_000,
        kind: 'log',
        text: 'payment says for the first time: pool of the ledger is empty',
      },
    ]);
  });
});

describe('the address of a silence', () => {
  it('matches every label exactly, whatever it holds', () => {
    const link = silenceLink('http://alertmanager.example:9093/am/', {
      alertname: 'A "b" \\ c\n',
      empty: '',
      z: '{{x}}',
    });
    expect(link?.startsWith('http://alertmanager.example:9093/am/#/silences/new?filter=%7B')).toBe(true);
    expect(decodeURIComponent(link!.split('filter=')[1]!)).toBe(
      '{alertname="A \\"b\\" \\\\ c\\n",z="{{x}}"}',
    );
  });

  it('is not made where nobody could follow it', () => {
    expect(silenceLink(undefined, { alertname: 'a' })).toBeUndefined();
    expect(silenceLink('http://a.example', {})).toBeUndefined();
    expect(silenceLink('http://a.example', { 'no name': 'a' })).toBeUndefined();
    expect(silenceLink('http://a.example', { alertname: 'x'.repeat(10_000) })).toBeUndefined();
  });
});
