import { misp } from './misp.ts';
import { taxii } from './taxii.ts';

/** The collectors of threat feeds that there are, each a `Component` without context: one line each. */
export const feedCollectors = { misp, taxii };
