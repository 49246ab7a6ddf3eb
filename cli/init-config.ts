import { stringify } from 'yaml';
import { formatDuration } from '../core/duration.ts';
import { sayCount, sayList } from '../core/say-name.ts';
import { sayValue } from '../core/say-value.ts';
import type { FoundPack } from './discovery.ts';

/** What a config is written of. */
export interface InitFindings {
  readonly url: string;
  /** Keys of access as the config has them: basic_auth, authorization, tls_config. */
  readonly access: Readonly<Record<string, unknown>>;
  readonly alertmanager: string | undefined;
  /** How often targets are scraped, ms, and who says so. */
  readonly scrape: { readonly interval: number; readonly from: 'told' | 'measured' | 'assumed' };
  readonly packs: readonly FoundPack[];
}

/** What watching costs, by the figures of docs/ARCHITECTURE.md. */
export interface InitCost {
  readonly series: number;
  readonly entities: number;
  /** Queries of one pass. */
  readonly queries: number;
  /** Bytes of memory. */
  readonly memory: number;
}

const processBytes = 250e6;
const classBytes = 4e6;
const seriesBytes = 4e3;
const entityBytes = 24e3;

/** Series, queries a pass and memory of what was found. */
function costOf(packs: readonly FoundPack[]): InitCost {
  const classes = packs.flatMap(pack => pack.classes);
  const sum = (of: (each: (typeof classes)[number]) => number) =>
    classes.reduce((total, each) => total + of(each), 0);
  return {
    series: sum(({ entities, signals }) => entities * signals),
    entities: sum(({ entities }) => entities),
    queries: sum(({ signals }) => signals),
    memory:
      processBytes +
      classes.length * classBytes +
      sum(({ entities, signals }) => entities * Math.max(entityBytes, signals * seriesBytes)),
  };
}

/** What would be watched and what that costs, in words. */
export function sayFindings({ packs }: InitFindings, step: number): readonly string[] {
  const { series, entities, queries, memory } = costOf(packs);
  const size = `${sayCount(entities, 'entity', 'entities')}, ${series} series`;
  const every = formatDuration(step);
  return [
    ...packs.flatMap(packLines),
    `${size}: about ${sayValue(memory, 'bytes')} of memory, ${queries} queries every ${every}`,
  ];
}

/** Said of a pack whose samples come more rarely than most. */
function sayRare({ scrapeInterval }: FoundPack): string {
  return scrapeInterval === undefined ? '' : `, a sample every ${formatDuration(scrapeInterval)}`;
}

function packLines(found: FoundPack): string[] {
  const { pack, title, variant, classes, also } = found;
  const named = variant === undefined ? '' : `, named as in its variant ${variant}`;
  return [
    `${pack}: ${title}${named}${sayRare(found)}`,
    ...classes.map(({ name, entities, signals, missing }) => {
      const without = missing.length === 0 ? '' : `, no samples of ${sayList(missing)}`;
      return `  ${name}: ${sayCount(entities, 'entity', 'entities')} of ${signals} signals${without}`;
    }),
    ...also.map(other => `  also named as in ${other.variant ?? 'the pack itself'}, see the config`),
  ];
}

function comment(lines: readonly string[]): string {
  return lines.map(line => `# ${line.replace(/[\r\n]+/g, ' ')}`.trimEnd()).join('\n');
}

/** A config with comments that watches what was found; what is optional stands there as a comment. */
export function initConfig(findings: InitFindings, step: number): string {
  const { url, access, alertmanager, scrape, packs } = findings;
  const parts = [
    comment([`What foreshock watches, as found at ${url}.`, ...sayFindings(findings, step)]),
    [
      ...intervalComment[scrape.from],
      stringify({
        global: { scrape_interval: formatDuration(scrape.interval), step: formatDuration(step) },
        prometheus: { url, ...access },
      }).trimEnd(),
    ].join('\n'),
    alertmanager === undefined
      ? comment([
          'No Alertmanager is known to this Prometheus. Where should alerts go?',
          'alertmanager: {url: http://127.0.0.1:9093}',
        ])
      : stringify({ alertmanager: { url: alertmanager } }).trimEnd(),
    `packs:\n${packs.map(packItem).join('\n')}`,
    optional,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** A source that has no targets of its own (Thanos, Mimir, VictoriaMetrics) does not tell how often they are scraped. */
const intervalComment = {
  told: [],
  measured: ['# This source does not tell its scrape interval: it is counted from the samples of `up`.'],
  assumed: ['# This source does not tell its scrape interval, and has no samples of `up`: write yours.'],
};

/** A config lists a pack once: a second way of naming is told, not written. */
function alsoNamed({ pack, also }: FoundPack): string[] {
  return also.map(({ variant, params, classes }) => {
    const entities = sayCount(classes[0]?.entities ?? 0, 'entity', 'entities');
    const copy = `a pack is listed once; add \`file:\` with a copy of packs/${pack}.yaml under another name`;
    const how = Object.keys(params).length === 0 ? '' : ` and with the params ${JSON.stringify(params)}`;
    return `Also there, named as in ${variant === undefined ? 'the pack itself' : `its variant ${variant}`}: ${entities}; ${copy}${how}.`;
  });
}

function packItem(found: FoundPack): string {
  const { pack, title, params, scrapeInterval, classes } = found;
  const names = classes.map(({ name, entities }) => `${name.split('/')[1]} (${entities})`);
  const own = {
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(scrapeInterval === undefined ? {} : { scrape_interval: formatDuration(scrapeInterval) }),
  };
  const item = Object.keys(own).length === 0 ? pack : { pack, ...own };
  const written = stringify([item], { lineWidth: 0 }).trimEnd().replaceAll('\n', '\n  ');
  const about = comment([`${title}: ${names.join(', ')}${sayRare(found)}`, ...alsoNamed(found)]).replaceAll(
    '\n',
    '\n  ',
  );
  return `  ${about}\n  ${written}`;
}

const optional = comment([
  'How sensitive: the share of normal samples that may be marked, and the false pages that you accept.',
  'detection: {fpr: 0.01, budget: 2 per service per 1w}',
  '',
  'Logs become signals, too: add the packs logs and security_events.',
  'logs:',
  '  - {name: app, file_tail: {paths: [/var/log/app/*.log]}}',
  '',
  'When disks and the like are full is forecast once a day; the report comes on Mondays.',
  'report: {time_zone: Europe/Berlin, folder: ./reports}',
  '',
  'Where state is kept, and where the page is.',
  'storage: {path: ./foreshock-data}',
  'web: {listen: 127.0.0.1:9477}',
]);
