import { expect, it } from 'vitest';
import type { Labels } from '../../core/labels.ts';
import { saySymptom } from '../../core/say-symptom.ts';

const alerts = (...labels: Labels[]) => ({
  members: labels.map((each, k) => ({
    alert: {
      labels: each,
      annotations: {},
      startsAt: 0,
      endsAt: undefined,
      generatorURL: '',
      fingerprint: String(k),
    },
    reason: 'first sign',
  })),
});
const suspect = (signal: string, entity: Labels) => ({ signal, entity, score: 1, evidence: [] });
const filling = { alertname: 'ForeshockResourceFilling', instance: 'db-1', resource: 'open_files' };

it('names the resource that an alert is about, of the suspect itself where several are', () => {
  const incident = alerts({ ...filling, instance: 'db-0', resource: 'memory' }, filling);
  expect(saySymptom(suspect('ForeshockResourceFilling', { instance: 'db-1' }), incident)).toBe(
    'open files fills up',
  );
});

it('says a signal in words, and leaves the name of another alert', () => {
  expect(saySymptom(suspect('call_error_ratio', {}), alerts())).toBe('call error ratio');
  expect(saySymptom(suspect('HighErrorRate', {}), alerts())).toBe('HighErrorRate');
  expect(saySymptom(suspect('constructor', {}), alerts())).toBe('constructor');
});
