/** What a mounted route answers; `body` is sent as JSON. */
export interface RouteAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A route that a collector listens on. `handle` gets the parsed JSON, checks it itself and never throws for bad input. */
export interface MountedRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  handle(body: unknown): RouteAnswer | Promise<RouteAnswer>;
}
