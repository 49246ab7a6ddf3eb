import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { runbookUrl, servedRunbooks } from '../alerts/runbook.ts';
import { parseDuration } from '../core/duration.ts';
import type { Labels } from '../core/labels.ts';
import { sayCount } from '../core/say-name.ts';
import { type BandOptions, bandGroups } from '../rules/band-rules.ts';
import { burnGroups } from '../rules/burn-rates.ts';
import { burnTests } from '../rules/burn-tests.ts';
import { packAlertGroup } from '../rules/pack-alerts.ts';
import { prometheusRules } from '../rules/prometheus-rule.ts';
import { commentText, type RuleGroup, ruleFile } from '../rules/rule-file.ts';
import { bandTests } from '../rules/rule-tests.ts';
import { yamlText } from '../rules/yaml-text.ts';
import { InputError } from './exit.ts';
import { writeText } from './files.ts';
import { usualExits, withHelp } from './help.ts';
import { diffLines } from './line-diff.ts';
import { type Loaded, loadOrExplain } from './load.ts';
import { type RuleInputs, ruleInputs, sourceOf, withinRules } from './rule-inputs.ts';

interface Flags {
  readonly config: string;
  readonly out: string;
  readonly format: string;
  readonly tests?: string;
  readonly source?: string;
  readonly for: string;
  readonly interval: string;
  readonly job: string;
  readonly standby: boolean;
  readonly maxRules: string;
  readonly name: string;
  readonly label: readonly string[];
  readonly dryRun?: true;
  readonly diff?: true;
}

interface Written {
  readonly file: string;
  readonly text: string;
}

const formats = ['prometheus', 'prometheusrule'];

function durationOf(flag: string, text: string, most: string): number {
  try {
    const ms = parseDuration(text);
    if (ms > 0 && ms <= parseDuration(most)) return ms;
  } catch {
    // Told below, with those out of range.
  }
  throw new InputError(`${flag} ${text}: must be a duration above 0 and of at most ${most}`);
}

