#!/usr/bin/env python3
"""Compares `roundel decode` with ITK (pip install SimpleITK) on volumes that ITK wrote.

  volumes_itk.py --roundel bin/roundel [--count 200 --seed 1]

Sound files (NIfTI, NRRD, MetaImage; random type, size, dimensions, spacing, orientation, packing) must give ITK's values, spacing,
origin and direction. Then the same files, cut short: for each format, how many either program takes for whole.
Exits with 1 where a sound file differs or Roundel takes a cut one for whole.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import SimpleITK as sitk

SUFFIXES = (".nii", ".nii.gz", ".nrrd", ".mha", ".packed.nrrd", ".packed.mha")
TYPES = (np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32, np.float32, np.float64)


def random_volume(rng):
    kind = TYPES[rng.integers(len(TYPES))]
    size = rng.integers(1, 40, 3 if rng.random() < 0.8 else 2)
    limits = (-1000, 1000) if np.issubdtype(kind, np.floating) else (np.iinfo(kind).min, np.iinfo(kind).max)
    image = sitk.GetImageFromArray(rng.uniform(*limits, size[::-1]).astype(kind))
    image.SetSpacing([float(v) for v in rng.uniform(0.1, 5, len(size))])
    image.SetOrigin([float(v) for v in rng.uniform(-200, 200, len(size))])
    if len(size) == 3:
        turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        image.SetDirection(turn.flatten())
    return image


def decode(roundel, path, out):
    done = subprocess.run([roundel, "decode", path, "--out", out], capture_output=True, text=True)
    if done.returncode != 0:
        return None
    document = json.loads((out / (path.name + ".json")).read_text())
    document["pixels"] = np.fromfile(out / (path.name + ".raw"), document["values"]["type"])
    return document


def difference(image, document):
    """What differs between ITK's image and the decoded one; empty: nothing."""
    if document is None:
        return "refused"
    pixels = sitk.GetArrayViewFromImage(image).flatten()
    geometry, dimensions = document["geometry"], image.GetDimension()
    if not np.array_equal(pixels, document["pixels"]) or document["values"]["type"] != pixels.dtype.name:
        return "values"
    direction = np.array(geometry["direction"]).reshape(3, 3)[:dimensions, :dimensions].flatten()
    for name, mine, theirs in (("spacing", geometry["spacing_mm"][:dimensions], image.GetSpacing()),
                               ("origin", geometry["origin_mm"][:dimensions], image.GetOrigin()),
                               ("direction", direction, image.GetDirection())):
        if not np.allclose(mine, theirs, rtol=1e-4, atol=1e-4):
            return f"{name}: {mine} for {theirs}"
    return ""


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--roundel", required=True)
    arguments.add_argument("--count", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    rng = np.random.default_rng(options.seed)
    same, taken = collections.Counter(), {"ITK": collections.Counter(), "Roundel": collections.Counter()}
    wrong = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for number in range(options.count):
            suffix = SUFFIXES[number % len(SUFFIXES)]
            whole, cut = folder / f"v{number}{suffix}", folder / f"c{number}{suffix}"
            sitk.WriteImage(random_volume(rng), str(whole), ".packed" in suffix)
            found = difference(sitk.ReadImage(str(whole)), decode(options.roundel, whole, folder / "out"))
            same[suffix] += not found
            if found:
                wrong.append(f"{whole.name}: {found}")
            content = whole.read_bytes()
            cut.write_bytes(content[:len(content) - 1 - int(rng.integers(len(content) // 4 + 1))])
            try:
                sitk.ReadImage(str(cut))
                taken["ITK"][suffix] += 1
            except RuntimeError:
                pass
            taken["Roundel"][suffix] += decode(options.roundel, cut, folder / "out") is not None
    print("ITK", sitk.Version_ITKVersionString() if hasattr(sitk, "Version_ITKVersionString") else sitk.Version.ITKVersionString())
    print("format        files  as ITK  cut, taken for whole: ITK  Roundel")
    for index, suffix in enumerate(SUFFIXES):
        files = len(range(index, options.count, len(SUFFIXES)))
        print(f"{suffix:12}  {files:5}  {same[suffix]:6}  {taken['ITK'][suffix]:25}  {taken['Roundel'][suffix]:7}")
    print("\n".join(wrong))
    return 1 if wrong or sum(taken["Roundel"].values()) else 0


if __name__ == "__main__":
    sys.exit(main())
