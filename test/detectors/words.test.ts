import { expect, it } from 'vitest';
import { signalSchema } from '../../core/pack.ts';
import { describeWorst } from '../../detectors/words.ts';

const spec = (bad: 'high' | 'low' | 'both') =>
  signalSchema.parse({ name: 'latency', kind: 'latency', query: 'q', unit: 's', bad });
const band = { signal: 'latency', low: 1, mid: 2, high: 3 };

it.each([
  ['high', 9, 'latency 9 s, expected 1 to 3 s'],
  ['high', 0.5, 'latency 500 ms, expected 1 to 3 s: low, which does no harm'],
  ['low', 9, 'latency 9 s, expected 1 to 3 s: high, which does no harm'],
  ['both', 0.5, 'latency 500 ms, expected 1 to 3 s'],
  ['high', 2, 'latency 2 s, expected 1 to 3 s'],
] as const)('says of bad: %s at %d that it is "%s"', (bad, value, said) => {
  expect(describeWorst(spec(bad), value, band)).toBe(said);
});

it('needs neither a band nor a sample', () => {
  expect(describeWorst(spec('high'), Number.NaN, undefined)).toBe('latency no sample');
});
