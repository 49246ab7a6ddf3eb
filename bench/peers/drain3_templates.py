"""Drain3 on the messages that bench/templates.ts wrote, one general setting; prints lines per CPU second as JSON."""

import importlib.metadata
import json
import sys
import time

from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.template_miner_config import TemplateMinerConfig

folder = sys.argv[1]


def read(name):
    with open(f"{folder}/{name}.json", encoding="utf-8") as file:
        return json.load(file)


start, end = r"((?<=[^A-Za-z0-9])|^)", r"((?=[^A-Za-z0-9])|$)"
masks = [
    MaskingInstruction(start + form + end, name)
    for form, name in (
        (r"([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12})", "UUID"),
        (r"(([0-9a-f]{2,}:){3,}[0-9a-f]{2,})", "ID"),
        (r"(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(:\d+)?)", "IP"),
        (r"((/[\w.-]+)+)", "PATH"),
        (r"([0-9a-f]{6,} ?){3,}", "SEQ"),
        (r"(0x[a-f0-9A-F]+)", "HEX"),
        (r"([\-\+]?\d+)", "NUM"),
    )
]


def rate(sources, instructions):
    config = TemplateMinerConfig()
    config.masking_instructions = instructions
    config.profiling_enabled = False
    templates = 0
    start = time.process_time()
    for texts in sources:
        miner = TemplateMiner(config=config)
        for text in texts:
            miner.add_log_message(text)
        templates += len(miner.drain.clusters)
    return sum(map(len, sources)) / (time.process_time() - start), templates


answer = {"version": importlib.metadata.version("drain3")}
for of in ("lines", "messages"):
    for how, instructions in (("masked", masks), ("plain", [])):
        best = max(rate(read(of), instructions) for _ in range(2))
        answer[f"{of}_{how}"], answer[f"{of}_{how}_templates"] = best
print(json.dumps(answer))
