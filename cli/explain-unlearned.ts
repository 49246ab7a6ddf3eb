import { z } from 'zod';
import { SourceError } from '../core/series.ts';
import { InputError } from './exit.ts';
import { createDaemonClient } from './feedback-client.ts';
import type { Loaded } from './load.ts';

/** A class without a model, and why as far as its source tells. */
export interface UnlearnedClass {
  readonly name: string;
  readonly reason: string;
}

const overviews = z.array(z.object({ name: z.string(), unlearned: z.string().optional() }));

/** Why classes have no model, as the running daemon of the config knows it, by class; none where it does not run or cannot be asked. */
async function reasonsOfDaemon(loaded: Loaded): Promise<ReadonlyMap<string, string>> {
  const client = createDaemonClient(loaded, {});
  try {
    const answer = await client.ask({ path: '/api/v1/status/classes' });
    const told = overviews.safeParse(answer?.data);
    const classes = told.success ? told.data : [];
    return new Map(
      classes.flatMap(({ name, unlearned }) => (unlearned === undefined ? [] : [[name, unlearned] as const])),
    );
  } catch (error) {
    // What the source tells is said all the same.
    if (error instanceof InputError || error instanceof SourceError) return new Map();
    throw error;
  } finally {
    await client.close();
  }
}

/** A line for each class without a model: what its source tells of then, and what a running daemon says of now. */
export async function unlearnedLines(
  loaded: Loaded,
  classes: readonly UnlearnedClass[],
): Promise<readonly string[]> {
  if (classes.length === 0) return [];
  const now = await reasonsOfDaemon(loaded);
  return classes.map(({ name, reason }) => {
    const said = now.get(name);
    return `${name} has no model yet: ${reason}${said === undefined ? '' : `; now, says the foreshock that runs: ${said}`}`;
  });
}
