import { Command } from 'commander';
import { runDemo } from '../demo.ts';
import { InputError } from '../exit.ts';
import { usualExits, withHelp } from '../help.ts';

interface Flags {
  readonly speed: string;
  readonly once?: true;
  readonly out: string;
  readonly recording?: string;
  readonly listen: string;
}

async function demo(flags: Flags): Promise<void> {
  const speed = Number(flags.speed);
  if (!(speed > 0)) throw new InputError(`--speed ${flags.speed}: must be a number above 0`);
  await runDemo({
    speed: flags.once ? 0 : speed,
    stay: flags.once !== true,
    out: flags.out,
    recording: flags.recording,
    listen: flags.listen,
  });
}

/** `foreshock demo`: a recorded real incident through the real pipeline, no servers needed. */
export function demoCommand(): Command {
  const command = new Command('demo')
    .description('replay a recorded real incident: no config, no servers needed')
    .option('--speed <times>', 'how many times faster than it happened', '120')
    .option('--once', 'as fast as it goes, and exit when done')
    .option('--out <dir>', 'where dashboards are written', 'foreshock-demo')
    .option('--recording <dir>', 'a recording of your own, or the name of one that comes along')
    .option('--listen <address>', 'where the page is served', '127.0.0.1:9477')
    .action(demo);
  return withHelp(command, {
    examples: ['demo', 'demo --once --recording bad-deploy', 'demo --speed 30 --listen :9477'],
    exits: usualExits,
  });
}
