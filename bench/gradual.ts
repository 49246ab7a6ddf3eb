import { gradualOutlook } from '../forecasters/gradual.ts';
import { afterLook, quietState } from '../forecasters/gradual-watch.ts';
import { anHour, aWeek, faultyCase, type GradualCase, healthyCase, kinds, stepMs } from './gradual-cases.ts';

/**
 * Gradual faults in simulated services: is each told 30 minutes to 4 hours before it meets its limit, and how often is one
 * told that does not come? Run: `node dist/bench/gradual.js [SEED] [SERVICES]`. Seeds below 1000 are for choosing, others for
 * reporting.
 */
const [, , firstSeed = '1000', count = '40'] = process.argv;
const seed = Number(firstSeed);
const services = Number(count);
const lead = { least: anHour / 2, most: 4 * anHour };

/** Samples at which warnings begin in the second week, up to where the limit is met. */
function warnings({ share, crossing }: GradualCase): readonly number[] {
  let state = quietState;
  const begun: number[] = [];
  for (let i = aWeek; i < (crossing ?? share.length); i++) {
    const outlook = gradualOutlook({
      at: i * stepMs,
      step: stepMs,
      share: share.subarray(i - aWeek + 1, i + 1),
    });
    const next = afterLook(state, outlook);
    if (next.warning && !state.warning) begun.push(i);
    state = next;
  }
  return begun;
}

interface Tally {
  faults: number;
  told: number;
  late: number;
  missed: number;
  falsely: number;
  weeks: number;
  readonly leads: number[];
}

const seconds = process.cpuUsage();
const rows = kinds.map(kind => {
  const tally: Tally = { faults: 0, told: 0, late: 0, missed: 0, falsely: 0, weeks: services, leads: [] };
  for (let k = 0; k < services; k++) {
    tally.falsely += warnings(healthyCase(kind, 100_000 * seed + k)).length;
    const faulty = faultyCase(kind, 100_000 * seed + 50_000 + k);
    const { crossing } = faulty;
    if (crossing === undefined || crossing < aWeek + lead.least) continue;
    tally.faults++;
    tally.weeks += (crossing - aWeek) / aWeek;
    const ahead = warnings(faulty).map(at => crossing - at);
    tally.falsely += ahead.filter(each => each > lead.most).length;
    const intime = ahead.filter(each => each >= lead.least && each <= lead.most);
    if (intime.length > 0) tally.told++;
    else if (ahead.some(each => each < lead.least)) tally.late++;
    else tally.missed++;
    tally.leads.push(...intime.slice(0, 1).map(each => each / anHour));
  }
  return { kind, ...tally };
});
const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((all, row) => all + of(row), 0);
const line = (name: string, part: typeof rows) => {
  const faults = part.reduce((all, row) => all + row.faults, 0);
  const leads = part.flatMap(row => row.leads).sort((a, b) => a - b);
  return {
    resource: name,
    faults,
    recall: Number((part.reduce((all, row) => all + row.told, 0) / faults).toFixed(3)),
    late: part.reduce((all, row) => all + row.late, 0),
    missed: part.reduce((all, row) => all + row.missed, 0),
    'hours ahead (median)': Number((leads[leads.length >> 1] ?? 0).toFixed(2)),
    'false a week': Number(part.reduce((all, row) => all + row.falsely / row.weeks, 0).toFixed(3)),
  };
};
// A service has one resource of each kind; it is watched for a week in health and for up to a week until its fault.
console.table([...rows.map(row => line(row.kind, [row])), line('service', rows)]);
console.log(
  `${sum(row => row.faults)} faults, ${(process.cpuUsage(seconds).user / 1e6).toFixed(0)} s of CPU`,
);
