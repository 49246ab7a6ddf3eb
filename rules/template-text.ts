/** A text in a template of Prometheus (Go's text/template) that comes out as it is: `{{` in it begins no action. */
export function literal(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}

/** The value of an alert in the words of its unit, as a template. */
export function valueTemplate(unit: string): string {
  if (unit === 'percentunit') return '{{ $value | humanizePercentage }}';
  return `{{ $value | humanize }}${unitSuffix(unit)}`;
}

/** What the action in `valueTemplate` makes of a value. */
export function valueText(value: number, unit: string): string {
  return unit === 'percentunit' ? `${general(100 * value)}%` : humanized(value);
}

/** As Prometheus' `humanize`. */
function humanized(value: number): string {
  if (value === 0) return '0';
  let rest = value;
  let prefix = '';
  const large = Math.abs(value) >= 1;
  for (const next of large ? 'kMGTPEZY' : 'munpfazy') {
    if (large ? Math.abs(rest) < 1000 : Math.abs(rest) >= 1) break;
    prefix = next;
    rest = large ? rest / 1000 : rest * 1000;
  }
  return `${general(rest)}${prefix}`;
}

/** As C's `%.4g`. */
function general(value: number): string {
  const exponential = value.toExponential(3);
  const [mantissa = '', exponent = ''] = exponential.split('e');
  const size = Number(exponent);
  if (size >= -4 && size < 4) return String(Number(value.toPrecision(4)));
  const digits = String(Math.abs(size)).padStart(2, '0');
  return `${Number(mantissa)}e${size < 0 ? '-' : '+'}${digits}`;
}

/** What a template of ours comes out as: names of labels, the value in words, and literal braces. */
export function filled(template: string, labels: Readonly<Record<string, string>>, value: string): string {
  return template.replace(
    /\{\{ (?:\$labels\.(\w+)|(\$value)[^}]*|"\{\{") \}\}/g,
    (_, label: string | undefined, isValue: string | undefined) => {
      if (label !== undefined) return labels[label] ?? '';
      return isValue === undefined ? '{{' : value;
    },
  );
}

const suffixes: Readonly<Record<string, string>> = {
  s: 's',
  bytes: 'B',
  decbytes: 'B',
  Bps: 'B/s',
  bps: 'bit/s',
  reqps: ' req/s',
  percent: ' %',
};

function unitSuffix(unit: string): string {
  return suffixes[unit] ?? '';
}
