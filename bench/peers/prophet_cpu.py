"""Python prophet, default settings, on the series of bench/forecast.ts; prints CPU milliseconds a series as JSON."""

import json
import logging
import resource
import sys

import numpy
import pandas
import prophet

logging.getLogger("cmdstanpy").disabled = True
logging.getLogger("prophet").setLevel(logging.ERROR)
folder = sys.argv[1]
shape = json.load(open(f"{folder}/shape.json"))
series = numpy.fromfile(f"{folder}/series").reshape(-1, shape["known"])


def cpu():
    """Of this process and of the optimiser that it starts."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return 1000 * sum(usage.ru_utime + usage.ru_stime for usage in both)


def forecast(values):
    model = prophet.Prophet(interval_width=0.8)
    model.fit(pandas.DataFrame({"ds": pandas.date_range("2024-01-01", periods=len(values)), "y": values}))
    return model.predict(model.make_future_dataframe(shape["ahead"], include_history=False))


forecast(series[0])
before = cpu()
for values in series:
    forecast(values)
print(json.dumps({"ms": (cpu() - before) / len(series), "version": prophet.__version__}))
