import { userInfo } from 'node:os';
import { Command } from 'commander';
import type { FeedbackRequest } from '../../server/feedback.ts';
import { askedOf, daemonUrlOption } from '../asked.ts';
import { InputError } from '../exit.ts';
import { type FeedbackAccess, openFeedback, viewSchema } from '../feedback-access.ts';
import { usualExits, withHelp } from '../help.ts';
import { incidentLines, incidentText } from '../incident-text.ts';
import { loadOrExplain } from '../load.ts';

interface Flags {
  readonly config: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly url?: string;
}

interface ReadFlags extends Flags {
  readonly json?: true;
}

interface SayFlags extends Flags {
  readonly by?: string;
  readonly text?: string;
}

interface SplitFlags extends SayFlags {
  readonly alerts: readonly string[];
}

async function withAccess(flags: Flags, body: (access: FeedbackAccess) => Promise<void>): Promise<void> {
  const access = openFeedback(loadOrExplain(flags.config), askedOf(flags));
  try {
    await body(access);
  } finally {
    await access.close();
  }
}

const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

function list(flags: ReadFlags): Promise<void> {
  return withAccess(flags, async access => {
    const views = await access.list();
    if (flags.json) print(views);
    else process.stdout.write(incidentLines(views.map(view => viewSchema.parse(view))));
    if (views.length === 0) process.stderr.write('there was no incident yet\n');
  });
}

function show(id: string, flags: ReadFlags): Promise<void> {
  return withAccess(flags, async access => {
    const view = await access.show(id);
    if (flags.json) print(view);
    else process.stdout.write(incidentText(viewSchema.parse(view)));
  });
}

/** Who says it: the name given, else the user who is logged in at the daemon, else the one at this machine. */
function byOf({ by, user }: SayFlags): { readonly by?: string } {
  if (by !== undefined) return { by };
  return user === undefined ? { by: userInfo().username } : {};
}

async function say(access: FeedbackAccess, request: FeedbackRequest, done: string): Promise<void> {
  const incident = await access.give(request);
  process.stdout.write(`${done.replace('%', incident)}\n`);
}

function remark(kind: 'ack' | 'confirm' | 'reject' | 'note', done: string) {
  return (id: string, flags: SayFlags): Promise<void> =>
    withAccess(flags, access => {
      const text = flags.text === undefined ? {} : { text: flags.text };
      return say(access, { kind, incident: id, body: { ...byOf(flags), ...text } }, done);
    });
}

function merge(ids: readonly string[], flags: SayFlags): Promise<void> {
  return withAccess(flags, access =>
    say(access, { kind: 'merge', body: { ids, ...byOf(flags) } }, 'they are one incident: %'),
  );
}

/** Fingerprints as given; a number stands for the alert that `show` gives it. */
async function fingerprints(
  access: FeedbackAccess,
  id: string,
  alerts: readonly string[],
): Promise<string[]> {
  if (!alerts.some(each => /^\d+$/.test(each))) return [...alerts];
  const { members } = viewSchema.parse(await access.show(id)).incident;
  return alerts.map(each => {
    const found = /^\d+$/.test(each) ? members[Number(each) - 1]?.alert.fingerprint : each;
    if (found === undefined) throw new InputError(`--alerts ${each}: ${id} has ${members.length} alerts`);
    return found;
  });
}

function split(id: string, flags: SplitFlags): Promise<void> {
  return withAccess(flags, async access => {
    const alerts = await fingerprints(access, id, flags.alerts);
    await say(
      access,
      { kind: 'split', incident: id, body: { alerts, ...byOf(flags) } },
      'they are incident %',
    );
  });
}

const exits = { ...usualExits, 3: 'foreshock runs and does not answer' } as const;

function withAccessFlags(command: Command): Command {
  return command
    .requiredOption('--config <file>', 'config file: foreshock is asked when it runs, else its store')
    .option('--user <name>', 'user of its web config')
    .option('--password-file <file>', 'file with the password of the user')
    .addOption(daemonUrlOption());
}

function reading(command: Command, example: string): Command {
  withAccessFlags(command).option('--json', 'as JSON, as the API answers it');
  return withHelp(command, { examples: [example], exits });
}

function saying(command: Command, example: string): Command {
  withAccessFlags(command).option('--by <name>', 'who says it; you when not given');
  return withHelp(command, { examples: [example], exits });
}

const textFlag = ['--text <text>', 'what there is to say of it'] as const;

function remarkCommands(): readonly Command[] {
  const make = (name: string, about: string) => new Command(name).argument('<id>').description(about);
  return [
    make('ack', 'somebody has it: rises of its severity below critical are not told any more')
      .option(...textFlag)
      .action(remark('ack', 'incident % is acknowledged')),
    make('confirm', 'it was real: it is no false page of the budget')
      .option(...textFlag)
      .action(remark('confirm', 'incident % is confirmed')),
    make('reject', 'it was a false page: the measured budget counts it as one')
      .option(...textFlag)
      .action(remark('reject', 'incident % is rejected')),
    make('note', 'keep a note with it')
      .requiredOption(...textFlag)
      .action(remark('note', 'the note is kept with incident %')),
  ].map(command =>
    saying(
      command,
      `incident ${command.name()} 20261124T072045-1 --config foreshock.yaml${command.name() === 'note' ? ' --text "rolled back"' : ''}`,
    ),
  );
}

/** `foreshock incident ...`: what there is, and what people say of it. */
export function incidentCommand(): Command {
  const incident = new Command('incident').description('incidents, and what people say of them');
  const first = 'incident show 20261124T072045-1 --config foreshock.yaml';
  incident
    .addCommand(
      reading(
        new Command('list').description('all incidents, open ones first').action(list),
        'incident list --config foreshock.yaml',
      ),
    )
    .addCommand(
      reading(
        new Command('show')
          .argument('<id>')
          .description('one incident, with what was said of it')
          .action(show),
        first,
      ),
    );
  for (const command of remarkCommands()) incident.addCommand(command);
  const merges = new Command('merge')
    .argument('<ids...>')
    .description('two incidents or more are one: they are shown under the id of the oldest')
    .action(merge);
  const splits = new Command('split')
    .argument('<id>')
    .requiredOption('--alerts <alerts...>', 'numbers of alerts as show gives them, or their fingerprints')
    .description('some alerts of an incident are another one: they get an id of their own')
    .action(split);
  incident
    .addCommand(
      saying(merges, 'incident merge 20261124T072045-1 20261124T072230-2 --config foreshock.yaml --by ann'),
    )
    .addCommand(
      saying(splits, 'incident split 20261124T072045-1 --alerts 3 4 --config foreshock.yaml --by ann'),
    );
  return withHelp(incident, { examples: ['incident list --config foreshock.yaml', first], exits });
}
