import { setTimeout as sleep } from 'node:timers/promises';
import { GrafanaError } from './grafana-failure.ts';

const attempts = 4;
const firstWait = 500;

/**
 * Does it again, with a growing wait, while it fails in a way that passes by itself; at most four times. What `act` does must
 * be the same when it is done twice. Rejects with its last error.
 */
export async function persist<T>(
  act: () => Promise<T>,
  { signal, random }: { readonly signal: AbortSignal; readonly random: () => number },
): Promise<T> {
  for (let failed = 1; ; failed++) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof GrafanaError) || !error.passing || failed === attempts) throw error;
      await sleep(firstWait * 2 ** (failed - 1) * (0.5 + random() / 2), undefined, { signal });
    }
  }
}
