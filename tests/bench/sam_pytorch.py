#!/usr/bin/env python3
"""Times SAM's image encoders and mask decoder in PyTorch and in sam_bench, alternately, and prints the ratios.

  sam_pytorch.py --bench build/bench/tests/bench/sam_bench [--rounds 3] [--only vit_b|mobile|decoder]

PyTorch runs the arithmetic as the published code writes it (ALGORITHMS.md 8 and 9.4): windows are padded and copied, the decomposed relative
positions are added to every head's attention matrix before its softmax, every prompt of a batch repeats the image. Written from the
description of the networks; weights are drawn. Float32; every number is the fastest of its rounds.
"""
import argparse
import json
import math
import subprocess
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class LayerNorm2d(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        mean = x.mean(1, keepdim=True)
        deviation = ((x - mean) ** 2).mean(1, keepdim=True)
        x = (x - mean) / torch.sqrt(deviation + 1e-6)
        return self.weight[:, None, None] * x + self.bias[:, None, None]


def partitioned(x, window):
    b, h, w, c = x.shape
    down, across = (window - h % window) % window, (window - w % window) % window
    x = F.pad(x, (0, 0, 0, across, 0, down))
    rows, columns = h + down, w + across
    x = x.view(b, rows // window, window, columns // window, window, c).permute(0, 1, 3, 2, 4, 5)
    return x.reshape(-1, window, window, c), rows, columns


def joined(x, window, rows, columns, h, w):
    b = x.shape[0] // (rows * columns // window // window)
    x = x.view(b, rows // window, columns // window, window, window, -1).permute(0, 1, 3, 2, 4, 5)
    return x.reshape(b, rows, columns, -1)[:, :h, :w].contiguous()


class Attention(nn.Module):
    def __init__(self, dim, heads, side):
        super().__init__()
        self.heads, self.qkv, self.proj = heads, nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.rel_pos_h = nn.Parameter(0.02 * torch.randn(2 * side - 1, dim // heads))
        self.rel_pos_w = nn.Parameter(0.02 * torch.randn(2 * side - 1, dim // heads))

    def forward(self, x):
        b, h, w, c = x.shape
        q, k, v = self.qkv(x).reshape(b, h * w, 3, self.heads, -1).permute(2, 0, 3, 1, 4).reshape(3, b * self.heads, h * w, -1).unbind(0)
        attention = (q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)
        grid = torch.arange(h)[:, None] - torch.arange(h)[None, :] + h - 1
        squares = q.reshape(b * self.heads, h, w, -1)
        rows = torch.einsum("bhwc,hkc->bhwk", squares, self.rel_pos_h[grid])
        columns = torch.einsum("bhwc,wkc->bhwk", squares, self.rel_pos_w[grid])
        attention = (attention.view(-1, h, w, h, w) + rows[:, :, :, :, None] + columns[:, :, :, None, :]).view(-1, h * w, h * w)
        x = (attention.softmax(-1) @ v).view(b, self.heads, h, w, -1).permute(0, 2, 3, 1, 4).reshape(b, h, w, -1)
        return self.proj(x)


class Block(nn.Module):
    def __init__(self, dim, heads, window, grid):
        super().__init__()
        self.window, self.norm1, self.norm2 = window, nn.LayerNorm(dim, 1e-6), nn.LayerNorm(dim, 1e-6)
        self.attn = Attention(dim, heads, window or grid)
        self.lin1, self.lin2 = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x):
        y = self.norm1(x)
        if self.window:
            h, w = y.shape[1:3]
            y, rows, columns = partitioned(y, self.window)
            y = joined(self.attn(y), self.window, rows, columns, h, w)
        else:
            y = self.attn(y)
        x = x + y
        return x + self.lin2(F.gelu(self.lin1(self.norm2(x))))


def neck(dim):
    return nn.Sequential(nn.Conv2d(dim, 256, 1, bias=False), LayerNorm2d(256), nn.Conv2d(256, 256, 3, padding=1, bias=False), LayerNorm2d(256))


class VitB(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 768, 16, 16)
        self.positions = nn.Parameter(0.02 * torch.randn(1, 64, 64, 768))
        self.blocks = nn.Sequential(*[Block(768, 12, 0 if i in (2, 5, 8, 11) else 14, 64) for i in range(12)])
        self.neck = neck(768)

    def forward(self, x):
        return self.neck(self.blocks(self.patch(x).permute(0, 2, 3, 1) + self.positions).permute(0, 3, 1, 2))


def conv_norm(i, o, kernel=1, stride=1, groups=1):
    return nn.Sequential(nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(o))


class MobileBlock(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.body = nn.Sequential(conv_norm(dim, 4 * dim), nn.GELU(), conv_norm(4 * dim, 4 * dim, 3, groups=4 * dim), nn.GELU(),
                                  conv_norm(4 * dim, dim))

    def forward(self, x):
        return F.gelu(x + self.body(x))


class WindowBlock(nn.Module):
    def __init__(self, dim, heads, window):
        super().__init__()
        self.heads, self.window, self.scale = heads, window, 32 ** -0.5
        self.norm, self.qkv, self.proj = nn.LayerNorm(dim), nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.biases = nn.Parameter(0.02 * torch.randn(heads, window * window))
        places = [(y, x) for y in range(window) for x in range(window)]
        self.index = torch.tensor([[abs(a[0] - b[0]) * window + abs(a[1] - b[1]) for b in places] for a in places])
        self.local = conv_norm(dim, dim, 3, groups=dim)
        self.norm2, self.fc1, self.fc2 = nn.LayerNorm(dim), nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x):
        b, h, w, c = x.shape
        y, rows, columns = partitioned(x, self.window)
        y = self.norm(y.view(-1, self.window ** 2, c))
        q, k, v = self.qkv(y).view(y.shape[0], y.shape[1], self.heads, -1).permute(0, 2, 1, 3).split(32, -1)
        attention = (q @ k.transpose(-2, -1)) * self.scale + self.biases[:, self.index]
        y = self.proj((attention.softmax(-1) @ v).transpose(1, 2).reshape(y.shape))
        x = x + joined(y.view(-1, self.window, self.window, c), self.window, rows, columns, h, w)
        x = self.local(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Merging(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.body = nn.Sequential(conv_norm(i, o), nn.GELU(), conv_norm(o, o, 3, stride, o), nn.GELU(), conv_norm(o, o))

    def forward(self, x):
        return self.body(x)


class MobileSam(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Sequential(conv_norm(3, 32, 3, 2), nn.GELU(), conv_norm(32, 64, 3, 2))
        self.first = nn.Sequential(MobileBlock(64), MobileBlock(64))
        self.merge = nn.ModuleList([Merging(64, 128, 2), Merging(128, 160, 2), Merging(160, 320, 1)])
        self.stages = nn.ModuleList([nn.Sequential(*[WindowBlock(dim, dim // 32, window) for _ in range(depth)])
                                     for dim, depth, window in ((128, 2, 7), (160, 6, 14), (320, 2, 7))])
        self.neck = neck(320)

    def forward(self, x):
        x = self.first(self.patch(x))
        for merge, stage in zip(self.merge, self.stages):
            x = stage(merge(x).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return self.neck(x)


class CrossAttention(nn.Module):
    def __init__(self, dim, inner):
        super().__init__()
        self.q, self.k, self.v, self.out = nn.Linear(dim, inner), nn.Linear(dim, inner), nn.Linear(dim, inner), nn.Linear(inner, dim)

    def forward(self, q, k, v):
        q, k, v = [layer(x).view(x.shape[0], x.shape[1], 8, -1).transpose(1, 2) for layer, x in ((self.q, q), (self.k, k), (self.v, v))]
        attention = ((q @ k.transpose(-2, -1)) / math.sqrt(q.shape[-1])).softmax(-1)
        x = (attention @ v).transpose(1, 2)
        return self.out(x.reshape(x.shape[0], x.shape[1], -1))


class TwoWay(nn.Module):
    def __init__(self):
        super().__init__()
        self.own, self.to_image, self.to_tokens = CrossAttention(256, 256), CrossAttention(256, 128), CrossAttention(256, 128)
        self.norms = nn.ModuleList([nn.LayerNorm(256) for _ in range(4)])
        self.lin1, self.lin2 = nn.Linear(256, 2048), nn.Linear(2048, 256)

    def forward(self, tokens, image, token_positions, positions, first):
        q = tokens if first else tokens + token_positions
        tokens = self.norms[0](self.own(q, q, tokens) + (0 if first else tokens))
        tokens = self.norms[1](tokens + self.to_image(tokens + token_positions, image + positions, image))
        tokens = self.norms[2](tokens + self.lin2(F.relu(self.lin1(tokens))))
        return tokens, self.norms[3](image + self.to_tokens(image + positions, tokens + token_positions, tokens))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Parameter(0.02 * torch.randn(5, 256))
        self.layers = nn.ModuleList([TwoWay(), TwoWay()])
        self.last, self.norm = CrossAttention(256, 128), nn.LayerNorm(256)
        self.up = nn.Sequential(nn.ConvTranspose2d(256, 64, 2, 2), LayerNorm2d(64), nn.GELU(), nn.ConvTranspose2d(64, 32, 2, 2), nn.GELU())
        self.hyper = nn.ModuleList([self.perceptron(32) for _ in range(4)])
        self.iou = self.perceptron(4)

    @staticmethod
    def perceptron(out):
        return nn.Sequential(nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, out))

    def forward(self, embedding, positions, sparse, dense):
        b = sparse.shape[0]
        tokens = torch.cat([self.tokens.expand(b, -1, -1), sparse], 1)
        image = (torch.repeat_interleave(embedding, b, 0) + dense).flatten(2).transpose(1, 2)
        positions = torch.repeat_interleave(positions, b, 0).flatten(2).transpose(1, 2)
        own = tokens
        for n, layer in enumerate(self.layers):
            tokens, image = layer(tokens, image, own, positions, n == 0)
        tokens = self.norm(tokens + self.last(tokens + own, image + positions, image))
        up = self.up(image.transpose(1, 2).reshape(b, 256, 64, 64))
        vectors = torch.stack([self.hyper[i](tokens[:, 1 + i]) for i in range(4)], 1)
        masks = (vectors @ up.view(b, 32, -1)).view(b, 4, 256, 256)
        return masks[:, :1], self.iou(tokens[:, 0])[:, :1]


def seconds_of(work, repeats=2):
    work()
    begin = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - begin) / repeats


def roundel_seconds(bench, name):
    text = subprocess.run([bench, f"--benchmark_filter=^{name}/", "--benchmark_format=json"], check=True, capture_output=True, text=True).stdout
    entries = json.loads(text)["benchmarks"]
    return min(e["real_time"] for e in entries) / 1000, max(e["peak_MB"] for e in entries)


def pytorch_work(kind):
    torch.manual_seed(1)
    if kind in ("vit_b", "mobile"):
        net = (VitB if kind == "vit_b" else MobileSam)().eval()
        image = torch.randn(1, 3, 1024, 1024)
        return lambda: net(image)
    count = int(kind)
    net = Decoder().eval()
    embedding, positions, sparse = torch.randn(1, 256, 64, 64), torch.randn(1, 256, 64, 64), torch.randn(count, 2, 256)
    dense = torch.randn(1, 256, 1, 1).expand(count, -1, 64, 64)
    return lambda: net(embedding, positions, sparse, dense)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("vit_b", "mobile", "decoder"))
    a = parser.parse_args()
    rows = [("vit_b", "ViT-B encoder", "embed/0"), ("mobile", "MobileSAM encoder", "embed/1"), ("1", "decoder, one box", "decode/1"),
            ("32", "decoder, 32 boxes", "decode/32")]
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads")
    for kind, title, name in rows:
        if a.only and a.only != kind and not (a.only == "decoder" and kind.isdigit()):
            continue
        times, peaks = {"PyTorch float32": [], "Roundel float32": [], "Roundel bfloat16": []}, {}
        for _ in range(a.rounds):
            with torch.inference_mode():
                times["PyTorch float32"].append(seconds_of(pytorch_work(kind)))
            for half, label in enumerate(("Roundel float32", "Roundel bfloat16")):
                seconds, peaks[label] = roundel_seconds(a.bench, f"{name}/{half}")
                times[label].append(seconds)
        reference = min(times["PyTorch float32"])
        for label, values in times.items():
            peak = f"{peaks[label]:7.0f} MB" if label in peaks else ""
            print(f"{title:18s} {label:17s} {min(values):8.3f} s   {min(values) / reference:5.2f} of PyTorch float32   {peak}", flush=True)


if __name__ == "__main__":
    main()
