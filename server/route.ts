/** What a mounted route answers. */
export interface RouteReply {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
}

/** A route that a collector listens on. `handle` gets the parsed JSON body; it checks it itself and never throws for bad input. */
export interface MountedRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  handle(body: unknown): RouteReply | Promise<RouteReply>;
}
