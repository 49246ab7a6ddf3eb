import { expect, it } from 'vitest';
import { signalSchema } from '../../core/pack.ts';
import { AbsenceWatch } from '../../detectors/absence.ts';

const signals = ['cpu', 'memory'].map(name => signalSchema.parse({ name, kind: 'saturation', query: 'x' }));

/** A watch over two rows that saw 50 steps of normal life. */
function seasoned(): AbsenceWatch {
  const watch = new AbsenceWatch(2, 2);
  for (let step = 0; step < 50; step++) watch.push(Float64Array.of(step % 7, step % 5, step % 3, step % 11));
  return watch;
}

it('a signal that no row has is dark at its source: nothing is found of any row', () => {
  const watch = seasoned();
  for (let step = 0; step < 5; step++)
    watch.push(Float64Array.of(Number.NaN, step % 5, Number.NaN, step % 7));
  expect([0, 1].map(row => watch.finding(row, signals, 'present'))).toEqual([undefined, undefined]);
});

it('a row that gets it back two steps later than the other is no finding either', () => {
  const watch = seasoned();
  for (let step = 0; step < 5; step++)
    watch.push(Float64Array.of(Number.NaN, step % 5, Number.NaN, step % 7));
  for (let step = 0; step < 2; step++) watch.push(Float64Array.of(Number.NaN, step, step % 3, step % 7));
  expect(watch.finding(0, signals, 'present')).toBeUndefined();
});

it('a signal that one row loses while the other has it is found', () => {
  const watch = seasoned();
  for (let step = 0; step < 5; step++) watch.push(Float64Array.of(Number.NaN, step % 5, step % 3, step % 7));
  expect(watch.finding(0, signals, 'present')).toMatchObject({ kind: 'vanished', signal: 0 });
});

it('what came late has not been missing before: its first loss is found as soon as any other', () => {
  const watch = new AbsenceWatch(2, 2);
  const late = Float64Array.from({ length: 80 }, (_, i) => (i < 40 ? Number.NaN : i % 5));
  for (let cell = 0; cell < 4; cell++) watch.fit(cell, late);
  for (let step = 0; step < 3; step++) watch.push(Float64Array.of(Number.NaN, Number.NaN, step, step));
  expect(watch.finding(0, signals, 'present')).toMatchObject({ kind: 'gone', steps: 3 });
});
