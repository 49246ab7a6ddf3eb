import { describe, expect, it } from 'vitest';
import { classOverview, countSignalStates, signalStandings, standingOf } from '../../cli/class-readings.ts';
import { ClassWatch } from '../../cli/class-watch.ts';
import { blindTrouble } from '../../cli/daemon-troubles.ts';
import { explanationLines } from '../../cli/explanation.ts';
import { createSelfAlerts } from '../../cli/self-alerts.ts';
import type { Batch } from '../../core/batch.ts';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';

const step = 60_000;
const signals = [
  signalSchema.parse({ name: 'latency', kind: 'latency', query: 'q', unit: 's', bad: 'high' }),
  signalSchema.parse({ name: 'restarts', kind: 'errors', query: 'q', bad: 'high' }),
  signalSchema.parse({ name: 'queue', kind: 'saturation', query: 'q' }),
];
const spec = { name: 'web/service', step, signals };
const entities = Array.from({ length: 12 }, (_, i) => ({ service: `s${i}` }));
const random = createRandom(1);
const batch = (i: number): Batch => ({
  class: spec,
  t: i * step,
  entities,
  values: Float64Array.from(entities.flatMap(() => [0.05 + 0.01 * random(), 3, Number.NaN])),
  partial: false,
});
const trained = 400;
function watched(): ClassWatch {
  const queries = signals.map(({ query }) => query);
  const watch = new ClassWatch(
    { class: spec, entityLabels: ['service'], absent: 'missing', queries },
    { fpr: 0.01, seed: 1, detectors: ['robust-z'] },
  );
  watch.fit({ batches: Array.from({ length: trained }, (_, i) => batch(i)), entities, failures: [] });
  return watch;
}
const us = { url: 'http://us', externalLabels: {} };

/** Lets it live for so many steps with the self-test, and answers what it tells of being blind. */
function live(watch: ClassWatch, steps: number): string[] {
  const alerts = createSelfAlerts(us);
  return Array.from({ length: steps }, (_, i) => {
    watch.pass(batch(trained + i));
    watch.states.testItself();
    return alerts.step((trained + i) * step, [blindTrouble(watch)]);
  }).flatMap(told =>
    told.map(({ status, alert }) => `${status} ${alert.labels.alertname} ${alert.annotations.summary}`),
  );
}

describe('the self-test of a class', () => {
  it('tells nobody of a class that sees', () => {
    const watch = watched();
    expect(live(watch, 300)).toEqual([]);
    expect(classOverview(watch).counts).toEqual({ watching: 12 });
    expect(watch.states.takeCounts().seen).toBeGreaterThan(20);
  });

  it('tells once of the entity that has gone blind, shows it, and tells when it sees again', () => {
    const watch = watched();
    const { scale, constant } = watch.model!.parts.baseline;
    const usual = scale.slice(0, 3);
    scale.fill(Number.POSITIVE_INFINITY, 0, 2);
    constant.fill(0, 0, 2);
    expect(live(watch, 300)).toEqual([
      expect.stringMatching(
        /^firing ForeshockDetectorBlind foreshock no longer sees faults of s0 \(web\/service\): blind: latency and restarts moved far out/,
      ),
    ]);
    expect(standingOf(watch, { service: 's0' })?.state).toBe('blind');
    expect(classOverview(watch).counts).toEqual({ watching: 11, blind: 1 });
    scale.set(usual);
    live(watch, 300);
    expect(classOverview(watch).counts).toEqual({ watching: 12 });
  });
});

describe('each signal of an entity', () => {
  const watch = watched();
  live(watch, 1);

  it('has a state with its reason', () => {
    expect(signalStandings(watch, { service: 's3' })).toEqual([
      { signal: 'latency', state: 'watching', reason: '' },
      { signal: 'restarts', state: 'unfit', reason: 'constant: always 3, its first move is told' },
      { signal: 'queue', state: 'no_data', reason: 'no data' },
    ]);
    expect(countSignalStates(watch)).toEqual([{ watching: 12 }, { unfit: 12 }, { no_data: 12 }]);
  });

  it('is explained with it', () => {
    const standing = { evidence: 0, needed: 4, flagged: 0, since: undefined };
    const detection = { fpr: 0.01, budget: '2 per service per 1w' };
    const lines = explanationLines({
      watch,
      entity: { service: 's3' },
      standing,
      heldBy: undefined,
      detection,
    });
    expect(lines.filter(line => line.startsWith('  signal')).map(line => line.trim())).toEqual([
      expect.stringMatching(/^signal {2}latency: share \d+ %, expected .* ms; watching$/),
      expect.stringMatching(/^signal {2}restarts: .*; constant: always 3, its first move is told$/),
      'signal  queue: no data',
    ]);
  });
});
