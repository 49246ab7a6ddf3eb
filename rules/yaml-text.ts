/** What a YAML document of ours is made of; what is undefined is left out. */
export type YamlValue =
  | string
  | number
  | boolean
  | undefined
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

/** Letters that no reader of YAML takes for a type, an anchor or a tag. */
const plain = /^[A-Za-z_][\w.:/-]*$/;
const words = /^(y|n|yes|no|on|off|true|false|null|inf|nan)$/i;

/** A text that is read back as it is, whatever it holds: as in JSON, without what YAML reads as a line break or refuses. */
function scalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  if (plain.test(value) && !value.endsWith(':') && !words.test(value)) return value;
  // PromQL is full of double quotes.
  if (value.includes('"') && /^[ -~]*$/.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function isScalar(value: YamlValue): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function lines(value: Exclude<YamlValue, undefined>): readonly string[] {
  if (isScalar(value)) return [scalar(value)];
  if (isList(value)) return value.flatMap(itemLines);
  return Object.entries(value).flatMap(([key, each]) => {
    if (each === undefined) return [];
    if (isScalar(each)) return [`${scalar(key)}: ${scalar(each)}`];
    const inner = lines(each);
    if (inner.length === 0) return [`${scalar(key)}: ${isList(each) ? '[]' : '{}'}`];
    return [`${scalar(key)}:`, ...inner.map(line => `  ${line}`)];
  });
}

function itemLines(item: YamlValue): readonly string[] {
  if (item === undefined) return [];
  const [first, ...rest] = lines(item);
  if (first === undefined) return [`- ${isList(item) ? '[]' : '{}'}`];
  return [`- ${first}`, ...rest.map(line => `  ${line}`)];
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

/** Block YAML, two blanks a level; the same value gives the same bytes. */
export function yamlText(value: Exclude<YamlValue, undefined>): string {
  return `${lines(value).join('\n')}\n`;
}
