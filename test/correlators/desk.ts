import { createRandom } from '../../core/random.ts';
import type { Case, CaseEvent, Outcome } from '../../correlators/escalation-case.ts';

export const hour = 3_600_000;
export const start = Date.UTC(2024, 0, 1);

/** A simulated desk: how many cases an hour apart, and the chance of a hand-over by the group. */
export interface Desk {
  readonly cases: number;
  readonly seed: number;
  readonly chance: (group: string) => number;
}

export const groups = ['network', 'mail', 'print', 'billing'];

export const handedOver: Outcome = {
  name: 'handed_over',
  says: 'were handed over',
  reached: ({ fields }) => fields.handed === 'yes',
  over: ({ fields }) => fields.state === 'closed',
};

/** Cases opened each hour; each is looked at after an hour, decided after a day, handed over by the chance of its group. */
export function simulateDesk({ cases, seed, chance }: Desk): Case[] {
  const random = createRandom(seed);
  return Array.from({ length: cases }, (_, k) => {
    const openedAt = start + k * hour;
    const group = groups[Math.floor(random() * groups.length)]!;
    const caller = String(Math.floor(random() * 20));
    const bad = random() < chance(group);
    const at = (after: number, fields: Record<string, string | number>): CaseEvent => ({
      t: openedAt + after,
      fields: { group, caller, handed: 'no', state: 'new', changes: 0, ...fields },
    });
    const end = 24 * hour;
    const events = [
      at(0, {}),
      at(hour, { state: 'active', changes: 1 }),
      at(end, { state: bad ? 'active' : 'closed', handed: bad ? 'yes' : 'no', changes: 2 }),
    ];
    return { id: `case-${k}`, openedAt, events };
  });
}
