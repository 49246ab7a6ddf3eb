import { scanIndicators } from '../detectors/indicator-scan.ts';
import { IndicatorTable } from '../detectors/indicator-table.ts';
import { createLineMaker } from './log-lines.ts';

/**
 * How many lines a second are looked through for a million indicators, and what these cost in memory. One line in a thousand names
 * one, which must be found. Run: `node dist/bench/indicators.js`.
 */
const most = 1_000_000;
const lines = 200_000;
const now = Date.parse('2026-11-30T12:00:00Z');
const day = 86_400_000;

const hex = (k: number) => k.toString(16).padStart(8, '0').repeat(8);
const kinds = [
  (k: number) => ({
    type: 'ipv4' as const,
    value: `${11 + (k % 200)}.${(k >> 8) % 256}.${(k >> 16) % 256}.${k % 251}`,
  }),
  (k: number) => ({ type: 'domain' as const, value: `host-${k}.example` }),
  (k: number) => ({ type: 'hash' as const, value: hex(k) }),
  (k: number) => ({ type: 'url' as const, value: `http://host-${k}.example/path/${k}` }),
];
const indicatorOf = (k: number) => kinds[k % kinds.length]!(k);

const before = process.memoryUsage();
const table = new IndicatorTable({ most, maxAge: 90 * day, confidence: 50 });
let began = performance.now();
for (let k = 0; k < most; k++)
  table.apply(
    {
      id: `indicator--${k}`,
      modified: now - day,
      revoked: false,
      from: now - day,
      until: undefined,
      confidence: undefined,
      labels: [],
      values: [indicatorOf(k)],
    },
    now,
  );
const filled = performance.now() - began;
const after = process.memoryUsage();
const bytes = after.arrayBuffers - before.arrayBuffers;

const maker = createLineMaker(500, 1, 1000);
const texts = Array.from({ length: lines }, (_, k) => {
  const line = `${maker.line()} from 198.51.100.${k % 256} to shop-${k % 100}.internal.test`;
  return k % 1000 === 0 ? `${line} and ${indicatorOf((k * 7919) % most).value}` : line;
});
const rates: number[] = [];
let hits = 0;
for (let round = 0; round < 7; round++) {
  began = performance.now();
  hits = 0;
  for (const text of texts) {
    let isHit = false;
    scanIndicators(text, {
      prefixes: type => table.prefixes(type),
      found: (type, value) => {
        isHit ||= table.find(type, value, now) !== undefined;
      },
    });
    if (isHit) hits++;
  }
  rates.push(lines / ((performance.now() - began) / 1000));
}
if (hits !== lines / 1000) throw new Error(`${lines / 1000} lines name an indicator, ${hits} were found`);
rates.sort((a, b) => b - a);
const size = texts.reduce((sum, text) => sum + text.length, 0) / lines;
console.log(
  JSON.stringify({
    indicators: table.size,
    fillSeconds: Math.round(filled) / 1000,
    bytesAnIndicator: Math.round(bytes / table.size),
    charactersALine: Math.round(size),
    linesASecond: {
      best: Math.round(rates[0]!),
      median: Math.round(rates[3]!),
      worst: Math.round(rates[6]!),
    },
    hits,
  }),
);
