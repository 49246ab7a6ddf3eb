import { parseArgs } from 'node:util';
import { type Fault, faults } from './faults.ts';

/** What a recording is made of; times in ms. */
export interface Plan {
  readonly fault: Fault;
  readonly normal: number;
  readonly faultFor: number;
  readonly after: number;
  readonly basePort: number;
  /** Where the servers keep their files; a temporary folder when not given. */
  readonly work: string | undefined;
  readonly out: string;
}

const names = faults.map(fault => fault.name).join(', ');

export const usage = `Starts a small real system, breaks it, and records what Prometheus and Alertmanager saw.

  node dist/lab/record.js --fault NAME --out DIR [options]

  --fault NAME       one of ${names}
  --out DIR          where the recording is written
  --normal 46m       how long normal life is recorded before the fault
  --fault-for 5m     how long the fault lasts
  --after 4m         how long the recovery is recorded
  --base-port 21000  the first of 33 ports on 127.0.0.1
  --work DIR         a folder, new or empty, for the files of the servers; kept (default: a temporary one, removed)
  --help             this text`;

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
      normal: { type: 'string', default: '46m' },
      'fault-for': { type: 'string', default: '5m' },
      after: { type: 'string', default: '4m' },
      'base-port': { type: 'string', default: '21000' },
      work: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const fault = faults.find(one => one.name === values.fault);
  if (!fault) throw new Error(`--fault "${values.fault}": expected one of ${names}`);
  if (!values.out) throw new Error('--out DIR is missing');
  return {
    fault,
    normal: duration(values.normal),
    faultFor: duration(values['fault-for']),
    after: duration(values.after),
    basePort: port(values['base-port']),
    work: values.work,
    out: values.out,
  };
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1024 || value > 65_000)
    throw new Error(`--base-port "${text}": expected a whole number from 1024 to 65000`);
  return value;
}
