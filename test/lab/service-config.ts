import { z } from 'zod';
import { roles } from './layout.ts';

const ports = z.array(z.number()).readonly();

/** How a service process is told who it is and whom it calls: JSON as its only argument. */
export const serviceConfigSchema = z.strictObject({
  role: z.enum(roles),
  port: z.number(),
  version: z.string(),
  redis: z.number(),
  postgresql: z.number(),
  dns: z.number(),
  catalog: ports,
  checkout: ports,
  log: z.string(),
  /** A folder for its journal. */
  disk: z.string(),
});
export type ServiceConfig = z.output<typeof serviceConfigSchema>;

/** The version that works; any other one is slow and fails three requests in ten. */
export const goodVersion = '1.0.0';
