import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IncidentView } from '../../server/model.ts';
import { began, checkoutIncident } from './checkout-incident.ts';
import { browserPresent, openPageBrowser, type PageBrowser } from './page-browser.ts';
import { layoutFaults } from './page-look.ts';

const script = '<script>window.hit = 1</script>';
const values: readonly (readonly [string, string])[] = [
  ['quotes', `"' onload="window.hit=1" x='`],
  ['markup', `</title></svg></pre>${script}<img src=x onerror="window.hit=1">`],
  ['templates', '{{ .Labels.service }} {{constructor.constructor("window.hit=1")()}}'],
  ['10,000 characters', 'x'.repeat(10_000)],
  ['10,000 characters of others', '\u{1F4A5}\u0000\u202e\ud800'.repeat(2000)],
  ['an address', 'javascript:window.hit=1'],
];

/** An incident in which all that comes from outside is `evil`. */
function incidentOf(evil: string): IncidentView {
  const view = checkoutIncident();
  const { incident } = view;
  const labels = { alertname: evil, service: evil, [evil]: evil };
  const annotations = { log_examples: evil, runbook_url: evil };
  return {
    ...view,
    incident: {
      ...incident,
      members: [
        ...incident.members.map(member => ({
          reason: evil,
          alert: { ...member.alert, labels, annotations, generatorURL: evil },
        })),
        { reason: evil, alert: { ...incident.members[0]!.alert, labels: { [evil]: '' } } },
      ],
      suspects: [{ entity: { service: evil }, signal: evil, score: Number.NaN, evidence: [evil] }],
      escalation: { p: 0.5, drivers: [evil], chances: [{ what: evil, p: 1, drivers: [evil] }] },
      timeline: [
        { at: began, what: evil },
        { at: began - 60_000, what: `${evil} (https://${evil})`, kind: 'change' },
        { at: began - 50_000, what: `${evil} (${evil})`, kind: 'change' },
        { at: Number.NaN, what: evil, kind: 'change' },
      ],
      notifications: [{ at: began, why: evil }],
    },
    title: evil,
    affected: [evil, evil],
    signals: view.signals.map(signal => ({ ...signal, entity: evil, signal: evil, unit: evil })),
    around: {
      things: [
        { id: evil, suspect: 1, affected: true },
        { id: `${evil}2`, affected: false },
      ],
      calls: [{ from: `${evil}2`, to: evil }],
      left: 0,
    },
    dashboardPath: evil,
    runbook: evil,
    logs: {
      fresh: [{ at: began, service: evil, text: evil }],
      errors: [{ at: began, service: evil, text: evil }],
      counts: { t: Float64Array.of(began, Number.NaN), v: Float64Array.of(Number.POSITIVE_INFINITY, -1) },
    },
    feedback: {
      acknowledged: { at: began, by: evil, text: evil },
      verdict: undefined,
      notes: [{ at: began, by: evil, text: evil }],
    },
  };
}

describe.runIf(browserPresent)('whatever labels hold, in a real browser', () => {
  let browser: PageBrowser;
  let view: IncidentView;
  beforeAll(async () => {
    browser = await openPageBrowser(() => [view]);
  });
  afterAll(() => browser?.close());

  it.each(values)('%s: text stays text, and the page stays whole', async (_name, evil) => {
    view = incidentOf(evil);
    for (const [path, width] of [
      ['/incidents/checkout-1005', 1200],
      ['/incidents/checkout-1005', 320],
      ['/', 320],
    ] as const) {
      const { page, faults } = await browser.open(path, { width });
      await page.evaluate(`for (const fold of document.querySelectorAll('details')) fold.open = true`);
      expect(await layoutFaults(page)).toEqual([]);
      expect(await page.evaluate('[window.hit, document.scripts.length, document.images.length]')).toEqual([
        undefined,
        1,
        0,
      ]);
      const links = await page.evaluate<string[]>(`[...document.links].map(link => link.protocol)`);
      expect(links.filter(protocol => !/^https?:$/.test(protocol))).toEqual([]);
      expect(faults).toEqual([]);
    }
  });
});
