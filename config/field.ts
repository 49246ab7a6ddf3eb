import { z } from 'zod';
import { positive } from '../core/duration-field.ts';
import { httpAccess, httpUrl } from '../core/http-access.ts';

/** The name of a label. */
export const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'must be a label name');
/** The settings of every HTTP server that is asked. */
export const http = {
  url: httpUrl.describe('Base URL.'),
  ...httpAccess,
  timeout: positive.default(30_000).describe('Longest time of one request.'),
};
/** A number of things. */
export const count = z.number().int().positive();

/** True for the IANA name of a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
