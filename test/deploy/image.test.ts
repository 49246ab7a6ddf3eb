import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { temporaryFolder } from '../cli/command.ts';

const root = path.resolve(import.meta.dirname, '../..');
const dockerfile = readFileSync(path.join(root, 'deploy/Dockerfile'), 'utf8');
const stages = dockerfile.split(/^(?=FROM )/m).slice(1);
const last = stages.at(-1) ?? '';

/** What the last stage takes from those before it: from where, as what. */
const copies = [...last.matchAll(/^COPY --from=\w+ \/app\/(\S+) (\S+)$/gm)].map(([, from = '', to = '']) => ({
  from,
  to,
}));

describe('the image', () => {
  it('is built in stages, for the platform that runs it, and runs without root or shell', () => {
    expect(stages).toHaveLength(3);
    expect(stages[0]).toContain('FROM --platform=$BUILDPLATFORM');
    expect(stages[1]).not.toContain('BUILDPLATFORM');
    expect(last).toMatch(/^FROM gcr\.io\/distroless\/\S+:nonroot$/m);
    expect(last).toMatch(/^USER 65532:65532$/m);
    expect(last).not.toMatch(/^(RUN|ADD) /m);
    expect(dockerfile).not.toMatch(/:latest\b/);
  });

  it('owns each folder that compose mounts a volume on', () => {
    const { services } = z
      .object({ services: z.record(z.string(), z.looseObject({ volumes: z.array(z.string()).default([]) })) })
      .parse(parse(readFileSync(path.join(root, 'deploy/compose/compose.yaml'), 'utf8'), { merge: true }));
    const [, made = ''] = /^RUN mkdir -p (.*)$/m.exec(stages[1] ?? '') ?? [];
    expect(last).toMatch(/^COPY --from=production --chown=65532:65532 \/state\/ \/var\/lib\/$/m);
    const folders = made.split(' ').map(folder => folder.replace('/state/', '/var/lib/'));
    const mounted = services.foreshock!.volumes.map(volume => volume.split(':'));
    const writable = mounted.filter(([, , how]) => how !== 'ro').map(([, folder]) => folder);
    expect(writable.length).toBeGreaterThan(0);
    expect(folders).toEqual(expect.arrayContaining(writable));
  });

  it('holds all that the commands and the demo need, and nothing is written beside it', () => {
    const folder = temporaryFolder();
    for (const { from, to } of copies) {
      const target = path.join(folder, to);
      mkdirSync(path.dirname(target), { recursive: true });
      if (from === 'node_modules') symlinkSync(path.join(root, from), target);
      else cpSync(path.join(root, from), target, { recursive: true });
    }
    execFileSync('chmod', ['-R', 'a-w', folder]);
    const work = temporaryFolder();
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [path.join(folder, 'dist/cli/main.js'), ...args], {
        cwd: work,
        encoding: 'utf8',
      });
    expect(run('--version').stdout.trim()).toMatch(/^\d+\.\d+\.\d+/);
    const check = run('check', 'pack', path.join(folder, 'packs/node.yaml'));
    expect(check.status, check.stderr).toBe(0);
    const demo = run('demo', '--once');
    execFileSync('chmod', ['-R', 'u+w', folder]);
    expect(demo.status, demo.stderr).toBe(0);
  });
});
