/** A sample's value as Prometheus writes it: the shortest digits that give it back, an exponent of two digits at least. */
export function numberText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  const text = String(value);
  // Only below 1e-6 is there an exponent of one digit, `1e-7`.
  return value < 1e-6 && value > -1e-6 && text.at(-3) === 'e' ? `${text.slice(0, -1)}0${text.at(-1)}` : text;
}

/** The same without an exponent, as Prometheus writes scalars and `count_values`. */
export function fixedText(value: number): string {
  const text = numberText(value);
  const parts = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (parts === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = ''] = parts;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}
