import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { alertCollectors } from '../collectors/alert-collectors.ts';
import { logCollectors } from '../collectors/log-collectors.ts';
import { feedCollectors } from '../collectors/threat-feeds.ts';
import { loadConfig } from '../config/load.ts';
import { formatMistake, type Mistake } from '../config/mistake.ts';
import type { ResolvedPack } from '../config/resolve.ts';
import type { Config } from '../config/schema.ts';
import type { ObjectiveSpec } from '../core/objective.ts';
import { detectors } from '../detectors/index.ts';
import type { WebConfig } from '../server/web-config.ts';
import { sinks } from '../sinks/index.ts';
import { howToInstall, isInstalled, tensorPackage } from './backend.ts';
import { InputError } from './exit.ts';
import { loadWebConfig } from './web-config.ts';

/** A config that can run, with its packs. */
export interface Loaded {
  readonly config: Config;
  readonly packs: readonly ResolvedPack[];
  /** Of the files in `objectives`. */
  readonly objectives: readonly ObjectiveSpec[];
  /** What `web.config_file` says. */
  readonly webConfig: WebConfig | undefined;
}

/** Options that ask for a backend which is not installed are a mistake of the config. */
function withPeer(options: z.ZodType): z.ZodType {
  return options.superRefine((given, context) => {
    const asked =
      typeof given === 'object' && given !== null && Reflect.get(given, 'backend') === 'tfjs-node';
    if (!asked || isInstalled(tensorPackage)) return;
    context.addIssue({ code: 'custom', path: ['backend'], message: howToInstall(tensorPackage) });
  });
}

/** What the config loader may read: files and the environment. */
export const loadContext = {
  env: process.env,
  readFile: (path: string): string => readFileSync(path, 'utf8'),
  logCollectors: Object.entries(logCollectors).map(([name, { options }]) => ({ name, options })),
  alertCollectors: Object.entries(alertCollectors).map(([name, { options }]) => ({ name, options })),
  feedCollectors: Object.entries(feedCollectors).map(([name, { options }]) => ({ name, options })),
  eventSinks: Object.entries(sinks).map(([name, { options }]) => ({ name, options })),
  detectors: detectors.map(({ name, options }) => ({ name, options: withPeer(options) })),
};

/** Every mistake of a config, of the packs and of the web config that it names; or what can run. */
export function loadAll(file: string, context = loadContext): Loaded | readonly Mistake[] {
  const result = loadConfig(file, context);
  if (!result.ok) return result.mistakes;
  const { config, packs, objectives } = result;
  const { config_file: webFile } = config.web;
  const web = webFile === undefined ? undefined : loadWebConfig(webFile);
  if (web?.ok === false) return web.mistakes;
  return { config, packs, objectives, webConfig: web?.webConfig };
}

/** Reads a config or throws an InputError with every mistake, one a line, each with file, line and column. */
export function loadOrExplain(file: string, context = loadContext): Loaded {
  const result = loadAll(file, context);
  if ('config' in result) return result;
  const count = result.length;
  throw new InputError(
    `${count} mistake${count === 1 ? '' : 's'} in the config\n${result.map(formatMistake).join('\n')}`,
  );
}
