import { z } from 'zod';
import { alertCollectors } from '../../collectors/alert-collectors.ts';
import { logCollectors } from '../../collectors/log-collectors.ts';
import { feedCollectors } from '../../collectors/threat-feeds.ts';
import { configSchema } from '../../config/schema.ts';
import { formatDuration } from '../../core/duration.ts';
import { detectors } from '../../detectors/index.ts';
import { sinks } from '../../sinks/index.ts';

/** The part of JSON Schema that our config needs. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
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
    anyOf: z.array(nodeSchema).exactOptional(),
  }),
);

/** A setting that has no type of its own is a duration: text that becomes milliseconds. */
function typeOf({ type, enum: values, items, properties, anyOf }: Node): string {
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ');
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

interface Declared {
  readonly summary: string;
  readonly options: z.ZodType;
}

/** The options of one component of a register. */
function optionTable(name: string, { summary, options }: Declared): string {
  const json: unknown = z.toJSONSchema(options, { io: 'output', unrepresentable: 'any' });
  const { properties = {}, required = [] } = nodeSchema.parse(json);
  const { name: _, ...rest } = properties;
  const rows = rowsOf({ properties: rest, required }, '');
  return `### ${name}\n\n${summary}\n\n| option | value | default | |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

function tablesOf(register: Readonly<Record<string, Declared>>): string {
  return Object.entries(register)
    .map(([name, declared]) => optionTable(name, declared))
    .join('\n');
}

/** The options of each detector, from the register. */
function detectorTables(): string {
  const tables = detectors.map(each => optionTable(each.name, each));
  return `## Options of detectors

\`detection.detectors\` is a list of those that run, or a map that gives some of them options; the others run as they are, and
\`false\` turns one off:

\`\`\`yaml
detection:
  detectors:
    isolation-forest: {subsample: 512}
    lstm-autoencoder: {window: 60}
\`\`\`

Changed options make stored models useless: the classes are fitted anew. \`backend: tfjs-node\` trains and scores with
TensorFlow, for owners of a GPU. It is not installed with foreshock: \`npm install @tensorflow/tfjs-node\` beside it (its installer
loads a binary from a host of its own; releases up to 4.22 do not run on Node 23 or later). On a CPU the built-in kernels are
many times faster.

${tables.join('\n')}`;
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

${blocks.join('\n')}
## Collectors of logs

An item of \`logs\` names one of these; \`docs/log-collectors.md\` says what each reads, and what it cannot.

${tablesOf(logCollectors)}
## Collectors of alerts

An item of \`alerts\` names one of these; \`docs/delivery.md\` says what it takes, and what it does with the rest.

${tablesOf(alertCollectors)}
## Collectors of threat feeds

An item of \`threat_feeds\` names one of these; \`docs/threat-feeds.md\` says what each reads, and what it cannot.

${tablesOf(feedCollectors)}
## Sinks of events

An item of \`events\` names one of these; \`docs/events.md\` says what they are given.

${tablesOf(sinks)}
${detectorTables()}`;
}
