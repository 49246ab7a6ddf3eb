import { userInfo } from 'node:os';
import { Command } from 'commander';
import { z } from 'zod';
import { askedOf, daemonUrlOption } from '../asked.ts';
import { InputError } from '../exit.ts';
import { createDaemonClient, type DaemonClient } from '../feedback-client.ts';
import { usualExits, withHelp } from '../help.ts';
import { type Loaded, loadOrExplain } from '../load.ts';
import { regretLines } from '../noise-figures.ts';
import { storedRegret } from '../stored-regret.ts';

interface Flags {
  readonly config: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly url?: string;
  readonly by?: string;
  readonly json?: true;
}

const rules = z.array(
  z
    .object({ rule: z.string(), held: z.number(), regretted: z.number(), offSince: z.number().optional() })
    .transform(each => ({ ...each, offSince: each.offSince })),
);

async function withClient<T>(
  flags: Flags,
  body: (client: DaemonClient, loaded: Loaded) => Promise<T>,
): Promise<T> {
  const loaded = loadOrExplain(flags.config);
  const client = createDaemonClient(loaded, askedOf(flags));
  try {
    return await body(client, loaded);
  } finally {
    await client.close();
  }
}

async function list(flags: Flags): Promise<void> {
  const all = await withClient(flags, async (client, loaded) => {
    const answer = await client.ask({ path: '/api/v1/suppressions' });
    return answer === undefined ? storedRegret(loaded, desk => desk.rules()) : rules.parse(answer.data);
  });
  const text = flags.json ? JSON.stringify(all, null, 2) : regretLines(all).join('\n');
  process.stdout.write(`${text}\n`);
}

function set(off: boolean) {
  const word = off ? 'off' : 'on';
  return async (rule: string, flags: Flags): Promise<void> => {
    const by = flags.by ?? (flags.user === undefined ? userInfo().username : undefined);
    const body = { rule, ...(by === undefined ? {} : { by }) };
    await withClient(flags, async (client, loaded) => {
      const answer = await client.ask({ path: `/api/v1/suppressions/${word}`, body });
      if (answer !== undefined) return;
      const given = storedRegret(loaded, desk => desk.set({ off, body }));
      if (!given.ok) throw new InputError(given.message);
    });
    process.stdout.write(`${rule} is ${word}\n`);
  };
}

const exits = { ...usualExits, 3: 'foreshock runs and does not answer' } as const;

function make(name: string, about: string): Command {
  return new Command(name)
    .description(about)
    .requiredOption('--config <file>', 'config file: foreshock is asked when it runs, else its store')
    .option('--user <name>', 'user of its web config')
    .option('--password-file <file>', 'file with the password of the user')
    .addOption(daemonUrlOption());
}

/** `foreshock rules held|on|off`: what holds alerts back, how often that was wrong, and its switch. */
export function heldRuleCommands(): readonly Command[] {
  const held = make('held', 'what holds alerts back, how often, and how often that was wrong')
    .option('--json', 'as JSON, as the API answers it')
    .action(list);
  const switches = [false, true].map(off => {
    const about = off
      ? 'let through what a rule would hold back'
      : 'let a rule hold alerts back again: what was wrong before counts no more';
    const command = make(off ? 'off' : 'on', about)
      .argument('<rule>', 'name of the rule, as rules held tells it')
      .option('--by <name>', 'who says it; you when not given')
      .action(set(off));
    const example = `rules ${off ? 'off' : 'on'} "grouping: shares a place" --config foreshock.yaml --by ann`;
    return withHelp(command, { examples: [example], exits });
  });
  return [withHelp(held, { examples: ['rules held --config foreshock.yaml'], exits }), ...switches];
}
