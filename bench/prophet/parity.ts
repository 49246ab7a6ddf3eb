import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { prophetOptions } from '../../forecasters/prophet-options.ts';
import { cpuOf, openExchange } from '../peer.ts';
import { agreement, type CaseForecast, overCases, ownForecast } from './agreement.ts';
import { type ProphetCase, prophetCases } from './series.ts';

/**
 * Ours against Python prophet on simulated series, and its CPU. Run: `node dist/bench/prophet/parity.js [--freeze] [--data FOLDER]`;
 * `--freeze` keeps its forecasts for the tests, `--data` compares on a folder of series instead (history.csv, future.csv each).
 */
const frozen = 'test/forecasters/prophet-forecasts.json';

function readColumns(file: string): { readonly t: Float64Array; readonly y: Float64Array } {
  const text = file.endsWith('.gz') ? gunzipSync(readFileSync(file)).toString() : readFileSync(file, 'utf8');
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.split(','));
  return {
    t: Float64Array.from(rows, ([time]) => Date.parse(time!)),
    y: Float64Array.from(rows, ([, value]) => (value === '' ? Number.NaN : Number(value))),
  };
}

function casesIn(folder: string): readonly ProphetCase[] {
  return readdirSync(folder).map(name => {
    const history = readdirSync(path.join(folder, name)).find(file => file.startsWith('history.csv'))!;
    const { t } = readColumns(path.join(folder, name, 'future.csv'));
    return { name, options: {}, history: readColumns(path.join(folder, name, history)), ahead: { t } };
  });
}

function asText(cases: readonly ProphetCase[]): string {
  const plain = cases.map(({ options, history, ahead }) => {
    const none = { regressors: {}, conditions: {} };
    return {
      options: prophetOptions.parse(options),
      history: { ...none, ...history },
      ahead: { ...none, ...ahead },
    };
  });
  return JSON.stringify(plain, (_, value: unknown) =>
    value instanceof Float64Array ? Array.from(value) : value,
  );
}

interface Reference {
  readonly version: number | string | undefined;
  readonly forecasts: readonly CaseForecast[];
  readonly milliseconds: Float64Array;
}

/** What Python prophet says; undefined where it cannot run. */
function reference(cases: readonly ProphetCase[]): Reference | undefined {
  const exchange = openExchange();
  exchange.writeText('cases.json', asText(cases));
  const said = exchange.run('prophet_forecasts.py');
  if (said === undefined) {
    exchange.close();
    return undefined;
  }
  const all = exchange.read('forecasts');
  const milliseconds = exchange.read('milliseconds');
  exchange.close();
  let from = 0;
  const next = (n: number) => {
    from += n;
    return all.slice(from - n, from);
  };
  const forecasts = cases.map(({ name, ahead }): CaseForecast => {
    const n = ahead.t.length;
    return { name, yhat: next(n), lower: next(n), upper: next(n) };
  });
  return { version: said.version, forecasts, milliseconds };
}

/** Every number to 6 digits, a line a case: small, and a change is seen. */
function freeze(forecasts: readonly CaseForecast[]): void {
  const short = (values: ArrayLike<number>) => Array.from(values, v => Number(v.toPrecision(6)));
  const lines = forecasts.map(({ name, yhat, lower, upper }) =>
    JSON.stringify({ name, yhat: short(yhat), lower: short(lower), upper: short(upper) }),
  );
  writeFileSync(frozen, `[\n${lines.join(',\n')}\n]\n`);
}

const data = process.argv.includes('--data') ? process.argv[process.argv.indexOf('--data') + 1] : undefined;
const cases = data === undefined ? prophetCases() : casesIn(data);
function show({ version, forecasts, milliseconds }: Reference): void {
  const rows = cases.map((one, i) => {
    const ours = cpuOf(3, () => ownForecast(one))[0]!;
    return { ...agreement(ownForecast(one), forecasts[i]!), ours, theirs: milliseconds[i]! };
  });
  console.table(
    rows.map(({ name, off, width, ours, theirs }) => ({
      name,
      'off %': (100 * off).toFixed(3),
      'width ratio': width.toFixed(2),
      'ms ours': ours.toFixed(1),
      'ms prophet': theirs.toFixed(0),
      times: (theirs / ours).toFixed(0),
    })),
  );
  const { median, p90, worst, width } = overCases(rows);
  const total = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  console.log(
    `Python prophet ${version}: off by ${(100 * median).toFixed(3)} % of the mean in the median of ${rows.length} series,`,
  );
  console.log(
    `${(100 * p90).toFixed(3)} % at p90, ${(100 * worst).toFixed(3)} % at worst; widths ${width.toFixed(3)} times its own.`,
  );
  console.log(
    `CPU ${total(row => row.ours).toFixed(0)} ms against ${total(row => row.theirs).toFixed(0)} ms, ${(total(row => row.theirs) / total(row => row.ours)).toFixed(1)} times less.`,
  );
}

const known = reference(cases);
if (known !== undefined && process.argv.includes('--freeze')) freeze(known.forecasts);
if (known !== undefined) show(known);
