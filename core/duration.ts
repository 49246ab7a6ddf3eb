const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** A duration as Prometheus writes it (`1h30m`, `15s`, `250ms`) in ms. Throws a RangeError for anything else. */
export function parseDuration(text: string): number {
  const whole = /^((\d+)(ms|[smhdwy]))+$/.test(text);
  if (text === '0') return 0;
  if (!whole) throw new RangeError(`"${text}" is not a duration: write it like 15s, 5m or 1h30m`);
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) total += Number(count) * units[unit!]!;
  return total;
}

/** A duration in ms as Prometheus writes it: `5m`, `1h30m`, `250ms`; 0 is `0s`. */
export function formatDuration(ms: number): string {
  let rest = Math.round(ms);
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms']) {
    const count = Math.floor(rest / units[unit]!);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * units[unit]!;
  }
  return text || '0s';
}
