import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { incidentAlert, incidentLabels } from '../../alerts/incident-alert.ts';
import { CapacityWarnings } from '../../cli/capacity-warnings.ts';
import { createSelfAlerts } from '../../cli/self-alerts.ts';
import type { Alert } from '../../core/alert.ts';
import type { Incident } from '../../core/incident.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';
import { openStore } from '../../store/sqlite.ts';
import { missingCommands, temporaryFolder } from '../integration/loopback-server.ts';

const missing = missingCommands('amtool');
const folder = path.resolve(import.meta.dirname, '../../deploy/alertmanager');
const url = 'http://foreshock.example';
/** What a label may hold: markup of every format, a template, line ends. */
const hostile =
  'a"b\'\\ <!channel> <img src=x onerror=alert(1)> {{ .Labels }} & *bold* `code`\n*Suspect:* nobody';

function incidentOf(service: string, endsAt?: number): Alert {
  const labels = { alertname: 'ErrorsHigh', service, severity: 'critical' };
  const alert = {
    labels,
    annotations: { log_examples: `<script>${service}</script>` },
    startsAt: 1000,
    endsAt: undefined,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  };
  const incident: Incident = {
    id: '20260101T000000-1',
    startsAt: 1000,
    endsAt,
    members: [{ alert, reason: 'first' }],
    suspects: [{ entity: { service }, signal: 'deploy', score: 0.9, evidence: [`${service} was deployed`] }],
    escalation: { p: 0.25, drivers: [`many callers of ${service}`] },
    timeline: [],
    notifications: [],
  };
  return incidentAlert(incident, { labels: incidentLabels(incident), url });
}

/** What is told of a disk that is full soon. */
function alertOfDisk(): Alert {
  const alerts: Alert[] = [];
  const table = openStore(':memory:').values('warnings');
  const warnings = new CapacityWarnings({ table, put: put => alerts.push(...put), url });
  const labels = { instance: hostile, pack: 'node', resource: 'filesystem' };
  const summary = `filesystem of ${hostile} is full on 2026-01-05`;
  const trouble = { alertname: 'ForeshockResourceFilling', labels, severity: 'warning', summary } as const;
  warnings.tell([{ ...trouble, since: 1000 }], 1000);
  return alerts[0]!;
}

/** What foreshock tells of itself while a source does not answer. */
function alertOfSource(): Alert {
  const [told] = createSelfAlerts({ url, externalLabels: {} }).step(1000, [
    {
      alertname: 'ForeshockSourceDown',
      labels: { source: 'prometheus' },
      severity: 'critical',
      summary: 'foreshock is blind: prometheus does not answer',
      since: 1000,
    },
  ]);
  return told!.alert;
}

const ofDisk = alertOfDisk();
const ofSource = alertOfSource();

const common = (all: readonly Labels[]): Labels =>
  Object.fromEntries(
    Object.entries(all[0] ?? {}).filter(([name, value]) => all.every(each => each[name] === value)),
  );

/** What Alertmanager gives its templates. */
function dataOf(alerts: readonly Alert[]) {
  const rows = alerts.map(alert => ({
    ...alert,
    status: alert.endsAt === undefined ? 'firing' : 'resolved',
    startsAt: new Date(alert.startsAt).toISOString(),
    endsAt: alert.endsAt === undefined ? '0001-01-01T00:00:00Z' : new Date(alert.endsAt).toISOString(),
  }));
  return {
    receiver: 'channel',
    status: rows.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts: rows,
    groupLabels: {},
    commonLabels: common(alerts.map(({ labels }) => labels)),
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
    externalURL: 'http://alertmanager.example',
  };
}

