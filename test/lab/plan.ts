import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { campaignIncidents, campaignSchema, type Spans } from './campaign.ts';
import { faults, parseBlows } from './faults.ts';
import { type Incident, usualName } from './incident.ts';

/** The lab to start, and what it lives through, one after the other. */
export interface Plan {
  readonly incidents: readonly { readonly incident: Incident; readonly out: string }[];
  readonly basePort: number;
  /** Where the servers keep their files; a temporary folder when not given. */
  readonly work: string | undefined;
}

const sayFault = ({ name, victims }: (typeof faults)[number]) => `  ${name.padEnd(18)} ${victims.join(', ')}`;

export const usage = `Starts a small real system, breaks it, and records what Prometheus and Alertmanager saw.

  node dist/lab/record.js --fault NAME --out DIR [options]
  node dist/lab/record.js --campaign FILE --lab N --out DIR [options]

  --fault NAME       a fault of the list below; NAME@VICTIM for another victim than the first, A+B for two at once
  --campaign FILE    a list of incidents that one lab lives through, each with a recording of its own
  --lab 1            the list of the campaign, from 1
  --out DIR          where the recording is written; with a campaign, where the folders of the recordings are made
  --normal 46m       how long normal life is recorded before the fault
  --fault-for 5m     how long the fault lasts
  --after 4m         how long the recovery is recorded
  --base-port 21000  the first of 33 ports on 127.0.0.1
  --work DIR         a folder, new or empty, for the files of the servers; kept (default: a temporary one, removed)
  --help             this text

Faults and whom they can befall:
${faults.map(sayFault).join('\n')}`;

/** `46m`, `90s`, `1m30s` in ms; throws on anything else. */
export function duration(text: string): number {
  const match = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (!match || text === '') throw new Error(`duration "${text}": expected e.g. 46m, 90s or 1m30s`);
  return (Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0)) * 1000;
}

/** Reads the command's arguments; undefined when help is asked for. Throws with what was wrong and what would do. */
export function parsePlan(args: readonly string[]): Plan | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      fault: { type: 'string', default: '' },
      campaign: { type: 'string' },
      lab: { type: 'string', default: '1' },
      normal: { type: 'string', default: '46m' },
      'fault-for': { type: 'string', default: '5m' },
      after: { type: 'string', default: '4m' },
      'base-port': { type: 'string', default: '21000' },
      work: { type: 'string' },
      out: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const spans: Spans = {
    normal: duration(values.normal),
    faultFor: duration(values['fault-for']),
    after: duration(values.after),
  };
  const { fault, campaign, lab, out } = values;
  const incidents =
    campaign === undefined ? single(fault, spans, out) : listed(campaign, lab, { spans, out });
  if (out === '') throw new Error('--out DIR is missing');
  return { incidents, basePort: port(values['base-port']), work: values.work };
}

function single(fault: string, spans: Spans, out: string): Plan['incidents'] {
  const blows = parseBlows(fault);
  return [{ incident: { name: usualName(blows), blows, ...spans }, out }];
}

function listed(
  file: string,
  lab: string,
  to: { readonly spans: Spans; readonly out: string },
): Plan['incidents'] {
  const campaign = campaignSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return campaignIncidents(campaign, Number(lab), to.spans).map(incident => ({
    incident,
    out: path.join(to.out, incident.name),
  }));
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1024 || value > 65_000)
    throw new Error(`--base-port "${text}": expected a whole number from 1024 to 65000`);
  return value;
}
