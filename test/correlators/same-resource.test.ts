import { describe, expect, it } from 'vitest';
import { alert, linesOf } from './shop-alerts.ts';

const hour = 3600;
const none = { nodes: [], edges: [] };
const disk = { generator: 'foreshock', pack: 'node', resource: 'filesystem', instance: 'a', mountpoint: '/' };
const filling = { ...disk, alertname: 'ForeshockResourceFilling', severity: 'warning' };
const almostFull = { ...disk, alertname: 'ForeshockResourceAlmostFull', severity: 'critical' };
const ahead = { ...disk, alertname: 'ForeshockLimitAhead', severity: 'warning' };

describe('two warnings of one resource, by the outlook of days and by that of hours', () => {
  it.each([0.1, 10, 72])('are one incident, told once, when the later one comes after %s h', later => {
    const lines = linesOf([alert(almostFull, 0, 100 * hour), alert(ahead, later * hour, 100 * hour)], none);
    expect(lines.map(({ alerts, notifications }) => [alerts, notifications.length])).toEqual([[[0, 1], 1]]);
  });

  it('are told again when the later one is critical and the one before was not', () => {
    const lines = linesOf([alert(ahead, 0, 100 * hour), alert(almostFull, 5 * hour, 100 * hour)], none);
    expect(lines.map(({ alerts, notifications }) => [alerts, notifications.length])).toEqual([[[0, 1], 2]]);
  });

  it('are one incident when the first ends as the other begins, as one that becomes critical', () => {
    const lines = linesOf([alert(filling, 0, 48 * hour), alert(almostFull, 48 * hour, 60 * hour)], none);
    expect(lines.map(({ alerts }) => alerts)).toEqual([[0, 1]]);
  });

  it.each([
    ['another disk of the machine', { mountpoint: '/data' }],
    ['another resource of it', { resource: 'inodes' }],
    ['one that another pack names so', { pack: 'kubernetes' }],
  ])('stay two incidents when the later one is of %s', (_, other) => {
    const later = alert({ ...ahead, ...other }, 10 * hour, 100 * hour);
    expect(linesOf([alert(almostFull, 0, 100 * hour), later], none)).toHaveLength(2);
  });
});
