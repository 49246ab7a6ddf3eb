import { expect, it } from 'vitest';
import { Fourier } from '../../detectors/fourier.ts';

const wave = Float64Array.from({ length: 32 }, (_, i) => 3 + 2 * Math.cos((2 * Math.PI * 5 * i) / 32));

it('finds the mean and the one frequency of a wave, and comes back', () => {
  const [re, im] = [wave.slice(), new Float64Array(32)];
  const fourier = new Fourier(32);
  fourier.forward(re, im);
  const amplitudes = [...re].map((x, i) => Math.hypot(x, im[i]!) / 32);
  expect(amplitudes[0]).toBeCloseTo(3, 12);
  expect(amplitudes[5]).toBeCloseTo(1, 12);
  expect(amplitudes[27]).toBeCloseTo(1, 12);
  expect(amplitudes.reduce((sum, a) => sum + a, 0)).toBeCloseTo(5, 11);
  fourier.inverse(re, im);
  wave.forEach((value, i) => {
    expect(re[i]).toBeCloseTo(value, 12);
  });
});

it('takes powers of two only', () => {
  expect(() => new Fourier(27)).toThrow(RangeError);
});
