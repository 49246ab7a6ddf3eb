import { describe, expect, it } from 'vitest';
import { createSilenceHold } from '../../alerts/silence.ts';
import { SilencedNotices } from '../../cli/silenced-notices.ts';
import type { Alert } from '../../core/alert.ts';
import { fingerprint } from '../../core/labels.ts';
import type { Notification } from '../../core/receiver.ts';
import type { Silence } from '../../core/silence.ts';

const end = Date.parse('2026-01-01T12:00:00Z');
const ofCart: Silence = {
  id: 's1',
  matches: ({ service }) => service === 'cart',
  createdBy: 'ann',
  comment: 'moving the database',
  startsAt: 0,
  endsAt: end,
};

function alertOf(service: string, endsAt?: number): Alert {
  const labels = { alertname: 'ErrorsHigh', service };
  return { labels, annotations: {}, startsAt: 1, endsAt, generatorURL: '', fingerprint: fingerprint(labels) };
}

describe('silences of an Alertmanager', () => {
  const start = (stored?: Uint8Array) => {
    const silences: Silence[] = [ofCart];
    return { silences, hold: createSilenceHold(() => silences, stored) };
  };
  const names = (alerts: readonly Alert[]) => alerts.map(({ labels }) => labels.service);

  it('hold back what they match, and say who, until when and why', () => {
    const { passed, held } = start().hold(10, [alertOf('cart'), alertOf('pay')]);
    expect(names(passed)).toEqual(['pay']);
    expect(held).toMatchObject([
      {
        by: 'silenced by ann until 2026-01-01T12:00:00.000Z: moving the database',
        rule: 'silence: s1',
      },
    ]);
  });

  it('let an alert that came once through when they are over', () => {
    const { hold, silences } = start();
    hold(10, [alertOf('cart')]);
    expect(names(hold(20, []).held.map(({ alert }) => alert))).toEqual(['cart']);
    silences.length = 0;
    expect(names(hold(30, []).passed)).toEqual(['cart']);
    expect(hold(40, [])).toEqual({ passed: [], held: [] });
  });

  it('let through what fires still after a restart', () => {
    const first = start();
    first.hold(10, [alertOf('cart')]);
    const second = start(first.hold.toBytes());
    second.silences.length = 0;
    expect(names(second.hold(20, []).passed)).toEqual(['cart']);
  });

  it('say nothing of what ended meanwhile, and never hold back an end', () => {
    const { hold, silences } = start();
    hold(10, [alertOf('cart', 100)]);
    silences.length = 0;
    expect(hold(100, [])).toEqual({ passed: [], held: [] });
    silences.push(ofCart);
    expect(names(hold(110, [alertOf('cart', 105)]).passed)).toEqual(['cart']);
  });

  it('cost nothing where there are none', () => {
    const alerts = [alertOf('cart')];
    expect(createSilenceHold(() => [])(10, alerts).passed).toBe(alerts);
  });
});

describe('what is told to receivers that know no silences', () => {
  const notice = (service: string, notification: string, summary = ''): Notification => {
    const alert = { ...alertOf(service), annotations: { notification, summary } };
    return {
      key: `${service}/${notification}`,
      status: notification === 'resolved' ? 'resolved' : 'firing',
      alert,
    };
  };
  const said = (told: readonly Notification[]) =>
    told.map(({ alert: { labels, annotations: a } }) =>
      `${labels.service} ${a.notification} ${a.summary}`.trim(),
    );

  it('waits while it is silenced, and is told as it is then when it still fires', () => {
    const notices = new SilencedNotices();
    expect(said(notices.step([notice('cart', 'opened', 'one'), notice('pay', 'opened')], [ofCart]))).toEqual([
      'pay opened',
    ]);
    expect(notices.step([notice('cart', 'updated', 'two')], [ofCart])).toEqual([]);
    const restarted = new SilencedNotices(notices.toBytes());
    expect(said(restarted.step([], []))).toEqual(['cart opened two']);
    expect(restarted.step([], [])).toEqual([]);
  });

  it('is never told when it began and ended while it was silenced', () => {
    const notices = new SilencedNotices();
    notices.step([notice('cart', 'opened')], [ofCart]);
    expect(notices.step([notice('cart', 'resolved')], [ofCart])).toEqual([]);
    expect(notices.step([], [])).toEqual([]);
  });

  it('ends where its beginning was told before', () => {
    const notices = new SilencedNotices();
    notices.step([notice('cart', 'opened')], []);
    notices.step([notice('cart', 'updated')], [ofCart]);
    expect(said(notices.step([notice('cart', 'resolved')], [ofCart]))).toEqual(['cart resolved']);
  });
});
