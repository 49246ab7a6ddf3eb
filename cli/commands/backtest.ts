import { Command } from 'commander';
import { sayCount } from '../../core/say-name.ts';
import { Regret } from '../../correlators/regret.ts';
import { watchRegret } from '../../correlators/regret-watch.ts';
import { createMetrics } from '../../server/metrics.ts';
import { networkOf } from '../backend.ts';
import { InputError } from '../exit.ts';
import { askingExits, withHelp } from '../help.ts';
import { createIncidentBook, type IncidentBook } from '../incident-book.ts';
import { loadOrExplain } from '../load.ts';
import { regretLines } from '../noise-figures.ts';
import { paintFor } from '../paint.ts';
import { createProgress } from '../progress.ts';
import { type ReplayInput, replay } from '../replay.ts';
import { readRuleAlerts } from '../rule-alerts.ts';
import { createSources, identitiesOf } from '../sources.ts';
import { tellIncident } from '../story.ts';
import { parseTimestamp } from '../timestamp.ts';
import { topologySources } from '../topology-sources.ts';
import { train } from '../training.ts';
import { maintenanceOf, type Wired, wire } from '../wire.ts';

interface Flags {
  readonly config: string;
  readonly from: string;
  readonly to: string;
}

interface Counts {
  passes: number;
  anomalies: number;
  alerts: number;
  held: number;
  notifications: number;
  /** Alerts held back, by the rule that did it. */
  readonly heldBy: Map<string, number>;
}

function timeOf(flag: string, text: string): number {
  const t = parseTimestamp(text);
  if (Number.isNaN(t))
    throw new InputError(`${flag} ${text}: not a timestamp; write ISO 8601 or Unix seconds`);
  return t;
}

async function count(wired: Wired, input: ReplayInput, book: IncidentBook, window: number): Promise<Counts> {
  const counts: Counts = { passes: 0, anomalies: 0, alerts: 0, held: 0, notifications: 0, heldBy: new Map() };
  const seen = new Set<string>();
  const hooks = {
    learn: async (watch: Wired['watches'][number]) => {
      await train(watch, input.sources.of(watch.watch).source, {
        window,
        until: input.from - input.step,
        pages: wired.pages,
      });
      process.stderr.write(`learned ${watch.watch.class.name}\n`);
    },
  };
  const progress = createProgress({
    what: 'passes',
    total: Math.floor((input.end - input.from) / input.step) + 1,
    clock: Date.now,
    write: text => void process.stderr.write(text),
    terminal: process.stderr.isTTY === true,
  });
  for await (const pass of replay(wired, input, hooks)) {
    counts.passes++;
    progress.step();
    book.update(pass.incidents);
    for (const alert of pass.alerts) seen.add(`${alert.fingerprint} ${alert.startsAt}`);
    counts.held += pass.suppressed.length;
    for (const { by } of pass.suppressed) counts.heldBy.set(by, (counts.heldBy.get(by) ?? 0) + 1);
    counts.notifications += pass.notifications.length;
  }
  progress.end();
  counts.alerts = seen.size;
  return counts;
}

function tellAll(book: IncidentBook, counts: Counts): void {
  for (const { incident, notificationsIn, notificationsOut } of book.list()) {
    const context = { alertsIn: notificationsIn, notificationsOut, dashboard: undefined, page: undefined };
    process.stdout.write(`${tellIncident(incident, context, paintFor(process.stdout, process.env))}\n\n`);
  }
  process.stdout.write(
    `${counts.passes} passes, ${counts.alerts} alerts (ours and others'), ${counts.held} held back, ${book.list().length} incidents, ${counts.notifications} notifications\n`,
  );
}

/** How much noise was kept from people, on standard error. */
function tellNoise(book: IncidentBook, { alerts, held, heldBy, notifications }: Counts): void {
  const lone = book.list().filter(({ incident }) => incident.members.length === 1).length;
  process.stderr.write(
    `${alerts} alerts in, ${notifications} notifications out, ${held} held back, ${lone} incidents of one alert\n`,
  );
  for (const [by, count] of [...heldBy].sort(([, a], [, b]) => b - a))
    process.stderr.write(`held back ${sayCount(count, 'time')}: ${by}\n`);
}

async function backtest(flags: Flags): Promise<void> {
  const { config, packs } = loadOrExplain(flags.config);
  const { step } = config.global;
  const from = Math.ceil(timeOf('--from', flags.from) / step) * step;
  const end = Math.floor(timeOf('--to', flags.to) / step) * step;
  if (end <= from) throw new InputError(`--to ${flags.to}: must lie after --from ${flags.from}`);
  const sources = createSources(config, createMetrics());
  const topology = topologySources(config, sources.all, packs);
  try {
    const identities = identitiesOf(config);
    const read = identities.map(({ labels }, k) =>
      readRuleAlerts(sources.all[k]!.source, { start: from, end, step, labels }),
    );
    const alerts = (await Promise.all(read)).flat().sort((a, b) => a.at - b.at);
    const { detection, correlation } = config;
    const wired = wire(packs, {
      detection,
      correlation,
      url: `http://${config.web.listen}`,
      maintenance: maintenanceOf(config),
      inhibit: config.inhibit_rules,
      externalLabels: config.global.external_labels,
      sources: identities,
      network: await networkOf(config),
    });
    const book = createIncidentBook(10_000);
    const scrapeInterval = config.global.scrape_interval;
    const input = { sources, packs, from, end, step, scrapeInterval, topology, alerts };
    const regret = new Regret(config.regret);
    const correlate = watchRegret(wired.stages.correlate, regret, () => []);
    const watched = { ...wired, stages: { ...wired.stages, correlate } };
    const counts = await count(watched, input, book, detection.training);
    tellAll(book, counts);
    tellNoise(book, counts);
    // Nobody said anything of the past: what people would have split or found is not known.
    for (const line of regretLines(regret.rules(end))) process.stderr.write(`${line}\n`);
  } finally {
    for (const source of topology) await source.close?.();
    await sources.close();
  }
}

/** `foreshock backtest`: what would have fired, been grouped and been told over past data. */
export function backtestCommand(): Command {
  const command = new Command('backtest')
    .description('what would have fired, been grouped and been told over past data; sends nothing')
    .requiredOption('--config <file>', 'config file')
    .requiredOption('--from <time>', 'start of the past that is lived through again')
    .requiredOption('--to <time>', 'its end')
    .action(backtest);
  return withHelp(command, {
    examples: ['backtest --config foreshock.yaml --from 2026-03-01T00:00:00Z --to 2026-03-02T00:00:00Z'],
    exits: askingExits,
  });
}
