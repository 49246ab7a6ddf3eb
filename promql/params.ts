/**
 * A pack's query with `${name}` replaced by the parameter of that name and `$rate_interval` by a duration (a window of
 * max(4 x scrape interval, step)). Throws a RangeError for a name that is not a parameter, with those that are.
 */
export function substitute(
  query: string,
  params: Readonly<Record<string, string>>,
  intervals: { readonly rateInterval: string },
): string {
  return query.replace(/\$\{([^}]*)\}|\$([a-zA-Z_]\w*)/g, (text, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? '';
    if (name === 'rate_interval') return intervals.rateInterval;
    const value = braced !== undefined && Object.hasOwn(params, name) ? params[name] : undefined;
    if (value !== undefined) return value;
    const known = [...Object.keys(params).map(key => `\${${key}}`), '$rate_interval'].join(', ');
    throw new RangeError(`${text} is not a parameter: there are ${known}`);
  });
}
