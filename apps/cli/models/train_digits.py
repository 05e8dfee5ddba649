"""Trains the small classifier that `espalier demo` prunes: digits drawn as strokes, nothing downloaded.

    python -m venv venv && venv/bin/pip install torch==2.13.0 numpy onnx
    venv/bin/python train_digits.py

Writes digits.onnx beside this file. The network has what makes pruning interesting: a residual block, a
depthwise convolution, a concatenation, batch norms. Seeded; about three minutes on one core.
"""

import math
import pathlib

import numpy as np
import torch
from torch import nn

torch.manual_seed(1)
torch.set_num_threads(1)
SIZE = 28

# Strokes of each digit as polylines in a box from (0, 0) to (1, 1), y down; circles as 16-gons.


def arc(cx, cy, rx, ry, start, end, n=16):
    angles = np.linspace(math.radians(start), math.radians(end), n)
    return [(cx + rx * math.cos(a), cy + ry * math.sin(a)) for a in angles]


DIGITS = {
    0: [arc(0.5, 0.5, 0.32, 0.45, 0, 360)],
    1: [[(0.35, 0.25), (0.55, 0.05), (0.55, 0.95)]],
    2: [arc(0.5, 0.3, 0.3, 0.25, 180, 360) + [(0.8, 0.35), (0.2, 0.95), (0.82, 0.95)]],
    3: [arc(0.45, 0.28, 0.3, 0.23, 200, 450), arc(0.45, 0.72, 0.33, 0.23, 270, 520)],
    4: [[(0.65, 0.95), (0.65, 0.05), (0.18, 0.65), (0.85, 0.65)]],
    5: [[(0.78, 0.05), (0.28, 0.05), (0.25, 0.45)] + arc(0.48, 0.67, 0.3, 0.27, 230, 500)],
    6: [[(0.7, 0.05), (0.3, 0.5)] + arc(0.5, 0.68, 0.28, 0.26, 200, 560)],
    7: [[(0.18, 0.06), (0.82, 0.06), (0.42, 0.95)]],
    8: [arc(0.5, 0.28, 0.25, 0.22, 0, 360), arc(0.5, 0.73, 0.3, 0.23, 0, 360)],
    9: [arc(0.5, 0.32, 0.28, 0.26, -20, 340) + [(0.76, 0.35), (0.68, 0.95)]],
}


def draw(digit, rng):
    """One 28 x 28 image in [0, 1]: strokes under a random affine map, soft pen, noise."""
    angle, shear = rng.normal(0, 0.18), rng.normal(0, 0.15)
    sx, sy = rng.uniform(13, 19), rng.uniform(15, 21)
    tx, ty = rng.normal(14, 1.6), rng.normal(14, 1.6)
    c, s = math.cos(angle), math.sin(angle)
    pen = rng.uniform(0.7, 1.5)
    yy, xx = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    distance = np.full((SIZE, SIZE), 1e3, np.float32)
    for stroke in DIGITS[digit]:
        points = [(x - 0.5 + rng.normal(0, 0.015), y - 0.5 + rng.normal(0, 0.015)) for x, y in stroke]
        points = [(sx * (c * x - s * y + shear * y) + tx, sy * (s * x + c * y) + ty) for x, y in points]
        for (x0, y0), (x1, y1) in zip(points, points[1:]):
            dx, dy = x1 - x0, y1 - y0
            t = np.clip(((xx - x0) * dx + (yy - y0) * dy) / max(dx * dx + dy * dy, 1e-6), 0, 1)
            distance = np.minimum(distance, np.hypot(xx - x0 - t * dx, yy - y0 - t * dy))
    image = np.clip(1.2 - distance / pen, 0, 1) + rng.normal(0, 0.08, (SIZE, SIZE))
    return np.clip(image, 0, 1).astype(np.float32)


def dataset(count, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, count)
    return torch.from_numpy(np.stack([draw(int(d), rng) for d in labels])[:, None]), torch.from_numpy(labels)


def conv(inputs, outputs, kernel=3, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    )


class Digits(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = conv(1, 24)
        self.inner = nn.Sequential(conv(24, 32), nn.ReLU(), conv(32, 24))
        self.down = conv(24, 48, stride=2)
        self.depthwise = nn.Sequential(conv(48, 48, groups=48), nn.ReLU(), conv(48, 32, kernel=1))
        self.pointwise = conv(48, 32, kernel=1)
        self.last = conv(64, 64, stride=2)
        self.hidden = nn.Linear(64, 48)
        self.head = nn.Linear(48, 10)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        x = torch.relu(x + self.inner(x))
        x = torch.relu(self.down(x))
        x = torch.relu(torch.cat([self.depthwise(x), self.pointwise(x)], 1))
        x = torch.relu(self.last(x)).mean((2, 3))
        return self.head(torch.relu(self.hidden(x)))


def main():
    images, labels = dataset(12000, 1)
    test_images, test_labels = dataset(2000, 2)
    model = Digits()
    epochs, batch = 6, 64
    optimiser = torch.optim.AdamW(model.parameters(), 2e-3, weight_decay=1e-3)
    steps = epochs * (len(images) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    for epoch in range(epochs):
        model.train()
        order = torch.randperm(len(images))
        for i in range(0, len(order) - batch + 1, batch):
            pick = order[i : i + batch]
            loss = nn.functional.cross_entropy(model(images[pick]), labels[pick], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        model.eval()
        with torch.no_grad():
            right = (model(test_images).argmax(1) == test_labels).float().mean().item()
        print(f"epoch {epoch + 1}: test accuracy {right:.4f}", flush=True)
    here = pathlib.Path(__file__).parent
    torch.onnx.export(
        model,
        torch.zeros(1, 1, SIZE, SIZE),
        here / "digits.onnx",
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}},
        opset_version=17,
        dynamo=False,
        do_constant_folding=False,
        training=torch.onnx.TrainingMode.PRESERVE,
    )


if __name__ == "__main__":
    main()
