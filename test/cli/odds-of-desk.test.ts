import { describe, expect, it } from 'vitest';
import { InputError } from '../../cli/exit.ts';
import { pastOfDesk } from '../../cli/odds-of-desk.ts';
import { predictionTasks } from '../../cli/prediction-tasks.ts';
import { createRandom } from '../../core/random.ts';
import type { Case } from '../../correlators/escalation-case.ts';
import { hour } from '../../forecasters/incident-odds-past.ts';

const start = Date.parse('2026-01-05T00:00:00Z');
const minute = 60_000;

/** A case that its desk wrote down `late` minutes after it was opened. */
function opened(t: number, priority: number, late = 0): Case {
  return {
    id: `${t}-${priority}`,
    openedAt: t,
    events: [{ t: t + late * minute, fields: { priority, cmdb_ci: '' } }],
  };
}

/** Weeks of a desk that opens in office hours; one in ten is severe. */
function desk(days: number): Case[] {
  const random = createRandom(4);
  const cases: Case[] = [];
  for (let i = 0; i < 24 * days; i++) {
    const office = Math.floor(i / 24) % 7 < 5 && i % 24 >= 8 && i % 24 < 18;
    for (let k = 0; k < (office ? 6 : 1); k++)
      cases.push(
        opened(start + i * hour + Math.floor(random() * hour), random() < (office ? 0.1 : 0.02) ? 2 : 3),
      );
  }
  return cases.sort((a, b) => a.openedAt - b.openedAt);
}

const next4h = predictionTasks.find(({ name }) => name === 'next4h')!;

describe('a service desk hour by hour', () => {
  it('knows an incident when it was written down, and learns that it began when it was opened', () => {
    const past = pastOfDesk([opened(start, 3), opened(start + 50 * minute, 1, 30)], start + 3 * hour);
    expect([...past.begun]).toEqual([start + 50 * minute]);
    expect([...past.known]).toEqual([start + 80 * minute]);
    expect([...past.activity]).toEqual([0, 1, 1, 0]);
  });

  it('leaves out what was not yet known at its end', () => {
    const past = pastOfDesk([opened(start, 3), opened(start + 50 * minute, 1, 30)], start + 70 * minute);
    expect(past.begun).toHaveLength(0);
  });

  it('counts priorities that were raised to a severe one', () => {
    const one = opened(start, 3);
    const raised = { ...one, events: [...one.events, { t: start + hour, fields: { priority: 2 } }] };
    const [, signal] = pastOfDesk([raised], start + 3 * hour).signals;
    expect([...signal!].map(Math.expm1).map(Math.round)).toEqual([0, 0, 1, 1]);
  });
});

describe('predict next4h', () => {
  const cases = desk(42);
  const from = start + 35 * 24 * hour;

  it('answers for each full hour until four hours before the end of the log', () => {
    const answers = next4h.answer(cases, { from, until: Number.POSITIVE_INFINITY, after: 0, seed: 1 });
    const last = Math.floor((cases.at(-1)!.openedAt - 4 * hour) / hour) * hour;
    expect(answers[0]).toMatchObject({ incident: '', at: from });
    expect(answers.at(-1)!.at).toBe(last);
    expect(answers).toHaveLength((last - from) / hour + 1);
    expect(answers.filter(({ p }) => p === undefined).length).toBeLessThan(answers.length / 5);
  });

  it('stops before the time that is named', () => {
    const until = from + 5 * hour + 1;
    const answers = next4h.answer(cases, { from, until, after: 0, seed: 1 });
    expect(answers.map(({ at }) => at)).toEqual([0, 1, 2, 3, 4, 5].map(k => from + k * hour));
  });

  it('refuses to learn until a time after the newest row, like milliseconds that are read as seconds', () => {
    const ask = () => next4h.answer(cases, { from: 1000 * from, until: 2000 * from, after: 0, seed: 1 });
    expect(ask).toThrow(InputError);
    expect(ask).toThrow(/^--train-until \+\d+-.*: lies after the newest row of the history, 2026-02-/);
  });

  it('begins at the first full hour', () => {
    const [first] = next4h.answer(cases, { from: from + minute, until: from + 2 * hour, after: 0, seed: 1 });
    expect(first!.at).toBe(from + hour);
  });

  it('abstains everywhere after a week of history', () => {
    const early = start + 7 * 24 * hour;
    const answers = next4h.answer(cases, { from: early, until: early + 3 * hour, after: 0, seed: 1 });
    expect(answers.map(({ p }) => p)).toEqual([undefined, undefined, undefined]);
    expect(answers[0]!.drivers[0]).toContain('14 are needed');
  });
});
