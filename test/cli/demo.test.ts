import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lintDashboard } from '../../dashboards/lint.ts';
import { foreshock, temporaryFile, temporaryFolder } from './command.ts';

const root = path.resolve(import.meta.dirname, '../..');

const alertsOf = (told: string) => Number(/(\d+) alerts? became/.exec(told)?.[1] ?? 0);

describe('foreshock demo, unpaced', () => {
  const out = mkdtempSync(path.join(tmpdir(), 'foreshock-demo-'));
  let stdout = '';
  let stderr = '';

  beforeAll(() => {
    const args = [path.join(root, 'dist/cli/main.js'), 'demo', '--once', '--out', out];
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
    const run = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect(run.stderr).not.toMatch(/\bat .*\.js:\d+/);
    expect(run.status).toBe(0);
    ({ stdout, stderr } = run);
  });

  afterAll(() => rmSync(out, { recursive: true }));

  /** The incident that explains most alerts, as it is told. */
  const storm = () => stdout.split(/^(?=Incident )/m).sort((a, b) => alertsOf(b) - alertsOf(a))[0]!;

  it('tells when the incident began and what it affects', () => {
    expect(storm()).toMatch(/^Incident .* began \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
    for (const service of ['catalog', 'checkout', 'frontend'])
      expect(storm()).toMatch(new RegExp(`Affected .*${service}`));
  });

  it('names the stalled Redis first, with evidence', () => {
    expect(storm()).toMatch(/Suspect +redis/);
    expect(storm()).toMatch(/depend on redis/);
  });

  it('turns a storm of alerts into at most two notifications', () => {
    expect(alertsOf(storm())).toBeGreaterThan(15);
    expect(Number(/became (\d+) notification/.exec(storm())?.[1])).toBeLessThanOrEqual(2);
    expect(stderr).toMatch(/PAGE/);
  });

  it('writes dashboards without lint findings, one of them of the incident', () => {
    const folder = path.join(out, 'dashboards/foreshock');
    const files = readdirSync(folder);
    expect(files.filter(file => file.startsWith('foreshock-incident-'))).not.toHaveLength(0);
    for (const file of files) {
      const json: unknown = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
      expect(lintDashboard(json), file).toEqual([]);
    }
    expect(stdout).toMatch(/Dashboard .*foreshock-incident-/);
  });

  it('writes the weekly report with its incident, and says there why no resource is forecast', () => {
    const file = readdirSync(out).find(name => name.endsWith('.html'));
    expect(stderr).toContain(path.join(out, file!));
    const html = readFileSync(path.join(out, file!), 'utf8');
    expect(html).toContain('a resource is forecast from three days on');
    expect(html).toMatch(/<th scope="row">redis: /);
  });
});

describe.each([
  ['redis-stall', 'redis'],
  ['bad-deploy', 'checkout'],
  ['cpu-leak', 'catalog'],
  ['instance-killed', 'checkout'],
])('the recorded incident %s', (recording, cause) => {
  it('is one page that names its cause, and one good-bye; nothing else is told', () => {
    const out = temporaryFolder();
    const { code, stdout, stderr } = foreshock(['demo', '--once', '--recording', recording, '--out', out]);
    expect(code, stderr).toBe(0);
    const pages = stderr.split('\n').filter(line => /PAGE|changed|resolved/.test(line));
    expect(pages, stderr).toHaveLength(2);
    expect(pages[0]).toContain(`suspect ${cause}`);
    expect(pages[1]).toContain('resolved');
    expect(stdout).toContain('over after');
  });
});

it('a folder that cannot be written is told before the work begins', () => {
  const config = temporaryFile('c.yaml', 'prometheus: {url: "http://127.0.0.1:9"}\npacks: [node]\n');
  const out = path.join(temporaryFile('a-file', ''), 'out');
  for (const args of [
    ['demo', '--once'],
    ['report', 'capacity', '--config', config],
  ]) {
    const { code, stdout, stderr } = foreshock([...args, '--out', out]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`--out ${out}: cannot be written (ENOTDIR)\n`);
    expect(stderr.split('\n').length).toBeLessThan(4);
  }
});
