import { affected } from '../alerts/incident-alert.ts';
import type { Incident, Suspect } from '../core/incident.ts';
import { sayCount, sayEntity, sayList, saySignal } from '../core/say-name.ts';
import { saySpan, sayTime } from '../core/say-time.ts';

/** How the words are painted: picocolors, or nothing at all where the output is no terminal. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
}

/** What an engineer wants to know beside the incident itself. */
export interface StoryContext {
  readonly alertsIn: number;
  readonly notificationsOut: number;
  readonly dashboard: string | undefined;
  readonly page: string | undefined;
}

function suspectLines(incident: Incident, paint: Paint): string[] {
  const [first, ...others] = incident.suspects;
  if (first === undefined) return [`  ${paint.bold('Cause')}      not enough evidence to name one`];
  const named = ({ entity, signal }: Suspect) => `${sayEntity(entity)} (${saySignal(signal)})`;
  const lines = [
    `  ${paint.bold('Suspect')}    ${paint.red(sayEntity(first.entity))} - ${saySignal(first.signal)} (score ${first.score.toFixed(2)})`,
  ];
  for (const evidence of first.evidence) lines.push(`             - ${evidence}`);
  if (others.length > 0) lines.push(paint.dim(`             then ${sayList(others.map(named), 3)}`));
  return lines;
}

/** One incident as an engineer reads it in a terminal: when, what, who is suspected and why, how much noise it replaced. */
export function tellIncident(incident: Incident, context: StoryContext, paint: Paint): string {
  const ended =
    incident.endsAt === undefined
      ? paint.red('still open')
      : paint.green(`over after ${saySpan(incident.endsAt - incident.startsAt)}`);
  const lines = [
    `${paint.bold(`Incident ${incident.id}`)}  began ${sayTime(incident.startsAt)}, ${ended}`,
    `  ${paint.bold('Affected')}   ${sayList(affected(incident), 8)}`,
    ...suspectLines(incident, paint),
    `  ${paint.bold('Noise')}      ${sayCount(context.alertsIn, 'alert')} became ${sayCount(context.notificationsOut, 'notification')}`,
  ];
  if (context.dashboard !== undefined) lines.push(`  ${paint.bold('Dashboard')}  ${context.dashboard}`);
  if (context.page !== undefined) lines.push(`  ${paint.bold('Page')}       ${context.page}`);
  return lines.join('\n');
}
