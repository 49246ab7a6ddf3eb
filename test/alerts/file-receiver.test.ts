import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { file } from '../../alerts/receivers/file.ts';
import type { Notification } from '../../core/receiver.ts';
import { firing } from './alerts.ts';

const told = (key: string): Notification => ({ key, status: 'firing', alert: firing({ service: 'cart' }) });

it('passes over whole lines that are not JSON, leaves them, says so once, and still doubles nothing', async () => {
  const out = path.join(mkdtempSync(path.join(tmpdir(), 'file-')), 'out.jsonl');
  writeFileSync(out, `password: s3cret\n${JSON.stringify(told('one'))}\n\n[1]\n{"key":"to\n`);
  const warnings: string[] = [];
  const receiver = file.create({ name: 'file', path: out }, { warn: text => warnings.push(text) });
  await receiver.deliver([told('one'), told('two')]);
  await receiver.deliver([told('two'), told('three')]);
  const lines = readFileSync(out, 'utf8').split('\n');
  expect(lines.slice(0, 5)).toEqual([
    'password: s3cret',
    JSON.stringify(told('one')),
    '',
    '[1]',
    '{"key":"to',
  ]);
  expect(lines.slice(5).map(line => /"key":"([^"]*)"/.exec(line)?.[1])).toEqual(['two', 'three', undefined]);
  expect(warnings).toEqual([`${out}: line 1, 5 is not JSON: left as it is and passed over`]);
});
