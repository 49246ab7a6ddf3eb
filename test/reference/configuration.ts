import { z } from 'zod';
import { configSchema } from '../../config/schema.ts';
import { formatDuration } from '../../core/duration.ts';

/** The part of JSON Schema that our config needs. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
}

const nodeSchema: z.ZodType<Node> = z.lazy(() =>
  z.object({
    type: z.string().exactOptional(),
    description: z.string().exactOptional(),
    default: z.unknown().exactOptional(),
    enum: z.array(z.unknown()).exactOptional(),
    properties: z.record(z.string(), nodeSchema).exactOptional(),
    required: z.array(z.string()).exactOptional(),
    items: nodeSchema.exactOptional(),
  }),
);

/** A setting that has no type of its own is a duration: text that becomes milliseconds. */
function typeOf({ type, enum: values, items, properties }: Node): string {
  if (values !== undefined) return values.map(value => `\`${String(value)}\``).join(', ');
  if (type === 'array') return `list of ${items?.properties === undefined ? typeOf(items ?? {}) : 'blocks'}`;
  if (type === 'object') return properties === undefined ? 'names and values' : 'block';
  return type ?? 'duration';
}

function defaultOf(node: Node, required: boolean): string {
  if (node.default === undefined) return required && node.type !== 'object' ? '**required**' : '';
  if (node.type === undefined && typeof node.default === 'number')
    return `\`${formatDuration(node.default)}\``;
  const text = JSON.stringify(node.default);
  return text === '""' || text === '[]' || text === '{}' ? 'empty' : `\`${text.replaceAll('"', '')}\``;
}

/** The rows of a block and of what stands in it, `path` before each name. */
function rowsOf(node: Node, path: string): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const here = path === '' ? name : `${path}.${name}`;
    const required = node.required?.includes(name) ?? false;
    const row = `| \`${here}\` | ${typeOf(child)} | ${defaultOf(child, required)} | ${child.description ?? ''} |`;
    const inner = child.items?.properties === undefined ? child : child.items;
    return [row, ...rowsOf(inner, inner === child ? here : `${here}[]`)];
  });
}

/** `docs/configuration.md`, from the schema that reads the config. */
export function configurationPage(): string {
  const json: unknown = z.toJSONSchema(configSchema, { io: 'output', unrepresentable: 'any' });
  const root = nodeSchema.parse(json);
  const blocks = Object.entries(root.properties ?? {}).map(([name, node]) => {
    const rows = rowsOf({ properties: { [name]: node }, required: root.required ?? [] }, '');
    return `## ${name}\n\n| key | value | default | |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Configuration

One YAML file. Unknown keys are errors; \`foreshock check config foreshock.yaml\` lists every mistake with file, line and
column. \`\${NAME}\` is taken from the environment, \`*_file\` from a file, relative to the config. Durations read like \`15s\`,
\`5m\`, \`1h30m\`. A reload (SIGHUP, or POST to \`/-/reload\`) keeps the old config when the new one is bad. \`[]\` stands for each item
of a list. This page is made from the schema by \`npm run docs\`.

${blocks.join('\n')}`;
}
