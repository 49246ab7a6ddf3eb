import type { LogSignals, Sample, SignalLine } from '../../detectors/log-signals.ts';

export const step = 15_000;
export const minute = 60_000;
export const hour = 60 * minute;
export const start = Date.UTC(2026, 0, 1);
export const cart = { service: 'cart' };
export const pay = { service: 'pay' };
export const options = { learning: 30 * minute } as const;

export type Given = Partial<SignalLine> & { readonly t: number };
export const line = (given: Given): SignalLine => ({
  entity: cart,
  level: 'info',
  template: 'hello',
  ...given,
});

/** Feeds a line every so many ms over a span, closing as it goes; all samples. */
export function run(
  signals: LogSignals,
  from: number,
  to: number,
  each: (t: number) => readonly Given[],
  every = 1000,
) {
  const samples: Sample[] = [];
  for (let t = from + 1; t <= to; t += every) {
    for (const given of each(t)) signals.add(line(given));
    if ((t - 1) % step === 0) samples.push(...signals.close(t - 1));
  }
  samples.push(...signals.close(to));
  return samples;
}

export const steady = (t: number): readonly Given[] => [{ t }, { t, template: 'other thing' }];
export const named = (samples: readonly Sample[], name: string) =>
  samples.filter(({ labels }) => labels.__name__ === `foreshock_log_${name}`);
export const sum = (samples: readonly Sample[], labels: Readonly<Record<string, string>> = {}) =>
  samples
    .filter(sample => Object.entries(labels).every(([name, value]) => sample.labels[name] === value))
    .reduce((total, { v }) => total + v, 0);
