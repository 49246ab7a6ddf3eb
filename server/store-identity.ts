import type { FastifyInstance } from 'fastify';

/** Which store a server works on: the id that is written into it once, and where it lies. */
export interface StoreIdentity {
  readonly id: string;
  /** Absolute, or `:memory:`. */
  readonly path: string;
}

/** `GET /api/v1/status/store`: by it a command finds out whether it talks to the foreshock of its config. */
export function mountStoreIdentity(app: FastifyInstance, identity: StoreIdentity): void {
  app.get('/api/v1/status/store', async () => ({ status: 'success', data: identity }));
}
