import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { storedHistory } from '../../cli/history-store.ts';
import { openStore } from '../../store/sqlite.ts';
import { foreshock, temporaryFile, temporaryFolder } from './command.ts';

const columns =
  'number,ident_state,reassignment_count,made_sla,opened_at,sys_updated_at,priority,assignment_group';
const start = Date.UTC(2024, 0, 1);
const at = (hours: number) => new Date(start + 3_600_000 * hours).toISOString();

/** An incident each hour; group 1 hands over three times on the second day, group 2 closes then. */
function log(incidents = 800): string {
  const rows = Array.from({ length: incidents }, (_, k) => {
    const group = k % 2 === 0 ? '1' : '2';
    const end = group === '1' ? 'Active,3' : 'Closed,0';
    const row = (state: string, after: number) =>
      `${k},${state},true,${at(k)},${at(k + after)},3 - Moderate,${group}`;
    return `${row('New,0', 0)}\n${row(end, 30)}\n`;
  });
  return `${columns}\n${rows.join('')}`;
}

const flags = (file: string) => ['--history', file, '--train-until', at(600), '--output', '-'];

function predict(file: string, ...more: string[]) {
  const { code, stdout, stderr } = foreshock(['predict', 'reassigned', ...flags(file), ...more]);
  expect(code).toBe(0);
  const [head, ...rows] = stdout.trimEnd().split('\n');
  return { head, rows, stderr };
}

describe('the odds of incidents of a log', () => {
  it('are told for each incident opened from the time on, four hours after its opening', () => {
    const { head, rows, stderr } = predict(temporaryFile('log.csv', log()));
    expect(head).toBe('incident,at,p');
    expect(rows).toHaveLength(200);
    expect(rows[0]).toMatch(/^600,2024-01-26T04:00:00Z,0\.9\d*$/);
    expect(rows[1]).toMatch(/^601,2024-01-26T05:00:00Z,0\.0\d*$/);
    expect(stderr).toContain('800 incidents in 1600 events');
  });

  it('end at --until, and come with what raises them', () => {
    const file = temporaryFile('log.csv', log());
    const { head, rows } = predict(file, '--until', at(610), '--drivers', '--after', '1h');
    expect(head).toBe('incident,at,p,drivers');
    expect(rows).toHaveLength(10);
    expect(rows[0]).toMatch(/^600,2024-01-26T01:00:00Z,0\.9\d*,.*assignment_group.*were re-assigned/);
  });

  it('are the same from a packed log', () => {
    const plain = temporaryFile('log.csv', log());
    const packed = path.join(temporaryFolder(), 'log.csv.gz');
    writeFileSync(packed, gzipSync(log()));
    expect(predict(packed).rows).toEqual(predict(plain).rows);
  });

  it('are left empty when the history is too short', () => {
    const { rows, stderr } = predict(temporaryFile('log.csv', log(650)), '--train-until', at(20));
    expect(rows[0]).toBe('20,2024-01-02T00:00:00Z,');
    expect(stderr).toMatch(/of which \d+ abstain/);
  });
});

describe('bad input is exit 2, with its place', () => {
  const good = log(2);

  test.each([
    ['no file', '', 'log.csv:1: the file is empty'],
    [
      'a missing column',
      good.replace('reassignment_count', 'other'),
      'there is no column "reassignment_count"',
    ],
    ['a wrong time', good.replace(at(30), 'soon'), 'log.csv:3:6: sys_updated_at "soon" is not a timestamp'],
    [
      'a wrong count',
      good.replace('Active,3', 'Active,many'),
      'log.csv:3:3: reassignment_count "many" is not',
    ],
    ['a short row', `${good}7,New\n`, 'log.csv:6: 2 fields, the header has 8'],
    [
      'an incident without a number',
      `${good}${good.split('\n')[1]!.replace('0', '')}\n`,
      'log.csv:6:1: number is empty',
    ],
  ])('%s', (_, text, message) => {
    const { code, stdout, stderr } = foreshock([
      'predict',
      'reassigned',
      ...flags(temporaryFile('log.csv', text)),
    ]);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test.each([
    [['predict', 'doom', ...flags('log.csv')], 'task doom: not known; there are sla_missed'],
    [['predict', 'reassigned', ...flags('log.csv'), '--train-until', 'soon'], '--train-until soon: not a'],
    [['predict', 'reassigned', ...flags('log.csv'), '--until', at(1)], 'must be later than'],
    [['predict', 'reassigned', ...flags('log.csv'), '--after', 'x'], '--after x: must be a duration'],
    [['predict', 'reassigned', ...flags('/nowhere.csv')], '/nowhere.csv: cannot be read (ENOENT)'],
  ])('%j', (args, message) => {
    const { code, stderr } = foreshock(args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('history import', () => {
  it('stores what could be read and says what was refused', () => {
    const folder = temporaryFolder();
    const storage = path.join(folder, 'data');
    const config = temporaryFile(
      'foreshock.yaml',
      `prometheus: {url: "http://127.0.0.1:9090"}\npacks: [node]\nstorage: {path: ${storage}}\n`,
    );
    const input = temporaryFile('log.csv', `${log(10)}11,New\n`);
    const { code, stdout, stderr } = foreshock(['history', 'import', '--input', input, '--config', config]);
    expect(stderr).toContain('log.csv:22: 2 fields, the header has 8');
    expect(stdout).toMatch(
      /^10 incidents, 20 events, opened from 2024-01-01T00:00:00Z to 2024-01-01T09:00:00Z; 1 rows refused; \d+ KiB stored$/m,
    );
    expect(code).toBe(0);
    const store = openStore(storage);
    const cases = storedHistory(store);
    store.close();
    expect(cases).toHaveLength(10);
    expect(cases[0]).toEqual({
      id: '0',
      openedAt: start,
      events: [
        {
          t: start,
          fields: {
            ident_state: 'New',
            reassignment_count: 0,
            made_sla: 'true',
            priority: 3,
            assignment_group: '1',
          },
        },
        {
          t: start + 30 * 3_600_000,
          fields: {
            ident_state: 'Active',
            reassignment_count: 3,
            made_sla: 'true',
            priority: 3,
            assignment_group: '1',
          },
        },
      ],
    });
  });
});
