import { describe, expect, it } from 'vitest';
import { redService, redSignals } from '../../bench/red-series.ts';
import { ClassWatch } from '../../cli/class-watch.ts';
import { raceAgainst, sayWorse } from '../../cli/model-race.ts';
import type { Batch } from '../../core/batch.ts';

const step = 60_000;
const spec = { name: 'web/service', step, signals: redSignals };
const detectors = ['robust-z', 'isolation-forest', 'drift'];
const makeWatch = () =>
  new ClassWatch(
    { class: spec, entityLabels: ['service'], absent: 'missing', queries: redSignals.map(() => 'x') },
    { fpr: 0.01, seed: 1, detectors },
  );
const days = 3;
const frames = [1, 2].map(seed => redService(days * 1440, { size: 0.05, correlation: 0.3 }, seed));
const entities = frames.map(frame => frame.entity);

/** The history of both services; `of` may put other values in place of theirs. */
function history(of = (value: number, _signal: number) => value) {
  const batches = Array.from({ length: frames[0]!.t.length }, (_, i): Batch => {
    const values = frames.flatMap(({ columns }) => columns.map((column, k) => of(column[i]!, k)));
    return { class: spec, t: frames[0]!.t[i]!, entities, values: Float64Array.from(values), partial: false };
  });
  return { batches, entities, failures: [] };
}

function fitted(past: ReturnType<typeof history>): ClassWatch {
  const watch = makeWatch();
  watch.fit(past);
  return watch;
}

const good = fitted(history());
/** One that took the signals for ten times as wide as they are. */
const wide = fitted(
  history((value, k) => value * (k === 0 ? 10 : 1) + (k > 0 ? 5 * Math.sin(1e6 * value) : 0)),
);

describe('a new model and the one in use', () => {
  it('race on the same faults: the worse one is told apart, whichever of the two is new', () => {
    const worse = raceAgainst(wide, history(), good.snapshot()!.bytes);
    expect(worse?.isWorse).toBe(true);
    expect(worse?.fresh).toBeLessThan(worse?.used ?? 0);
    expect(raceAgainst(good, history(), wide.snapshot()!.bytes)?.isWorse).toBe(false);
  });

  it('of two alike neither is worse', () => {
    const shorter = history();
    const again = fitted({ ...shorter, batches: shorter.batches.slice(1440) });
    expect(raceAgainst(again, history(), good.snapshot()!.bytes)?.isWorse).toBe(false);
    expect(raceAgainst(good, history(), again.snapshot()!.bytes)?.isWorse).toBe(false);
  });

  it('do not race where the stored one cannot be read, or the history is short', () => {
    expect(raceAgainst(good, history(), new Uint8Array(40))).toBeUndefined();
    const short = history();
    const brief = { ...short, batches: short.batches.slice(0, 150) };
    expect(raceAgainst(fitted(brief), brief, good.snapshot()!.bytes)).toBeUndefined();
  });

  it('is refused with both figures and what noise explains', () => {
    expect(sayWorse({ fresh: 0.41, used: 0.5, margin: 0.03, cases: 224, isWorse: true })).toBe(
      'worse in the race than the model in use: 0.410 against 0.500 on the same 224 injected faults, noise explains 0.030',
    );
  });
});
