import { describe, expect, it } from 'vitest';
import { faults } from './faults.ts';
import { layout } from './layout.ts';
import { rate } from './load.ts';
import { rules } from './rules.ts';

const services = new Set(['redis', 'nginx', ...layout(21_000, '/lab').services.map(one => one.service)]);

describe('the register of faults', () => {
  it('names each fault once', () => {
    const names = faults.map(fault => fault.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(['redis-stall', 'bad-deploy', 'instance-killed', 'cpu-leak']);
  });

  it.each(faults.map(fault => [fault.name, fault] as const))(
    '%s tells the truth about the lab',
    (_, fault) => {
      expect(fault.truth.length).toBeGreaterThan(0);
      for (const cause of fault.truth) {
        expect(services).toContain(cause.entity.service);
        expect(fault.affected).toContain(cause.entity.service);
      }
      for (const service of fault.affected) expect(services).toContain(service);
    },
  );
});

describe('the layout', () => {
  it('keeps labs apart and gives each listener its own port', () => {
    const ports = [21_000, 22_000].flatMap(base => {
      const { nginx, redis, prometheus, alertmanager, webhook, exporters, services } = layout(base, '/lab');
      return [
        ...[nginx, redis, prometheus, alertmanager, webhook],
        ...Object.values(exporters),
        ...services.map(one => one.port),
      ];
    });
    expect(new Set(ports).size).toBe(ports.length);
  });
});

describe('the load', () => {
  it('has a rhythm around 25 requests per second', () => {
    const hour = Array.from({ length: 3600 }, (_, s) => rate(s, 0.3));
    const mean = hour.reduce((sum, one) => sum + one, 0) / hour.length;
    expect(mean).toBeGreaterThan(23);
    expect(mean).toBeLessThan(27);
    expect(Math.max(...hour) / Math.min(...hour)).toBeGreaterThan(2);
  });
});

describe('the rules', () => {
  it('say how bad it is and what it means', () => {
    for (const rule of rules) {
      expect(['critical', 'warning']).toContain(rule.labels.severity);
      expect(rule.annotations.summary).not.toBe('');
      expect(rule.annotations.description).not.toBe('');
    }
  });
});
