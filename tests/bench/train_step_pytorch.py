#!/usr/bin/env python3
"""Times one training step of the paper's U-Net in PyTorch and in train_bench, alternately, and prints the ratio.

  train_step_pytorch.py --bench build/release/.../train_bench [--width 64 --batch 2 --height 384 --columns 224 --rounds 3]

PyTorch runs the step as the published code writes it: contiguous tensors, nn.InstanceNorm2d, nn.LeakyReLU, torch.optim.AdamW, float32;
--half times it under torch.autocast(bfloat16) as well. Every number is the fastest of its rounds.
"""
import argparse
import json
import subprocess
import time

import torch
import torch.nn as nn


def double_conv(i, o):
    return nn.Sequential(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.InstanceNorm2d(o, affine=True), nn.LeakyReLU(0.01),
                         nn.Conv2d(o, o, 3, padding=1, bias=False), nn.InstanceNorm2d(o, affine=True), nn.LeakyReLU(0.01))


class UNet(nn.Module):
    def __init__(self, classes, width):
        super().__init__()
        sizes = [width << n for n in range(5)]
        self.inc = double_conv(1, width)
        self.down = nn.ModuleList(nn.Sequential(nn.MaxPool2d(2), double_conv(sizes[n], sizes[n + 1])) for n in range(4))
        self.up = nn.ModuleList(nn.ConvTranspose2d(sizes[4 - n], sizes[3 - n], 2, 2) for n in range(4))
        self.conv = nn.ModuleList(double_conv(sizes[4 - n], sizes[3 - n]) for n in range(4))
        self.outc = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        skips = [self.inc(x)]
        for down in self.down:
            skips.append(down(skips[-1]))
        x = skips[-1]
        for n in range(4):
            x = self.conv[n](torch.cat([skips[3 - n], self.up[n](x)], 1))
        return self.outc(x)


def pytorch_seconds(a, half, steps=3):
    torch.manual_seed(1)
    net = UNet(17, a.width)
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0)
    loss_of = nn.BCEWithLogitsLoss(pos_weight=torch.full((17, 1, 1), 50.0))
    images = torch.randn(a.batch, 1, a.height, a.columns)
    labels = (torch.rand(a.batch, 17, a.height, a.columns) < 0.02).float()
    total = 0
    for step in range(steps + 1):
        begin = time.perf_counter()
        optimiser.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            logits = net(images)
        loss = loss_of(logits.float(), labels)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        loss.item()
        if step > 0:  # the first step warms up
            total += time.perf_counter() - begin
    return total / steps


def roundel_seconds(a, half):
    name = f"trainingStep/{a.width}/{a.batch}/{a.height}/{a.columns}/{int(half)}/iterations:3/real_time"
    text = subprocess.run([a.bench, f"--benchmark_filter=^{name}$", "--benchmark_format=json"], check=True, capture_output=True, text=True).stdout
    return min(entry["real_time"] for entry in json.loads(text)["benchmarks"]) / 1000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", required=True)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--height", type=int, default=384)
    parser.add_argument("--columns", type=int, default=224)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--half", action="store_true", help="time PyTorch under bfloat16 autocast as well")
    a = parser.parse_args()
    times = {"pytorch float32": [], "roundel float32": [], "roundel bfloat16": []}
    if a.half:
        times["pytorch bfloat16"] = []
    for _ in range(a.rounds):
        times["pytorch float32"].append(pytorch_seconds(a, False))
        times["roundel float32"].append(roundel_seconds(a, False))
        times["roundel bfloat16"].append(roundel_seconds(a, True))
        if a.half:
            times["pytorch bfloat16"].append(pytorch_seconds(a, True))
    reference = min(times["pytorch float32"])
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, width {a.width}, batch {a.batch}, {a.height} x {a.columns}")
    for name, values in times.items():
        print(f"{name:18s} {min(values):8.3f} s a step   {min(values) / reference:5.2f} of PyTorch float32   {a.batch / min(values):6.2f} pictures/s")


if __name__ == "__main__":
    main()
