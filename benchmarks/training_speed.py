"""PyTorch's side of training-speed.mjs: trains one network on one batch; for every number it reads, it runs so many
steps and answers with their milliseconds. Eager mode, as people write it."""

import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, into, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(into, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.grows = into != out
        self.quarter = out // 4

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.grows:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.quarter, self.quarter))
        return F.relu(x + y)


def resnet20():
    layers, width = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
    for stage, out in enumerate((16, 32, 64)):
        for block in range(3):
            layers.append(Block(width, out, 2 if stage > 0 and block == 0 else 1))
            width = out
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.out = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x, mask):
        n, t, d = x.shape
        q, k, v = (part(x).view(n, t, self.heads, -1).transpose(1, 2) for part in (self.q, self.k, self.v))
        scores = q @ k.transpose(2, 3) * (d // self.heads) ** -0.5 + mask
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(n, t, d))


class TextTransformer(nn.Module):
    def __init__(self, vocabulary=1024, length=64, width=64, heads=4, layers=2, classes=2):
        super().__init__()
        self.words, self.places = nn.Embedding(vocabulary, width), nn.Parameter(torch.randn(length, width) * 0.02)
        self.blocks = nn.ModuleList(
            nn.ModuleList(
                [
                    nn.LayerNorm(width),
                    Attention(width, heads),
                    nn.LayerNorm(width),
                    nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)),
                ]
            )
            for _ in range(layers)
        )
        self.norm, self.classifier = nn.LayerNorm(width), nn.Linear(width, classes)

    def forward(self, tokens):
        pad = tokens == 0
        mask = torch.where(pad, -1e9, 0.0)[:, None, None, :]
        x = self.words(tokens) + self.places
        for norm1, attention, norm2, network in self.blocks:
            x = x + attention(norm1(x), mask)
            x = x + network(norm2(x))
        kept = (~pad).float()[:, :, None]
        return self.classifier((self.norm(x) * kept).sum(1) / kept.sum(1).clamp(min=1))


def lenet300100():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 300), nn.ReLU(), nn.Linear(300, 100), nn.ReLU(), nn.Linear(100, 10)
    )


def lenet5():
    return nn.Sequential(
        *[nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2)],
        *[nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10)],
    )


# name: network, input, classes, optimiser
NETWORKS = {
    "lenet-300-100": (lenet300100, (60, 1, 28, 28), 10, "adam"),
    "lenet-5": (lenet5, (64, 1, 28, 28), 10, "sgd"),
    "resnet-20": (resnet20, (128, 3, 32, 32), 10, "sgd"),
    "text-transformer": (TextTransformer, (32, 64), 2, "adam"),
}


def main(name, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    make, shape, classes, method = NETWORKS[name]
    model = make()
    parameters = model.parameters()
    optimiser = (
        torch.optim.Adam(parameters, lr=1e-3)
        if method == "adam"
        else torch.optim.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=1e-4)
    )
    x = torch.randint(1, 1024, shape) if name == "text-transformer" else torch.randn(shape)
    y = torch.arange(shape[0]) % classes
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            optimiser.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimiser.step()
            loss.item()
            times.append(round((time.perf_counter() - start) * 1000, 4))
        print(json.dumps(times), flush=True)


main(sys.argv[1], int(sys.argv[2]))
