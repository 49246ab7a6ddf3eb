import path from 'node:path';

/**
 * The services of the lab: frontend calls catalog and checkout, checkout calls catalog, both of these call Redis, and
 * checkout keeps its orders in PostgreSQL. All look their peers up in the lab's own name server.
 */
export const roles = ['frontend', 'catalog', 'checkout'] as const;
export type Role = (typeof roles)[number];
/** Everything that can be at fault, as `service` names it. */
export type Part = Role | 'redis' | 'postgresql' | 'dns';

/** Where one lab lives: every port follows from one base port, every path from one folder. */
export interface Layout {
  readonly dir: string;
  readonly nginx: number;
  readonly prometheus: number;
  readonly alertmanager: number;
  readonly nodeExporter: number;
  readonly redis: number;
  readonly redisExporter: number;
  readonly nginxExporter: number;
  readonly webhook: number;
  readonly postgresql: number;
  readonly postgresqlExporter: number;
  readonly dns: number;
  readonly services: Readonly<Record<Role, readonly number[]>>;
  /** The path of a file in the lab's folder. */
  file(name: string): string;
}

/** Makes the layout; labs whose base ports are 100 apart never meet. */
export function layout(basePort: number, dir: string): Layout {
  return {
    dir,
    nginx: basePort,
    prometheus: basePort + 1,
    alertmanager: basePort + 2,
    nodeExporter: basePort + 3,
    redis: basePort + 4,
    redisExporter: basePort + 5,
    nginxExporter: basePort + 6,
    webhook: basePort + 7,
    postgresql: basePort + 8,
    postgresqlExporter: basePort + 9,
    dns: basePort + 10,
    services: {
      frontend: [basePort + 11, basePort + 12],
      catalog: [basePort + 21],
      checkout: [basePort + 31, basePort + 32],
    },
    file: name => path.join(dir, name),
  };
}

/** A port as a scrape target: what the label `instance` holds. */
export function address(port: number): string {
  return `127.0.0.1:${port}`;
}

/** The ports on which a part of the lab serves. */
export function portsOf({ services, redis, postgresql, dns }: Layout, part: Part): readonly number[] {
  const single = { redis: [redis], postgresql: [postgresql], dns: [dns] };
  return { ...services, ...single }[part];
}
