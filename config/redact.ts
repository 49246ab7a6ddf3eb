const secretKeys = new Set(['password', 'auth_password', 'credentials']);

/** A copy to print: passwords, tokens, header values and passwords in URLs are `<secret>`. */
export function redact(value: unknown, key = ''): unknown {
  if (secretKeys.has(key) && typeof value === 'string') return '<secret>';
  if (typeof value === 'string') return value.replace(/^(\w+:\/\/)[^/]*@/, '$1<secret>@');
  if (Array.isArray(value)) return value.map(item => redact(item, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, key === 'headers' ? '<secret>' : redact(item, name)]),
  );
}
