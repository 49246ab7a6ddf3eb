import { z } from 'zod';
import { positive } from '../core/duration-field.ts';
import { oneCredential } from '../core/http-access.ts';
import { http } from './field.ts';

/** The questions that `topology.metrics` may name. */
export const builtinTopologies = ['istio', 'service_graph', 'http_client', 'kubernetes'] as const;

const jaeger = z
  .strictObject({
    name: z.string().min(1).default('jaeger').describe('What its edges are said by.'),
    ...http,
    lookback: positive.default(86_400_000).describe('How far back calls count.'),
  })
  .refine(oneCredential.check, oneCredential.params);

/** The block `topology`. */
export const topologyBlock = z.strictObject({
  metrics: z
    .array(z.enum(builtinTopologies))
    .default([...builtinTopologies])
    .describe('What every source of metrics is asked for beside the packs; all unless given.'),
  jaeger: z.array(jaeger).default([]).describe('Query services of Jaeger.'),
  files: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Files in the form of `foreshock topology export`, relative to the config; read anew when they change.',
    ),
});

/** The block `changes`. */
export const changesBlock = z.strictObject({
  metrics: z
    .boolean()
    .default(true)
    .describe('Read changes from metrics: images, versions, generations and replicas of workloads.'),
});
