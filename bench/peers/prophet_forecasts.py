"""Python prophet on the series that bench/prophet/parity.ts wrote; prints CPU milliseconds a series as JSON."""

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


def cpu():
    """Of this process and of the optimiser that it starts."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return 1000 * sum(usage.ru_utime + usage.ru_stime for usage in both)


def holidays(options):
    rows = [
        {
            "holiday": holiday["name"],
            "ds": pandas.Timestamp(date),
            "lower_window": -holiday["before"],
            "upper_window": holiday["after"],
            "prior_scale": holiday.get("prior", options["holidayPrior"]),
        }
        for holiday in options["holidays"]
        for date in holiday["dates"]
    ]
    return pandas.DataFrame(rows) if rows else None


def model(options, regressors):
    own = options.get("changepoints")
    made = prophet.Prophet(
        growth=options["growth"],
        changepoints=None if own is None else pandas.to_datetime(own, unit="ms"),
        n_changepoints=options["changepointCount"],
        changepoint_range=options["changepointRange"],
        changepoint_prior_scale=options["changepointPrior"],
        yearly_seasonality=options["yearly"],
        weekly_seasonality=options["weekly"],
        daily_seasonality=options["daily"],
        holidays=holidays(options),
        seasonality_mode=options["seasonMode"],
        seasonality_prior_scale=options["seasonPrior"],
        holidays_prior_scale=options["holidayPrior"],
        holidays_mode=options.get("holidayMode"),
        scaling=options["scaling"],
    )
    for season in options["seasons"]:
        made.add_seasonality(
            season["name"],
            season["period"],
            season["order"],
            prior_scale=season.get("prior"),
            mode=season.get("mode"),
            condition_name=season.get("condition"),
        )
    for name in regressors:
        own = options["regressors"].get(name, {})
        standardize = {"auto": "auto", "yes": True, "no": False}[own.get("standardize", "auto")]
        made.add_regressor(name, prior_scale=own.get("prior"), mode=own.get("mode"), standardize=standardize)
    return made


def frame(times, options):
    columns = {"ds": pandas.to_datetime(times["t"], unit="ms"), **times["regressors"]}
    columns |= {name: numpy.array(on, dtype=bool) for name, on in times["conditions"].items()}
    if options["growth"] == "logistic":
        columns |= {name: times[name] for name in ("cap", "floor") if name in times}
    return pandas.DataFrame(columns)


with open(f"{folder}/cases.json", encoding="utf-8") as file:
    cases = json.load(file)
numpy.random.seed(1)
milliseconds, forecasts = [], []
for i, case in enumerate(cases[:1] + cases):
    options, history = case["options"], case["history"]
    past, ahead = frame(history, options), frame(case["ahead"], options)
    past["y"] = history["y"]
    before = cpu()
    fitted = model(options, history["regressors"]).fit(past)
    forecast = fitted.predict(ahead)
    spent = cpu() - before
    if i > 0:  # the first run warms up
        milliseconds.append(spent)
        forecasts += [forecast[name].to_numpy() for name in ("yhat", "yhat_lower", "yhat_upper")]
numpy.concatenate(forecasts).tofile(f"{folder}/forecasts")
numpy.array(milliseconds).tofile(f"{folder}/milliseconds")
print(json.dumps({"version": prophet.__version__}))
