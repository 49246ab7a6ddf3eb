"""scikit-learn's isolation forest on the arrays that bench/forest.ts wrote; prints CPU milliseconds as JSON."""

import json
import sys
import time

import numpy
import sklearn
from sklearn.ensemble import IsolationForest

folder = sys.argv[1]
train = numpy.fromfile(f"{folder}/train").reshape(-1, 8)
rows = numpy.fromfile(f"{folder}/rows").reshape(-1, 8)


def forest(seed):
    return IsolationForest(n_estimators=100, max_samples=256, random_state=seed, n_jobs=1)


fit, score = [], []
for _ in range(5):
    start = time.process_time()
    model = forest(1).fit(train)
    fitted = time.process_time()
    scores = -model.score_samples(rows)
    fit.append(1000 * (fitted - start))
    score.append(1000 * (time.process_time() - fitted))
scores.tofile(f"{folder}/scores")
(-forest(2).fit(train).score_samples(rows)).tofile(f"{folder}/scores2")
print(json.dumps({"version": sklearn.__version__, "fit": min(fit), "score": min(score), "worst": max(score)}))
