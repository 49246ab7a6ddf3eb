import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMute, type Override, overrideFor } from '../../alerts/overrides.ts';
import { configSchema } from '../../config/schema.ts';
import { firing } from './alerts.ts';

const cart = { generator: 'foreshock', service: 'cart', signal: 'cpu' };

describe('an override', () => {
  it('holds for the labels and the signal that it names, exactly', () => {
    const overrides = [{ match: { service: 'cart' }, signal: 'cpu', fpr: 0.001 }];
    expect(overrideFor(overrides, { service: 'cart' }, 'cpu')).toEqual({ fpr: 0.001, mute: false });
    expect(overrideFor(overrides, { service: 'cart' }, 'memory')).toEqual({ mute: false });
    expect(overrideFor(overrides, { service: 'cart' }, undefined)).toEqual({ mute: false });
    expect(overrideFor(overrides, { service: 'cart2' }, 'cpu')).toEqual({ mute: false });
    expect(overrideFor(overrides, {}, 'cpu')).toEqual({ mute: false });
  });

  it('takes an absent label for an empty one, as Alertmanager does', () => {
    const overrides = [{ match: { team: '' }, mute: true }];
    expect(overrideFor(overrides, {}, 'cpu').mute).toBe(true);
    expect(overrideFor(overrides, { team: 'shop' }, 'cpu').mute).toBe(false);
  });

  it('leaves to earlier ones what it does not state', () => {
    const overrides: Override[] = [
      { match: {}, fpr: 0.01, floor: 5 },
      { match: { service: 'cart' }, mute: true },
      { match: { service: 'cart' }, fpr: 0.001 },
      { match: { service: 'other' }, floor: 9 },
    ];
    expect(overrideFor(overrides, cart, 'cpu')).toEqual({ fpr: 0.001, floor: 5, mute: true });
  });

  it('of those that match, the last one that states a field wins, whatever stands before it', () => {
    const field = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const override = fc.record({
      match: fc.constantFrom({}, { service: 'cart' }, { service: 'other' }),
      signal: fc.constantFrom(undefined, 'cpu', 'memory'),
      fpr: field(fc.double({ min: 0.001, max: 0.5 })),
      floor: field(fc.nat()),
      mute: field(fc.boolean()),
    });
    fc.assert(
      fc.property(fc.array(override), overrides => {
        const got = overrideFor(overrides, cart, 'cpu');
        const last = { match: { service: 'cart' }, signal: 'cpu', fpr: 0.2, floor: 0, mute: !got.mute };
        expect(overrideFor([...overrides, last], cart, 'cpu')).toEqual({
          fpr: 0.2,
          floor: 0,
          mute: !got.mute,
        });
        const elsewhere = { ...last, match: { service: 'other' } };
        expect(overrideFor([...overrides, elsewhere], cart, 'cpu')).toEqual(got);
        const silent = { match: {} };
        expect(overrideFor([...overrides, silent], cart, 'cpu')).toEqual(got);
      }),
    );
  });
});

describe('a mute', () => {
  it('holds back our alerts that match, in words, and never those of others', () => {
    const hold = createMute([{ match: { service: 'cart' }, signal: 'cpu', mute: true }]);
    const [ours, memory, theirs] = [
      firing(cart),
      firing({ ...cart, signal: 'memory' }),
      firing({ service: 'cart', signal: 'cpu' }),
    ];
    expect(hold(1, [ours, memory, theirs])).toEqual({
      passed: [memory, theirs],
      held: [{ alert: ours, by: 'muted: override of service="cart", signal cpu' }],
    });
  });

  it('is taken back by a later override, for what that one matches', () => {
    const hold = createMute([
      { match: {}, mute: true },
      { match: { service: 'cart' }, mute: false },
    ]);
    const [ours, other] = [firing(cart), firing({ ...cart, service: 'other' })];
    expect(hold(1, [ours, other])).toEqual({
      passed: [ours],
      held: [{ alert: other, by: 'muted: override of everything' }],
    });
  });

  it('reads the overrides of a config', () => {
    const { detection } = configSchema.parse({
      prometheus: { url: 'http://127.0.0.1:9090' },
      packs: ['node'],
      detection: { overrides: [{ match: { service: 'cart' }, mute: true }] },
    });
    expect(createMute(detection.overrides)(1, [firing(cart)]).passed).toEqual([]);
    expect(overrideFor(detection.overrides, cart, 'cpu')).toEqual({ mute: true });
  });
});
