"""PyTorch's LSTM autoencoder on the windows that bench/lstm.ts wrote, one thread; prints CPU milliseconds as JSON."""

import json
import sys
import time

import numpy
import torch

torch.set_num_threads(1)
torch.manual_seed(1)
folder, steps, width = sys.argv[1], 60, 8
windows = torch.from_numpy(numpy.fromfile(f"{folder}/windows").reshape(-1, steps, width)).float()


class Autoencoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = torch.nn.LSTM(width, 32, batch_first=True)
        self.latent = torch.nn.Linear(32, 16)
        self.decoder = torch.nn.LSTM(16, 32, batch_first=True)
        self.out = torch.nn.Linear(32, width)

    def forward(self, x):
        z = self.latent(self.encoder(x)[1][0][-1])
        return self.out(self.decoder(z.unsqueeze(1).expand(-1, steps, -1))[0])


model = Autoencoder()
adam = torch.optim.Adam(model.parameters(), lr=1e-3)


def cpu(times, work):
    work()
    took = []
    for _ in range(times):
        start = time.process_time()
        work()
        took.append(1000 * (time.process_time() - start))
    return took


def train(batch=windows[:64]):
    adam.zero_grad()
    torch.nn.functional.mse_loss(model(batch), batch).backward()
    adam.step()


def score(batch):
    with torch.inference_mode():
        for part in windows.split(batch):
            ((model(part) - part) ** 2).mean((1, 2))


step = cpu(60, train)
scores = {batch: cpu(8, lambda: score(batch)) for batch in (64, 256, 1024)}
best = min(scores, key=lambda batch: min(scores[batch]))
print(json.dumps({"version": torch.__version__, "step": min(step), "worst": max(step), "score": min(scores[best]), "batch": best}))
