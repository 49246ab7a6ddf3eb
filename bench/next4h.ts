import { parseDeskLog, readLog } from '../cli/history-csv.ts';
import { deskOdds } from '../cli/odds-of-desk.ts';
import { parseTimestamp } from '../cli/timestamp.ts';
import type { Case } from '../correlators/escalation-case.ts';
import { countBefore, hour, hourOfWeek } from '../forecasters/incident-odds-past.ts';
import { type Answer, figuresOf } from './odds-figures.ts';

/*
 * node dist/bench/next4h.js LOG TIME [0|1]: many questions to one service-desk log. For each value of a column with enough openings the
 * question is whether one with that value is opened within four hours, learned until TIME. Values are of two halves, by a hash of
 * their names: what is chosen is chosen on half 0, half 1 (the default) is reported.
 */

const asked = ['assignment_group', 'category', 'subcategory', 'location', 'opened_by', 'u_symptom'];
const enough = { least: 90, most: 600 };
const ahead = 4 * hour;

interface Question {
  readonly column: string;
  readonly value: string;
}

const fieldOf = (one: Case, column: string) => String(one.events[0]!.fields[column] ?? '');

/** 0 or 1, the same in every run. */
function halfOf({ column, value }: Question): number {
  let sum = 7;
  for (const letter of `${column}=${value}`) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return sum % 2;
}

function questionsOf(cases: readonly Case[], from: number): readonly Question[] {
  return asked.flatMap(column => {
    const counts = new Map<string, number>();
    for (const one of cases.filter(({ openedAt }) => openedAt < from))
      counts.set(fieldOf(one, column), (counts.get(fieldOf(one, column)) ?? 0) + 1);
    const many = [...counts].filter(([value, n]) => value !== '' && n >= enough.least && n <= enough.most);
    return many.map(([value]) => ({ column, value }));
  });
}

/** The same log in which those that are asked about are the severe ones. */
function recast(cases: readonly Case[], { column, value }: Question): readonly Case[] {
  return cases.map(one => {
    const priority = fieldOf(one, column) === value ? 1 : 4;
    return { ...one, events: one.events.map(({ t, fields }) => ({ t, fields: { ...fields, priority } })) };
  });
}

/** The share of weeks before `from` in which one came, by hour of the week; the mean where there was none. */
function climatologyOf(begun: Float64Array, first: number, from: number): Float64Array {
  const came = new Float64Array(168);
  const rows = new Float64Array(168);
  for (let t = Math.ceil(first / hour) * hour; t + ahead <= from; t += hour) {
    came[hourOfWeek(t)]! += countBefore(begun, t + ahead) > countBefore(begun, t) ? 1 : 0;
    rows[hourOfWeek(t)]! += 1;
  }
  const mean = came.reduce((sum, n) => sum + n, 0) / rows.reduce((sum, n) => sum + n, 0);
  return came.map((n, how) => (rows[how]! > 0 ? n / rows[how]! : mean));
}

interface Figures {
  readonly auc: number;
  readonly usualAuc: number;
  readonly skill: number;
  readonly abstained: number;
}

function ask(cases: readonly Case[], question: Question, from: number): Figures | undefined {
  const log = recast(cases, question);
  const begun = Float64Array.from(
    log.filter(one => one.events[0]!.fields.priority === 1).map(({ openedAt }) => openedAt),
  ).sort();
  const first = Math.min(...cases.map(({ openedAt }) => openedAt));
  const usual = climatologyOf(begun, first, from);
  const answers = deskOdds(log, { from, until: Number.POSITIVE_INFINITY, seed: 1 });
  const told = answers.filter(({ p }) => p !== undefined);
  const came = (at: number): 0 | 1 => (countBefore(begun, at + ahead) > countBefore(begun, at) ? 1 : 0);
  const ours: Answer[] = told.map(({ at, p }) => ({ p, y: came(at) }));
  if (new Set(ours.map(({ y }) => y)).size < 2) return undefined;
  const theirs = told.map(({ at }) => ({ p: usual[hourOfWeek(at)]!, y: came(at) }));
  const [a, b] = [figuresOf(ours), figuresOf(theirs)];
  return {
    auc: a.AUC!,
    usualAuc: b.AUC!,
    skill: 1 - a.Brier! / b.Brier!,
    abstained: 1 - told.length / answers.length,
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function say(name: string, all: readonly Figures[]): void {
  const of = (figure: keyof Figures) => mean(all.map(each => each[figure])).toFixed(3);
  const words = `AUC ${of('auc')} (the hour of the week ${of('usualAuc')}), skill over it ${of('skill')}`;
  process.stdout.write(`${name}: ${all.length} questions, ${words}, abstained ${of('abstained')}\n`);
}

const [file = '', time = '', half = '1'] = process.argv.slice(2);
const from = parseTimestamp(time);
if (file === '' || Number.isNaN(from)) throw new Error(`next4h ${file} ${time}: name a log and a time`);
const { cases } = parseDeskLog(readLog(file), { file, bad: 'stop' });
const questions = questionsOf(cases, from).filter(question => halfOf(question) === Number(half));
const figures = questions.flatMap(question => ask(cases, question, from) ?? []);
say('all', figures);
say(
  'hour of the week below .8',
  figures.filter(({ usualAuc }) => usualAuc < 0.8),
);
