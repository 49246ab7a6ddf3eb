import { describe, expect, it } from 'vitest';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { createWindow } from '../../core/window.ts';
import { frameHistory, scoreFrame } from '../../detectors/frame-window.ts';
import { detectors } from '../../detectors/index.ts';

const rows = 1300;
const names = ['traffic', 'errors', 'latency'];
const signals = names.map(name => signalSchema.parse({ name, kind: 'traffic', query: 'x' }));

/** A wave a signal with noise, a jump, samples that are missing one by one and for a while all at once. */
function makeFrame() {
  const random = createRandom(7);
  const columns = names.map((_, k) =>
    Float64Array.from({ length: rows }, (_, i) => {
      const gone = (i >= 500 && i < 540) || random() < 0.05;
      return gone ? Number.NaN : Math.sin(i / 20 + k) + 0.3 * random() + (i > 1000 && k === 1 ? 4 : 0);
    }),
  );
  return {
    entity: {},
    signals: names,
    step: 60_000,
    t: Float64Array.from({ length: rows }, (_, i) => i * 60_000),
    columns,
  };
}

const frame = makeFrame();
const fitted = detectors.map(({ name, make }) => ({
  name,
  detector: make({ signals, step: frame.step, seed: 1 }).fit([frame]),
}));

describe('the scores of a history read at once', () => {
  for (const { name, detector } of fitted) {
    it(`${name}: are to the last bit those of its rows one by one`, () => {
      const window = createWindow(1, names.length, detector.lookback);
      const one = new Float64Array(1);
      const expected = [...frame.t].map((t, i) => {
        const values = Float64Array.from(frame.columns, column => column[i]!);
        window.push({
          class: { name: '', signals, step: frame.step },
          t,
          entities: [],
          values,
          partial: false,
        });
        detector.score(window, one);
        return one[0];
      });
      const scores = scoreFrame(frameHistory(frame), detector);
      expect([...scores]).toEqual(expected);
      const thinned = scoreFrame(frameHistory(frame), detector, 7);
      expect([...thinned]).toEqual(expected.map((s, i) => ((rows - 1 - i) % 7 === 0 ? s : Number.NaN)));
    });
  }

  it('are none for a history without rows', () => {
    const none = { ...frame, t: new Float64Array(0), columns: names.map(() => new Float64Array(0)) };
    expect(scoreFrame(frameHistory(none), fitted[0]!.detector)).toHaveLength(0);
  });
});
