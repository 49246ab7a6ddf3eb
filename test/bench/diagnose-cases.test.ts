import { describe, expect, it } from 'vitest';
import { faultCase, faults } from '../../bench/diagnose-cases.ts';
import { diagnose } from '../../correlators/diagnose.ts';

describe('the simulated faults of the bench', () => {
  it('are the same each time', () => {
    expect(faultCase('slow', 7, 10)).toEqual(faultCase('slow', 7, 10));
  });

  it.each(faults.filter(fault => fault !== 'nothing' && fault !== 'stops'))(
    'of the kind %s are found among the first three',
    fault => {
      for (let seed = 100; seed < 110; seed++) {
        const { frames, topology, onset, cause } = faultCase(fault, seed, 10);
        const { services } = diagnose(frames, topology, { onset });
        expect(services.slice(0, 3).map(({ name }) => name)).toContain(cause);
      }
    },
  );

  it('leave the answer empty when there is none', () => {
    for (let seed = 100; seed < 110; seed++) {
      const { frames, topology, onset } = faultCase('nothing', seed, 10);
      expect(diagnose(frames, topology, { onset }).services).toEqual([]);
    }
  });
});
