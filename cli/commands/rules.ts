import { Command } from 'commander';
import { sayCount } from '../../core/say-name.ts';
import { alertmanagerYaml } from '../../rules/alertmanager-yaml.ts';
import type { AlertHistory } from '../../rules/history.ts';
import { suggest } from '../../rules/suggest.ts';
import { historyOfFile, historyOfStore, topologyFile } from '../alert-history.ts';
import { InputError } from '../exit.ts';
import { writeText } from '../files.ts';
import { usualExits, withHelp } from '../help.ts';
import { buildCommand } from '../rule-build.ts';
import { heldRuleCommands } from './held-rules.ts';

interface Flags {
  readonly config?: string;
  readonly alerts?: string;
  readonly topology?: string;
  readonly output: string;
}

async function historyOf({ config, alerts, topology }: Flags): Promise<AlertHistory> {
  if (config !== undefined && alerts === undefined) return historyOfStore(config, topology);
  if (config === undefined && alerts !== undefined) return historyOfFile(alerts, topologyFile(topology));
  throw new InputError('the history comes from --config or from --alerts, one of them');
}

async function suggestRules(flags: Flags): Promise<void> {
  const suggestions = suggest(await historyOf(flags));
  writeText(flags.output, alertmanagerYaml(suggestions));
  const { history, inhibition, grouping } = suggestions;
  const found = `${sayCount(inhibition.length, 'inhibit rule')} and ${grouping === undefined ? 'no' : 'a'} group_by`;
  process.stderr.write(`${found} from ${sayCount(history.incidents, 'incident')}\n`);
}

function suggestCommand(): Command {
  const command = new Command('suggest')
    .description('suggest inhibit_rules and group_by for Alertmanager, with their evidence as comments')
    .option('--config <file>', 'config file: from the incidents in its store and the topology as it is now')
    .option('--alerts <file>', 'from one Alertmanager v2 alert a line (JSON), put into incidents')
    .option('--topology <file>', '{"nodes": [{"id"}], "edges": [{"from": caller, "to": callee}]}')
    .option('--output <file>', 'YAML to write; - is standard output', '-')
    .action(suggestRules);
  const examples = [
    'rules suggest --config foreshock.yaml --output suggested.yaml',
    'rules suggest --alerts alerts.jsonl --topology topology.json',
  ];
  return withHelp(command, { examples, exits: usualExits });
}

/** `foreshock rules`: rules for Prometheus and Alertmanager, and what our own rules hold back. */
export function rulesCommand(): Command {
  const rules = new Command('rules')
    .description('rules as code, to be reviewed')
    .addCommand(buildCommand())
    .addCommand(suggestCommand());
  for (const command of heldRuleCommands()) rules.addCommand(command);
  const examples = [
    'rules build --config foreshock.yaml --out rules.yml',
    'rules suggest --config foreshock.yaml',
  ];
  return withHelp(rules, { examples, exits: usualExits });
}
