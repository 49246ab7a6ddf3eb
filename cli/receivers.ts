import { receivers as register } from '../alerts/receivers/index.ts';
import { createHttpClient } from '../collectors/http-client.ts';
import type { Config } from '../config/schema.ts';
import type { Receiver } from '../core/receiver.ts';

function createOne(spec: Config['receivers'][number], externalUrl: string): Receiver {
  const { name } = spec;
  const { alertmanager, webhook, file, terminal } = register;
  if (spec.alertmanager !== undefined) {
    const { url, timeout, ...access } = spec.alertmanager;
    return alertmanager.create(alertmanager.options.parse({ name, url, timeout }), createHttpClient(access));
  }
  if (spec.webhook !== undefined) {
    const { url, timeout, ...access } = spec.webhook;
    return webhook.create(
      webhook.options.parse({ name, url, timeout, external_url: externalUrl }),
      createHttpClient(access),
    );
  }
  if (spec.file !== undefined)
    return file.create(file.options.parse({ name, path: spec.file.path }), undefined);
  return terminal.create(terminal.options.parse({ name }), { write: text => process.stdout.write(text) });
}

/** All receivers of a config; `alertmanager:` is one by itself. In a dry run there is only the terminal. */
export function createReceivers(
  config: Config,
  options: { readonly dryRun: boolean; readonly url: string },
): readonly Receiver[] {
  if (options.dryRun) return [createOne({ name: 'dry-run', terminal: {} }, options.url)];
  const implied =
    config.alertmanager === undefined ? [] : [{ name: 'alertmanager', alertmanager: config.alertmanager }];
  return [...implied, ...config.receivers].map(spec => createOne(spec, options.url));
}