function checkFlags({ format, tests, out, maxRules, name }: Flags): void {
  if (!formats.includes(format)) throw new InputError(`--format ${format}: there are ${formats.join(', ')}`);
  if (!/^\d+$/.test(maxRules)) throw new InputError(`--max-rules ${maxRules}: must be a whole number`);
  if (!/^[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?$/.test(name))
    throw new InputError(
      `--name ${name}: must be lower case letters, digits, - and ., as Kubernetes wants it`,
    );
  if (tests !== undefined && (format !== 'prometheus' || out === '-'))
    throw new InputError(
      '--tests: promtool tests a file of rules: give --format prometheus and an --out file',
    );
}

/** `--label key=value` of PrometheusRule objects, in the form that Kubernetes takes. */
function labelsOf(given: readonly string[]): Labels {
  const pairs = given.map(text => {
    const [, key, value] = /^((?:[a-z0-9.-]+\/)?[\w.-]{1,63})=([\w.-]{0,63})$/.exec(text) ?? [];
    if (key === undefined || value === undefined)
      throw new InputError(`--label ${text}: must be key=value, as labels of Kubernetes are`);
    return [key, value] as const;
  });
  return Object.fromEntries(pairs);
}

/** Pages lie where the config says; else our own server has them, which is down when bands alert. */
function runbooksOf({ config: { web } }: Loaded) {
  const served = servedRunbooks(web.external_url ?? `http://${web.listen}`);
  const template = web.runbook_url;
  return {
    up: (alert: string): Labels => ({ runbook_url: runbookUrl(template ?? served, alert) }),
    down: (alert: string): Labels =>
      template === undefined
        ? { runbook: `docs/runbooks/${alert}.md` }
        : { runbook_url: runbookUrl(template, alert) },
  };
}

function groupsOf(
  inputs: RuleInputs,
  options: BandOptions,
  runbook: (alert: string) => Labels,
): readonly RuleGroup[] {
  return [
    ...bandGroups(inputs.classes, options),
    ...burnGroups(inputs.objectives, { interval: options.interval, runbook }),
    ...inputs.packs.flatMap(({ pack, alerts }) => packAlertGroup(pack, alerts, runbook) ?? []),
  ];
}

const head = [
  'Made by "foreshock rules build" from the packs and the learned models: do not edit, build anew. See docs/rules.md.',
];

function testsText(
  file: { readonly tests: string; readonly out: string },
  names: readonly string[],
  tests: object,
): string {
  const beside = path.relative(path.dirname(path.resolve(file.tests)), path.resolve(file.out));
  return `${commentText(head)}${yamlText({
    rule_files: [beside],
    evaluation_interval: '1h',
    group_eval_order: names,
    ...tests,
  })}`;
}

/** What is written now; undefined where there is no such file. */
function readHeld(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** What would be done with a file, and with `diff` what differs, line by line; a new file has no lines to compare. */
function sayWritten({ file, text }: Written, diff: boolean | undefined): readonly string[] {
  const held = readHeld(file);
  if (held === undefined) return [`new ${file}`];
  if (held === text) return [`unchanged ${file}`];
  const lines = diff ? [`--- ${file}`, `+++ ${file} (built)`, ...diffLines(held, text)] : [];
  return [`changed ${file}`, ...lines];
}

function build(flags: Flags): void {
  checkFlags(flags);
  const loaded = loadOrExplain(flags.config);
  const found = ruleInputs(loaded, sourceOf(loaded.config, flags.source));
  const inputs = { ...found, ...withinRules(found, Number(flags.maxRules)) };
  const runbooks = runbooksOf(loaded);
  const options: BandOptions = {
    for: durationOf('--for', flags.for, '1h'),
    interval: durationOf('--interval', flags.interval, '4m'),
    standby: flags.standby ? flags.job : undefined,
    runbook: runbooks.down,
  };
  const groups = groupsOf(inputs, options, runbooks.up);
  const { format, out, tests } = flags;
  const objects = { name: flags.name, labels: labelsOf(flags.label) };
  const rules = format === 'prometheus' ? ruleFile(groups, head) : prometheusRules(groups, objects, head);
  const files: Written[] = [{ file: out, text: rules }];
  if (tests !== undefined) {
    const all = [...bandTests(inputs.classes, options), ...burnTests(inputs.objectives, runbooks.up)];
    const names = groups.map(({ name }) => name);
    files.push({ file: tests, text: testsText({ tests, out }, names, { tests: all }) });
  }
  for (const { class: name, reason } of inputs.left) process.stderr.write(`${name}: no bands: ${reason}\n`);
  writeAll(files, flags);
  const count = groups.reduce((sum, group) => sum + group.rules.length, 0);
  process.stderr.write(`${sayCount(count, 'rule')} in ${sayCount(groups.length, 'group')}\n`);
}

function writeAll(files: readonly Written[], { dryRun, diff }: Flags): void {
  if (dryRun || diff)
    for (const each of files) process.stdout.write(`${sayWritten(each, diff).join('\n')}\n`);
  if (!dryRun) for (const { file, text } of files) writeText(file, text);
}

/** `foreshock rules build`: rules for Prometheus, which detect and count budgets also while foreshock is down. */
export function buildCommand(): Command {
  const command = new Command('build')
    .description('write Prometheus rules: learned bands, burn rates of objectives, alerts of the packs')
    .requiredOption('--config <file>', 'config file; the bands come from the models in its store')
    .requiredOption('--out <file>', 'file to write; - is standard output')
    .option('--format <name>', 'prometheus, or prometheusrule for the operator', 'prometheus')
    .option('--tests <file>', 'also write tests of the rules for "promtool test rules"')
    .option('--source <name>', 'the Prometheus that will evaluate them, where the config has several')
    .option('--for <duration>', 'how long a value is outside of its band before it is told', '5m')
    .option('--interval <duration>', 'how often signals are recorded and judged', '1m')
    .option('--job <name>', 'job under which Prometheus scrapes foreshock', 'foreshock')
    .option('--no-standby', 'alerts over bands fire also while foreshock is up')
    .option('--max-rules <n>', 'most rules of bands; classes beyond are left out, and told', '20000')
    .option('--name <name>', 'name of the PrometheusRule', 'foreshock')
    .option('--label <key=value...>', 'label of the PrometheusRule, as the ruleSelector wants it', [])
    .option('--dry-run', 'only say what would be written')
    .option('--diff', 'say which files are new or changed, and what differs line by line')
    .action(build);
  const examples = [
    'rules build --config foreshock.yaml --out rules.yml --tests rules.test.yml',
    'rules build --config foreshock.yaml --out - --format prometheusrule --label release=prometheus',
  ];
  return withHelp(command, { examples, exits: usualExits });
}
