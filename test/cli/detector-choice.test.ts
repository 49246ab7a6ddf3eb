import { expect, it } from 'vitest';
import { detectorChoice } from '../../cli/detector-choice.ts';
import { signalSchema } from '../../core/pack.ts';
import { fitClassModel } from '../../detectors/fit.ts';

const known = ['robust-z', 'isolation-forest', 'lstm-autoencoder'];

it('reads a list as those that run', () => {
  expect(detectorChoice(['robust-z'], known)).toEqual({ names: ['robust-z'], options: {} });
  expect(detectorChoice(undefined, known)).toEqual({ names: undefined, options: {} });
});

it('reads a map as options of some, and lets all others run that are not turned off', () => {
  const given = { 'robust-z': { smooth: 9 }, 'isolation-forest': false } as const;
  expect(detectorChoice(given, known)).toEqual({
    names: ['robust-z', 'lstm-autoencoder'],
    options: { 'robust-z': { smooth: 9 } },
  });
});

it('gives a detector its options', () => {
  const signals = [signalSchema.parse({ name: 'traffic', kind: 'traffic', query: 'x' })];
  const t = Float64Array.from({ length: 200 }, (_, i) => i * 60_000);
  const frame = { entity: {}, signals: ['traffic'], step: 60_000, t, columns: [t.map(at => Math.sin(at))] };
  const context = { signals, step: 60_000, seed: 1, fpr: 0.01, detectors: ['robust-z'] };
  expect(fitClassModel([frame], { ...context, options: { 'robust-z': { smooth: 9 } } }).lookback).toBe(9);
});
