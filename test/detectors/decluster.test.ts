import { expect, it } from 'vitest';
import { Declustering } from '../../detectors/decluster.ts';

it('lets a p-value through once, and again when it is smaller', () => {
  const cluster = new Declustering(1, 100);
  expect([0.01, 0.01, 0.02, 0.001, 0.005].map(p => cluster.step(0, p))).toEqual([0.01, 1, 1, 0.001, 1]);
});

it('forgets what was said the stated number of steps ago, within a quarter', () => {
  const after = (steps: number) => {
    const cluster = new Declustering(1, 100);
    cluster.step(0, 0.001);
    for (let i = 0; i < steps; i++) cluster.step(0, 1);
    return cluster.step(0, 0.01);
  };
  expect(after(70)).toBe(1);
  expect(after(101)).toBe(0.01);
});

it('keeps rows apart, leaves a NaN out, and goes on from its state', () => {
  const cluster = new Declustering(2, 40);
  cluster.step(0, 0.001);
  expect(cluster.step(1, 0.5)).toBe(0.5);
  expect(cluster.step(0, Number.NaN)).toBeNaN();
  const next = new Declustering(1, 40);
  next.restore(cluster.state, Int32Array.from([0]));
  expect(next.step(0, 0.01)).toBe(1);
});