describe.skipIf(missing.length > 0)('what is for Alertmanager', () => {
  const dir = temporaryFolder('amtool');
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  function amtool(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync('amtool', args, { cwd: folder, encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
    return stdout;
  }
  function rendered(name: string, alerts: readonly Alert[], type = 'text'): string {
    const file = `${dir}/data.json`;
    writeFileSync(file, JSON.stringify(dataOf(alerts)));
    const where = ['--template.glob=templates/*.tmpl', `--template.data=${file}`, `--template.type=${type}`];
    return amtool('template', 'render', ...where, `--template.text={{ template "foreshock.${name}" . }}`);
  }

  it('has a config that it takes', () => {
    expect(amtool('check-config', 'alertmanager.yml')).toMatch(/3 receivers\n - 1 templates\n\s+SUCCESS/);
  });

  it.each([
    [{ alertname: 'ForeshockWatchdog', severity: 'none' }, 'watchdog'],
    [{ alertname: 'ForeshockIncident', severity: 'critical', incident: '1' }, 'on-call,channel'],
    [{ alertname: 'ForeshockIncident', severity: 'warning', incident: '1' }, 'channel'],
    [{ alertname: 'ForeshockSourceDown', severity: 'critical' }, 'on-call'],
    [{ alertname: 'ForeshockIncident', severity: 'warning', resource: 'filesystem' }, 'channel'],
  ])('routes %j to %s', (labels, receivers) => {
    const given = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    expect(amtool('config', 'routes', 'test', '--config.file=alertmanager.yml', ...given).trim()).toBe(
      receivers,
    );
  });

  it('says in a title what is the matter, in one line', () => {
    expect(rendered('title', [incidentOf('cart')])).toBe('[FIRING] critical: 1 alert on cart');
    expect(rendered('title', [incidentOf('cart', 2000)])).toBe('[RESOLVED] critical: 1 alert on cart');
    expect(rendered('title', [ofSource, ofDisk])).toBe('[FIRING:2] 2 alerts');
    for (const name of ['title', 'email.subject', 'pagerduty.description', 'slack.title'])
      expect(rendered(name, [incidentOf(hostile)])).not.toContain('\n');
  });

  it('lets no label write markup, links or lines of its own into Slack', () => {
    const text = rendered('slack.body', [incidentOf(hostile), ofDisk]);
    const links = [...text.matchAll(/<[^>]*>/g)].map(([link]) => link);
    expect(links).toEqual([
      `<${url}/incidents/20260101T000000-1|Page>`,
      `<${url}/runbooks/ForeshockIncident|Runbook>`,
      `<${url}/|Page>`,
      `<${url}/runbooks/ForeshockResourceFilling|Runbook>`,
    ]);
    expect(text.replaceAll(/<[^>]*>/g, '')).not.toMatch(/[<>]/);
    expect(text.split('\n').filter(line => /^\*?Suspect:/.test(line))).toHaveLength(2);
    expect(text).toContain('&lt;!channel&gt;');
    expect(text).toContain('{{ .Labels }} &amp;');
    expect(rendered('slack.title', [incidentOf(hostile)])).not.toMatch(/[<>]/);
  });

  it('lets no label write HTML into a mail', () => {
    const page = rendered('email.html', [incidentOf(hostile), ofDisk], 'html');
    const tags = [...page.matchAll(/<\/?([a-zA-Z!]+)/g)].map(([, tag]) => tag);
    const ours = ['!DOCTYPE', 'html', 'head', 'meta', 'title', 'body', 'h', 'p', 'strong', 'pre', 'a'];
    expect(new Set(tags)).toEqual(new Set(ours));
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain(`<a href="${url}/incidents/20260101T000000-1">Page</a>`);
  });

  it('tells all of an incident as text: suspect, reason, odds, links', () => {
    expect(rendered('text', [incidentOf('cart')]).trim()).toBe(
      [
        '1 alert on cart (critical, firing)',
        'Suspect: cart: deploy (0.90)',
        'Why: cart was deployed',
        'Affected: cart',
        'Odds: gets worse 25 %; many callers of cart',
        `Page: ${url}/incidents/20260101T000000-1`,
        `Runbook: ${url}/runbooks/ForeshockIncident`,
      ].join('\n'),
    );
  });

  it('gets every annotation that the templates read from every alert of ours', () => {
    for (const { annotations } of [incidentOf('cart'), ofDisk, ofSource])
      expect(Object.keys(annotations)).toEqual(
        expect.arrayContaining(['summary', 'description', 'suspect', 'runbook_url', 'dashboard_url']),
      );
    expect(ofDisk.annotations.suspect).toContain(': filesystem');
    expect(ofSource.annotations).toMatchObject({
      suspect: 'foreshock: prometheus',
      dashboard_url: `${url}/`,
    });
  });
});
