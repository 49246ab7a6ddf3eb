import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { faults } from '../lab/faults.ts';

const folder = path.resolve(import.meta.dirname, '../../deploy/chaos');
const manifests = readdirSync(folder).filter(name => name.endsWith('.yaml'));

/** The fields of chaos-mesh.org/v1alpha1 that we use, as its API reference tells them; any other one is a mistake. */
const duration = z.string().regex(/^\d+(ms|s|m|h)$/);
const percent = z.string().regex(/^(100|\d\d?)$/);
const selector = z
  .strictObject({
    namespaces: z.array(z.string()).min(1),
    labelSelectors: z.record(z.string(), z.string()).optional(),
    expressionSelectors: z
      .array(
        z.strictObject({ key: z.string(), operator: z.enum(['In', 'NotIn']), values: z.array(z.string()) }),
      )
      .optional(),
  })
  .refine(one => one.labelSelectors ?? one.expressionSelectors, 'aims at every pod of the namespace');
const aimed = { mode: z.enum(['one', 'all']), selector, duration: duration.optional() };
const kinds = {
  StressChaos: z.strictObject({
    ...aimed,
    stressors: z
      .strictObject({
        cpu: z.strictObject({ workers: z.int().min(1), load: z.int().min(1).max(100) }).optional(),
        memory: z
          .strictObject({ workers: z.int().min(1), size: z.string().regex(/^\d+(MB|GB|%)$/) })
          .optional(),
      })
      .refine(one => one.cpu ?? one.memory, 'stresses nothing'),
  }),
  PodChaos: z.strictObject({
    ...aimed,
    action: z.enum(['pod-kill', 'pod-failure']),
    gracePeriod: z.int().min(0).optional(),
  }),
  NetworkChaos: z
    .strictObject({
      ...aimed,
      action: z.enum(['delay', 'loss']),
      direction: z.enum(['to', 'from', 'both']),
      delay: z.strictObject({ latency: duration, jitter: duration, correlation: percent }).optional(),
      loss: z.strictObject({ loss: percent, correlation: percent }).optional(),
    })
    .refine(one => one[one.action], 'the action has no terms'),
  IOChaos: z.strictObject({
    ...aimed,
    action: z.literal('fault'),
    volumePath: z.string().startsWith('/'),
    path: z.string().startsWith('/'),
    methods: z.array(z.enum(['READ', 'WRITE', 'CREATE'])),
    errno: z.literal(28),
    percent: z.int().min(1).max(100),
  }),
  DNSChaos: z.strictObject({
    ...aimed,
    action: z.enum(['error', 'random']),
    patterns: z.array(z.string().regex(/^[^*]+\*?$/, 'a star may only stand at the end')),
  }),
} as const;

const named = (kind: string) => kind.replace(/^[A-Z]+(?=[A-Z])|^[A-Z]/, start => start.toLowerCase());
const chaosKinds = Object.keys(kinds);
const isKind = (kind: string): kind is keyof typeof kinds => chaosKinds.includes(kind);

const scheduleSchema = z.looseObject({
  schedule: z.string().regex(/^@every \d+s$/),
  type: z.enum(['PodChaos', 'NetworkChaos']),
  historyLimit: z.int().min(1),
  concurrencyPolicy: z.enum(['Forbid', 'Allow']),
});
const templateSchema = z.looseObject({ name: z.string(), templateType: z.string(), deadline: duration });
const workflowSchema = z.strictObject({ entry: z.string(), templates: z.array(templateSchema).min(1) });
const childrenSchema = z.array(z.string()).min(1);
const taskSchema = z.strictObject({
  container: z.strictObject({
    name: z.string(),
    image: z.string(),
    command: z.array(z.string()),
    args: z.array(z.string()),
    envFrom: z.array(z.strictObject({ secretRef: z.strictObject({ name: z.string() }) })),
  }),
});
const manifestSchema = z.strictObject({
  apiVersion: z.literal('chaos-mesh.org/v1alpha1'),
  kind: z.string(),
  metadata: z.strictObject({ name: z.string(), namespace: z.literal('shop') }),
  spec: z.unknown(),
});

/** Checks the spec of a kind; of a schedule or a workflow all that it holds. */
function check(kind: string, spec: unknown): void {
  if (isKind(kind)) kinds[kind].parse(spec);
  else if (kind === 'Schedule') checkSchedule(spec);
  else if (kind === 'Workflow') checkWorkflow(spec);
  else throw new Error(`kind ${kind} is not one that we know`);
}

function checkSchedule(spec: unknown): void {
  const { schedule, type, historyLimit, concurrencyPolicy, ...rest } = scheduleSchema.parse(spec);
  expect(Object.keys(rest)).toEqual([named(type)]);
  check(type, rest[named(type)]);
}

function checkWorkflow(spec: unknown): void {
  const { entry, templates } = workflowSchema.parse(spec);
  const names = templates.map(({ name }) => name);
  expect(names).toContain(entry);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, templateType, deadline, ...rest } of templates) {
    const field = ['Serial', 'Parallel'].includes(templateType) ? 'children' : named(templateType);
    expect(Object.keys(rest), name).toEqual([field]);
    if (field === 'children')
      expect(names).toEqual(expect.arrayContaining(childrenSchema.parse(rest.children)));
    else if (field === 'task') taskSchema.parse(rest.task);
    else check(templateType, rest[field]);
  }
}

function read(name: string): z.output<typeof manifestSchema> {
  const documents = parseAllDocuments(readFileSync(path.join(folder, name), 'utf8'));
  expect(documents).toHaveLength(1);
  return manifestSchema.parse(documents[0]?.toJS());
}

describe.each(manifests)('the manifest %s', file => {
  it('has the fields of its kind and no others, and is named as its file', () => {
    const { kind, metadata, spec } = read(file);
    expect(`${metadata.name}.yaml`).toBe(file);
    check(kind, spec);
  });
});

describe('the table of faults', () => {
  const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
  const rows = new Map(
    [...readme.matchAll(/^\| `?([a-z -]+?)`? +\| (?:`([a-z-]+\.yaml)`|none) +\| (.+?) +\|$/gm)].map(
      ([, fault, file, how = '']) => [fault, { file, how }] as const,
    ),
  );

  it.each(faults.map(({ name }) => name))('has a manifest for %s, or a reason why there is none', name => {
    const row = rows.get(name);
    expect(row?.how.length).toBeGreaterThan(10);
    if (row?.file !== undefined) expect(manifests).toContain(row.file);
  });

  it('lists every manifest, one of two faults at once among them', () => {
    expect([...rows.values()].flatMap(({ file }) => file ?? []).toSorted()).toEqual(manifests.toSorted());
    expect(read('two-at-once.yaml').spec).toMatchObject({
      templates: [{ templateType: 'Parallel' }, {}, {}],
    });
  });
});
