#!/usr/bin/env python3
"""Loads a specialist of Roundel into plain PyTorch and segments one picture.

  load_specialist.py model.safetensors picture.png [--out FOLDER]     needs torch, numpy, pillow and safetensors (pip install ...)

`model.safetensors` is a run's checkpoint or what `roundel models export` writes. The picture must be 8 bit and grey, as after the pixel
pipeline (`roundel show --image FILE --out picture.png` writes it). Prints each class's pixels; --out writes one PNG a class, 0 and 255.
docs/CHECKPOINTS.md describes the file.
"""
import argparse
import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image
from safetensors import safe_open


def double_conv(i, o):
    return nn.ModuleDict({"double_conv": nn.Sequential(
        nn.Conv2d(i, o, 3, padding=1, bias=False), nn.InstanceNorm2d(o, affine=True), nn.LeakyReLU(0.01),
        nn.Conv2d(o, o, 3, padding=1, bias=False), nn.InstanceNorm2d(o, affine=True), nn.LeakyReLU(0.01))})


class UNet(nn.Module):
    def __init__(self, classes, width):
        super().__init__()
        self.inc = double_conv(1, width)
        for n in range(1, 5):
            block = nn.Sequential(nn.MaxPool2d(2), double_conv(width << n - 1, width << n))
            setattr(self, f"down{n}", nn.ModuleDict({"maxpool_conv": block}))
            i = width << 5 - n
            setattr(self, f"up{n}", nn.ModuleDict({"up": nn.ConvTranspose2d(i, i // 2, 2, 2), "conv": double_conv(i, i // 2)}))
        self.outc = nn.ModuleDict({"conv": nn.Conv2d(width, classes, 1)})

    def forward(self, x):
        skips = [self.inc["double_conv"](x)]
        for n in range(1, 5):
            pool, conv = getattr(self, f"down{n}")["maxpool_conv"]
            skips.append(conv["double_conv"](pool(skips[-1])))
        x = skips[4]
        for n in range(1, 5):
            up = getattr(self, f"up{n}")
            x = up["conv"]["double_conv"](torch.cat([skips[4 - n], up["up"](x)], 1))
        return self.outc["conv"](x)


def load(path):
    with safe_open(path, "pt") as file:
        header = json.loads(file.metadata()["header"])
        weights = {key: file.get_tensor(key) for key in file.keys()}
    network = UNet(len(header["classes"]), header["options"]["width"])
    network.load_state_dict(weights)
    return network.eval(), header


def probabilities(network, header, picture):
    """picture: [H, W], grey in [0, 1]. Returns [classes, H, W]."""
    image = torch.as_tensor(picture, dtype=torch.float32)[None, None]
    small = F.interpolate(image, (header["height"], header["width"]), mode="bilinear", antialias=True)
    with torch.inference_mode():
        result = torch.sigmoid(network((small - header["mean"]) / header["deviation"]))
    return F.interpolate(result, image.shape[2:], mode="bilinear", antialias=False)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("picture")
    parser.add_argument("--out")
    given = parser.parse_args()
    network, header = load(given.model)
    picture = np.asarray(Image.open(given.picture).convert("L"), np.float32) / 255
    for one, soft in zip(header["classes"], probabilities(network, header, picture)):
        mask = (soft > 0.5).numpy()
        print(f"{one['name']}: {int(mask.sum())} pixels")
        if given.out:
            os.makedirs(given.out, exist_ok=True)
            Image.fromarray(mask.astype(np.uint8) * 255).save(os.path.join(given.out, one["name"] + ".png"))


if __name__ == "__main__":
    main()
