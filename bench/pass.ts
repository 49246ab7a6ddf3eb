import { Levels } from '../core/levels.ts';
import { signalSchema } from '../core/pack.ts';
import { createRandom } from '../core/random.ts';
import { AbsenceWatch } from '../detectors/absence.ts';
import { RollingTail } from '../detectors/calibrate.ts';
import { Decisions } from '../detectors/decision.ts';
import { fitClassModel } from '../detectors/fit.ts';
import { SeasonalBands } from '../detectors/seasonal-band.ts';

/** One pass of detection (judge and learn) over n entities of 8 signals: CPU, memory, state. Run: `node bench/pass.ts`. */
const width = 8;
const step = 15_000;

function fitted() {
  const random = createRandom(1);
  const signals = Array.from({ length: width }, (_, k) =>
    signalSchema.parse({ name: `signal_${k}`, kind: 'saturation', query: 'bench' }),
  );
  const rows = 2000;
  const frame = {
    entity: { instance: '0' },
    signals: signals.map(s => s.name),
    step,
    t: Float64Array.from({ length: rows }, (_, i) => i * step),
    columns: signals.map(() => Float64Array.from({ length: rows }, () => random() + random() + random())),
  };
  return { model: fitClassModel([frame], { signals, step, seed: 1, fpr: 0.01 }), signals };
}

function measure(entities: number) {
  const { model, signals } = fitted();
  const names = Array.from({ length: entities }, (_, i) => ({ instance: String(i) }));
  const random = createRandom(2);
  const cpu: number[] = [];
  let marked = 0;
  for (let pass = 0; pass < 112; pass++) {
    const values = Float64Array.from({ length: entities * width }, () => random() + random() + random());
    const t = (2000 + pass) * step;
    const batch = { class: { name: 'bench', signals, step }, t, entities: names, values, partial: false };
    const before = process.cpuUsage();
    const { score, flagged } = model.judge(batch);
    model.learn();
    const used = process.cpuUsage(before);
    if (pass > 104) cpu.push((used.user + used.system) / 1e6);
    if (pass > 0 && score.some(s => Number.isNaN(s))) throw new Error(`pass ${pass}: a row has no score`);
    marked += flagged.reduce((a, b) => a + b, 0);
  }
  return {
    series: entities * width,
    'cpu s (least)': Math.min(...cpu).toFixed(3),
    'cpu s (most)': Math.max(...cpu).toFixed(3),
    'rss MiB': Math.round(process.memoryUsage().rss / 2 ** 20),
    'state B a series': Math.round(
      SeasonalBands.bytesPerSeries +
        AbsenceWatch.bytesPerSeries +
        Levels.bytesPerSeries +
        (RollingTail.bytesPerRow + 28 + Decisions.bytes(width).row) / width +
        Decisions.bytes(width).series +
        8 * Math.max(...model.parts.members.map(member => member.fitted.lookback)) +
        8,
    ),
    marked,
  };
}

console.table([measure(1250), measure(12_500)]);
