import { describe, expect, it } from 'vitest';
import { incidentDashboard } from '../../dashboards/incident.ts';
import { lintDashboard } from '../../dashboards/lint.ts';
import { findError } from '../../promql/parse.ts';
import { unquote } from '../../promql/string-literal.ts';
import { hostile, incidentOn, smallPack } from './fleet.ts';

const context = { packs: [smallPack], pageUrl: 'https://foreshock.example/incidents/1', has: () => true };
const words = ['Suspects', 'Alerts of the incident'];

/** All queries of panels and marks as Grafana would send them, but for its intervals. */
function queriesOf(made: unknown): string[] {
  return [...JSON.stringify(made).matchAll(/"expr":("(?:[^"\\]|\\.)*")/g)].map(match =>
    String(JSON.parse(match[1]!)).replaceAll('$__rate_interval', '1m'),
  );
}

describe('an incident`s dashboard', () => {
  it('begins with the suspect`s signal and spans the incident', () => {
    const made = incidentDashboard(incidentOn('redis', 11_000_000), context);
    expect(made.time).toEqual({ from: '8200000', to: '11900000' });
    expect(made.panels!.map(panel => panel.title)).toEqual([
      ...words,
      'redis: latency',
      'redis: errors',
      'redis: replicas',
    ]);
  });

  it('leads to its page, its runbook and a silence, and to nothing that is not http', () => {
    const links = [
      { title: 'Runbook', url: 'https://runbooks.example/x' },
      { title: 'Silence it', url: 'javascript:alert(1)' },
    ];
    const made = incidentDashboard(incidentOn('redis'), { ...context, links });
    expect(made.links!.map(link => link.title)).toEqual(['Incidents', 'Incident page', 'Runbook']);
  });

  it('tells its alerts in the order in which they began, and why each belongs to it', () => {
    const incident = incidentOn('redis');
    const [first] = incident.members;
    const early = { alert: { ...first!.alert, startsAt: 9_000_000 }, reason: 'calls | it' };
    const made = incidentDashboard({ ...incident, members: [first!, early] }, context);
    const { options } = JSON.parse(JSON.stringify(made.panels![1]));
    expect(options.content.split('\n')).toEqual([
      '| since | alert | where | severity | why |',
      '|---|---|---|---|---|',
      '| 1970-01-01 02:30:00 UTC | ErrorRate | service=redis |  | calls \\| it |',
      '| 1970-01-01 02:46:40 UTC | ErrorRate | service=redis |  | first on redis |',
    ]);
  });

  it('keeps a storm of alerts short', () => {
    const incident = incidentOn('redis');
    const members = Array.from({ length: 2000 }, () => incident.members[0]!);
    const made = incidentDashboard({ ...incident, members }, context);
    expect(JSON.stringify(made)).toContain('and 1970 more');
    expect(JSON.stringify(made).length).toBeLessThan(40_000);
  });

  it('marks the onset and the changes around it where they were', () => {
    const { annotations } = incidentDashboard(incidentOn('redis'), context);
    const marks = annotations!.list!.filter(({ hide }) => hide === true);
    expect(marks.map(mark => [mark.titleFormat, mark.expr])).toEqual([
      ['first alert', 'vector(time()) >= 10000 < 10060'],
      ['deploy of redis', 'vector(time()) >= 9900 < 9960'],
    ]);
  });

  it('draws what was usual in the hour before, as a band that stays where it is', () => {
    const panel = incidentDashboard(incidentOn('redis'), context).panels![2];
    const json = JSON.stringify(panel);
    expect(json).toMatch(/"expr":"min\(quantile_over_time\(0\.01, \(.*\)\[1h:1m\] @ 9700\)\)"/);
    expect(json).toContain('{"id":"custom.fillBelowTo","value":"usual before, low"}');
    expect(json).toContain('min(foreshock_expected_lower{');
  });

  it('has no panel of a class that does not watch the entity', () => {
    const made = incidentDashboard(incidentOn('redis'), { ...context, has: () => false });
    expect(made.panels!.map(panel => panel.title)).toEqual(words);
  });

  it('begins with what the callers of the first suspect say of it, where it has no metrics of its own', () => {
    const calls = {
      ...smallPack.classes[0]!,
      name: 'service/calls',
      entityLabels: ['service', 'peer_service'],
    };
    const has = (_: string, entity: Readonly<Record<string, string>>) => entity.peer_service === 'redis';
    const packs = [{ ...smallPack, classes: [calls] }];
    const made = incidentDashboard(incidentOn('redis'), { ...context, packs, has });
    expect(made.panels!.map(panel => panel.title)).toEqual([...words, 'calls to redis: latency']);
  });

  it.each(hostile)('survives the label value %j', value => {
    const made = incidentDashboard(incidentOn(value), context);
    const read = JSON.parse(JSON.stringify(made));
    expect(lintDashboard(read)).toEqual([]);
    for (const text of read.panels.slice(0, 2)) {
      expect(JSON.stringify(text)).not.toMatch(/<|\$[^\u2060]|\[\[|\{\{/);
      expect(text.options.content.split('\n').every((line: string) => /^[|1-9]/.test(line))).toBe(true);
    }
    const queries = queriesOf(read);
    expect(queries.length).toBeGreaterThan(12);
    for (const query of queries) {
      expect(findError(query)).toBeUndefined();
      const matcher = /[,{]service=("(?:[^"\\]|\\.)*")/.exec(query);
      if (matcher !== null) expect(unquote(matcher[1]!)).toBe(value.replace('\ud800', '\ufffd'));
      expect(query).not.toMatch(/\$|\[\[/);
    }
  });
});
