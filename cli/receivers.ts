import { receivers as register } from '../alerts/receivers/index.ts';
import type { Config } from '../config/schema.ts';
import type { Receiver } from '../core/receiver.ts';

type Http = NonNullable<Config['alertmanager']>;

/** Our config speaks Prometheus' words for HTTP; receivers take secrets that are read already. */
function httpOf({ url, timeout, basic_auth: basic, authorization, tls_config: tls }: Http) {
  return {
    url,
    timeout,
    ...(basic === undefined
      ? {}
      : { basic_auth: { username: basic.username, password: basic.password ?? '' } }),
    ...(authorization?.credentials === undefined ? {} : { bearer_token: authorization.credentials }),
    ...(tls?.ca_file === undefined ? {} : { ca_file: tls.ca_file }),
    ...(tls === undefined ? {} : { insecure_skip_verify: tls.insecure_skip_verify }),
  };
}

function createOne(spec: Config['receivers'][number], externalUrl: string): Receiver {
  const { name } = spec;
  const { alertmanager, webhook, file, terminal } = register;
  if (spec.alertmanager !== undefined)
    return alertmanager.create(alertmanager.options.parse({ name, ...httpOf(spec.alertmanager) }), undefined);
  if (spec.webhook !== undefined)
    return webhook.create(
      webhook.options.parse({ name, external_url: externalUrl, ...httpOf(spec.webhook) }),
      undefined,
    );
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
