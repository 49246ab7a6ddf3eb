import { z } from 'zod';

/** A BLOB as bytes: the library answers it as Buffer from `get` and as ArrayBuffer from `all`. */
export const blob = z
  .union([z.instanceof(ArrayBuffer), z.instanceof(Uint8Array)])
  .transform(value => (value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(value)));
