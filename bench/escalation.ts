import { parseDeskLog, readLog } from '../cli/history-csv.ts';
import { deskOutcomes, predictionTasks } from '../cli/prediction-tasks.ts';
import { fateOf, knownEvents } from '../correlators/escalation-case.ts';
import { type Answer, figuresOf } from './odds-figures.ts';

/**
 * How good the odds of escalation are on a service-desk log: learned until each of the given days, asked for the week
 * after it (the last one: for all that follows). Run: `node dist/bench/escalation.js LOG DAY...`.
 */
const [, , file = '', ...days] = process.argv;
const week = 7 * 86_400_000;
const after = 4 * 3_600_000;

const { cases } = parseDeskLog(readLog(file), { file, bad: 'stop' });
const rows = deskOutcomes.flatMap(outcome =>
  days.map((name, k) => {
    const task = predictionTasks.find(each => each.name === outcome.name)!;
    const from = Date.parse(name);
    const until = k === days.length - 1 ? Number.POSITIVE_INFINITY : from + week;
    const before = process.cpuUsage();
    const predictions = task.answer(cases, { from, until, after, seed: 1 });
    const cpu = process.cpuUsage(before).user / 1e6;
    const byId = new Map(predictions.map(one => [one.incident, one]));
    const answers = cases.flatMap((one): Answer[] => {
      const prediction = byId.get(one.id);
      if (prediction === undefined) return [];
      const early = fateOf(knownEvents(one, prediction.at), outcome).known === 'reached';
      if (early && task.name !== 'sla_missed') return [];
      return [{ p: prediction.p, y: fateOf(one.events, outcome).known === 'reached' ? 1 : 0 }];
    });
    return { task: task.name, from: name, ...figuresOf(answers), 'CPU s': Number(cpu.toFixed(1)) };
  }),
);
console.table(rows);
