import { IsolationForest as MlIsolationForest } from 'ml-isolation-forest';
import { createRandom } from '../core/random.ts';
import { growForest } from '../detectors/isolation-tree.ts';
import { scoreTrees } from '../kernels/forest.ts';
import { scoreTreesPlainly } from '../kernels/forest-twin.ts';
import { cpuOf, openExchange } from './peer.ts';
import { rankCorrelation } from './rank-correlation.ts';

/** Isolation forest, 100 trees of 256: fit on 20,000 rows x 8, score 100,000, beside its peers, CPU in the same run. */
const width = 8;
const trained = 20_000;
const scored = 100_000;
/** ml-isolation-forest scores so many rows; its time is scaled up. */
const mlScored = 4000;

/** Rows of eight signals that move together in pairs, one in fifty far out. */
function makeRows(rows: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const normal = () => random() + random() + random() + random() - 2;
  const x = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const far = random() < 0.02 ? 3 : 1;
    for (let k = 0; k < width; k += 2) {
      const common = far * normal();
      x[row * width + k] = common;
      x[row * width + k + 1] = common + 0.3 * normal();
    }
  }
  return x;
}

const nested = (x: Float64Array, rows: number) =>
  Array.from({ length: rows }, (_, row) => [...x.subarray(row * width, (row + 1) * width)]);

const train = makeRows(trained, 1);
const rows = makeRows(scored, 2);
const grow = (seed: number) =>
  growForest(train, trained, { trees: 100, subsample: 256, width, random: createRandom(seed) });
const forest = grow(1);
const own = new Float64Array(scored);
const twin = new Float64Array(scored);
const fit = cpuOf(5, () => void grow(1));
const score = cpuOf(9, () => scoreTrees(forest, rows, own));
const plain = cpuOf(3, () => scoreTreesPlainly(forest, rows, twin));
if (own.some((value, row) => value !== twin[row])) throw new Error('the kernel does not score as its twin');

const ml = new MlIsolationForest({ nEstimators: 100 });
const mlFit = cpuOf(1, () => ml.train(nested(train, trained)));
const mlRows = nested(rows, mlScored);
const mlScore = cpuOf(2, () => void ml.predict(mlRows)).map(ms => (ms * scored) / mlScored);

const exchange = openExchange();
exchange.write('train', train);
exchange.write('rows', rows);
const peer = exchange.run('forest.py');
console.table([
  { forest: 'own kernel', 'fit ms': fit[0], 'score ms': score[0], 'worst ms': score.at(-1) },
  { forest: 'its plain twin', 'fit ms': fit[0], 'score ms': plain[0], 'worst ms': plain.at(-1) },
  { forest: 'ml-isolation-forest', 'fit ms': mlFit[0], 'score ms': mlScore[0], 'worst ms': mlScore.at(-1) },
  ...(peer === undefined
    ? []
    : [
        {
          forest: `scikit-learn ${peer.version}`,
          'fit ms': peer.fit,
          'score ms': peer.score,
          'worst ms': peer.worst,
        },
      ]),
]);
if (peer !== undefined) {
  const other = exchange.read('scores');
  console.table({
    'own / scikit-learn, scoring': score[0]! / Number(peer.score),
    'rank correlation with scikit-learn': rankCorrelation(own, other),
    'of two seeds of scikit-learn': rankCorrelation(other, exchange.read('scores2')),
  });
}
exchange.close();
