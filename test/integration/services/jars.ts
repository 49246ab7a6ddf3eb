import { existsSync } from 'node:fs';

const folder = process.env.FORESHOCK_SERVICES ?? '/var/tmp/foreshock-services';

/** Where `test/integration/install.sh` put a server that comes as jars. */
export const installed = { kafka: `${folder}/kafka-3.9.1`, elasticsearch: `${folder}/elasticsearch-8.19.21` };

/** The servers that are not installed. Throws when one is missing in CI, where a skipped test is a failure. */
export function missingServers(...names: readonly (keyof typeof installed)[]): readonly string[] {
  const missing = names.filter(name => !existsSync(`${installed[name]}/.complete`));
  if (missing.length === 0) return missing;
  if (process.env.CI !== undefined) throw new Error(`needed in CI: ${missing.join(', ')}`);
  console.warn(`SKIPPED, not installed: ${missing.join(', ')}; see test/integration/install.sh`);
  return missing;
}
