#!/usr/bin/env python3
"""Trains the digit networks of batch/Reading and writes them as ONNX with their measured rates.

Needs only Debian packages: python3-torch python3-numpy python3-pil fonts-ipaexfont fonts-dejavu fonts-urw-base35.
The seed fixes every random choice. First the cells of whole pages, as the reader prepares them, then the training:

    ./run-local.sh bench cells --writers Training --hand Any --sheets 560 --out training.bin
    ./run-local.sh bench cells --writers Choosing --hand Any --sheets 60 --seed 5 --out choosing.bin
    /usr/bin/python3 batch/Reading/Training/train_digits.py --training training.bin --choosing choosing.bin

In: a 28 x 28 picture as DigitCell.cs makes it: bilevel ink fitted into 20 x 20, anti-aliased, its centre of mass in the
middle, ink 1, paper 0. Out: 11 probabilities, the digits 0 to 9 and "no digit" (struck out, two digits, scribble).

Data: handwritten digits (fixtures/handwriting, MNIST, CC BY-SA 3.0) in two ways: written on synthetic sheets, damaged,
scanned and prepared by the reader itself, and bent here in ways that no sheet has; printed fonts; and shapes drawn here
that are usual in Japan and rare in MNIST: 7 with a hook or a cross, 1 with a flag, open 4, open and closed 9, 0 with a
slash. Blocks of the handwriting file are used as its README says; the last 10,000 digits are never opened here.
"""
import argparse
import gzip
import math
import pathlib
import random

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFont

ROOT = pathlib.Path(__file__).resolve().parents[3]
DATA = ROOT / "fixtures" / "handwriting"
MODELS = ROOT / "batch" / "Reading" / "Models"
OPTDIGITS = pathlib.Path("/usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz")
SEED = 20261128
TRAIN, CHOOSE = slice(0, 42_000), slice(42_000, 50_000)
LEVELS = ["clean", "office", "worn", "bad", "worst"]
NO_DIGIT = 10
# From this probability on the first network is believed alone, as in DigitNetwork.cs; the two change together.
SURE = .99
CANVAS = 56
FONTS = {
    "train": ["opentype/ipaexfont-gothic/ipaexg.ttf", "opentype/ipaexfont-mincho/ipaexm.ttf",
              "truetype/dejavu/DejaVuSans.ttf", "truetype/dejavu/DejaVuSans-Bold.ttf",
              "truetype/dejavu/DejaVuSansMono.ttf", "opentype/urw-base35/NimbusSans-Regular.otf",
              "opentype/urw-base35/NimbusRoman-Regular.otf", "opentype/urw-base35/URWGothic-Book.otf",
              "opentype/urw-base35/NimbusSans-Italic.otf", "opentype/urw-base35/NimbusMonoPS-Regular.otf"],
    "test": ["truetype/dejavu/DejaVuSansCondensed.ttf", "opentype/urw-base35/NimbusSansNarrow-Regular.otf",
             "opentype/urw-base35/C059-Roman.otf"],
}


def handwriting():
    with gzip.open(DATA / "digits-train-images.idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)[:50_000]
    with gzip.open(DATA / "digits-train-labels.idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)[:50_000].astype(np.int64)
    return torch.from_numpy(images.copy()).float() / 255, torch.from_numpy(labels)


def cells(path):
    """What `bench cells` wrote: level, label and picture of each cell; empty cells with something in them are left out."""
    records = np.fromfile(path, np.uint8).reshape(-1, 786)
    records = records[records[:, 1] < NO_DIGIT]
    pictures = torch.from_numpy(records[:, 2:].reshape(-1, 1, 28, 28).copy())
    return torch.from_numpy(records[:, 0].copy()), torch.from_numpy(records[:, 1].astype(np.int64)), pictures


def printed(fonts, copies):
    """Every digit of every font, drawn 20 pixels high in the middle."""
    images, labels = [], []
    for font in fonts:
        face = ImageFont.truetype("/usr/share/fonts/" + font, 112)
        for digit in range(10):
            page = Image.new("L", (224, 224))
            ImageDraw.Draw(page).text((112, 112), str(digit), 255, font=face, anchor="mm")
            images += [np.asarray(page.resize((28, 28), Image.BOX))] * copies
            labels += [digit] * copies
    return torch.from_numpy(np.stack(images)).float() / 255, torch.tensor(labels)


def drawn(rng, count):
    """Digits by strokes, as Japanese hands write them."""
    shapes = {
        0: [[[(.5, .14), (.28, .3), (.26, .66), (.48, .86), (.7, .68), (.72, .32), (.5, .14)], [(.7, .14), (.28, .88)]],
            [[(.52, .15), (.3, .4), (.36, .78), (.56, .84), (.7, .6), (.66, .26), (.48, .15)]]],
        1: [[[(.35, .32), (.52, .15), (.52, .85)]], [[(.5, .12), (.5, .88)]],
            [[(.36, .3), (.52, .15), (.52, .85)], [(.34, .85), (.7, .85)]]],
        7: [[[(.25, .38), (.25, .18), (.75, .18), (.5, .86)]], [[(.25, .36), (.27, .2), (.74, .2), (.6, .5), (.55, .86)]],
            [[(.24, .2), (.76, .2), (.48, .86)], [(.36, .54), (.68, .5)]]],
        4: [[[(.38, .15), (.25, .55), (.78, .55)], [(.62, .3), (.6, .88)]],
            [[(.3, .18), (.28, .55), (.76, .52)], [(.64, .15), (.62, .88)]],
            [[(.58, .12), (.22, .62), (.8, .62)], [(.6, .38), (.6, .9)]]],
        9: [[[(.7, .25), (.5, .15), (.3, .28), (.38, .46), (.6, .44), (.7, .25), (.68, .88)]],
            [[(.7, .2), (.45, .14), (.3, .3), (.42, .48), (.68, .4), (.7, .2), (.62, .6), (.4, .88)]],
            [[(.62, .18), (.38, .2), (.3, .36), (.5, .48), (.68, .34), (.68, .18), (.68, .88)]]],
    }
    images, labels = [], []
    for _ in range(count):
        digit = rng.choice(list(shapes))
        page = Image.new("L", (112, 112))
        draw = ImageDraw.Draw(page)
        width = rng.randint(5, 13)
        for stroke in rng.choice(shapes[digit]):
            points = [(112 * (x + rng.gauss(0, .025)), 112 * (y + rng.gauss(0, .025))) for x, y in stroke]
            draw.line(points, 255, width, joint="curve")
            for x, y in points:
                draw.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], 255)
        images.append(np.asarray(page.resize((28, 28), Image.BOX)))
        labels.append(digit)
    return torch.from_numpy(np.stack(images)).float() / 255, torch.tensor(labels)


def spoil(images, rng):
    """Turns digits into "no digit": struck out, two in one cell, scribble."""
    out = images.clone()
    count = len(images)
    other = images[torch.randperm(count)]
    for i in range(count):
        kind = rng.choice(["struck", "struck", "two", "scribble"])
        if kind == "struck":
            page = Image.fromarray((out[i].numpy() * 255).astype(np.uint8)).resize((112, 112))
            draw = ImageDraw.Draw(page)
            y, slope, gap, width = rng.randint(35, 70), rng.uniform(-20, 20), rng.randint(10, 20), rng.randint(4, 9)
            draw.line([(4, y), (108, y + slope)], 255, width)
            draw.line([(4, y + gap), (108, y + gap + slope)], 255, width)
            out[i] = torch.from_numpy(np.array(page.resize((28, 28), Image.BOX))).float() / 255
        elif kind == "two":
            half = torch.zeros(28, 28)
            half[:, :14] = F.interpolate(out[i][None, None], (28, 14), mode="area")[0, 0]
            half[:, 14:] = F.interpolate(other[i][None, None], (28, 14), mode="area")[0, 0]
            out[i] = half
        else:
            page = Image.new("L", (112, 112))
            points = [(rng.randint(8, 104), rng.randint(8, 104)) for _ in range(rng.randint(6, 14))]
            ImageDraw.Draw(page).line(points, 255, rng.randint(4, 9), joint="curve")
            out[i] = torch.from_numpy(np.array(page.resize((28, 28), Image.BOX))).float() / 255
    return out


def warp(x, strength=1.0):
    """Turn, shear, stretch and a smooth wobble, onto the larger canvas."""
    n = len(x)
    angle = (torch.rand(n) * 2 - 1) * math.radians(12) * strength
    shear = (torch.rand(n) * 2 - 1) * 0.25 * strength
    sx, sy = 1.25 + (torch.rand(n) - .5) * .5 * strength, 1.25 + (torch.rand(n) - .5) * .3 * strength
    zero = torch.zeros(n)
    turn = torch.stack([torch.cos(angle) * sx, -torch.sin(angle) * sy + shear, zero,
                        torch.sin(angle) * sx, torch.cos(angle) * sy, zero], 1).reshape(n, 2, 3)
    grid = F.affine_grid(turn, (n, 1, CANVAS, CANVAS), align_corners=False)
    wobble = F.interpolate(torch.randn(n, 2, 5, 5) * .035 * strength, (CANVAS, CANVAS), mode="bicubic", align_corners=True)
    return F.grid_sample(x[:, None], grid + wobble.permute(0, 2, 3, 1), align_corners=False)[:, 0]


def scan(x, strength=1.0):
    """What scanner and binarisation do: blur, a threshold that thins or thickens, ragged edges, specks."""
    n = len(x)
    blurred = F.avg_pool2d(x[:, None], 3, 1, 1)[:, 0]
    x = torch.where(torch.rand(n, 1, 1) < .6, blurred, x)
    coarse = torch.rand(n, 1, 1) < .3  # about 200 dpi: a third of the sharpness is gone
    x = torch.where(coarse, F.interpolate(F.avg_pool2d(x[:, None], 2), (CANVAS, CANVAS))[:, 0], x)
    # A fine pen, a felt pen: as long as the stroke lives.
    thin, thick = -F.max_pool2d(-x[:, None], 3, 1, 1)[:, 0], F.max_pool2d(x[:, None], 3, 1, 1)[:, 0]
    pen = torch.rand(n, 1, 1)
    lives = (thin > .4).sum((1, 2), keepdim=True) > .25 * (x > .4).sum((1, 2), keepdim=True)
    x = torch.where((pen < .25) & lives, thin, torch.where(pen > .85, thick, x))
    x = x + torch.randn(n, CANVAS, CANVAS) * .06 * strength * torch.rand(n, 1, 1)
    level = .2 + torch.rand(n, 1, 1) * .35
    # A thin stroke may vanish at a high level; then the low level is taken, as a scanner's operator would.
    ink = (x > level).float()
    return torch.where(ink.sum((1, 2), keepdim=True) < 60, (x > .25).float(), ink)


def fit(x):
    """Ink into 20 x 20, centre of mass in the middle: the twin of DigitCell.cs."""
    n = len(x)
    rows, columns = x.amax(2) > .5, x.amax(1) > .5
    index = torch.arange(CANVAS).float()

    def span(hit):
        first = torch.where(hit, index, torch.full_like(index, CANVAS)).amin(1)
        last = torch.where(hit, index, torch.full_like(index, -1)).amax(1)
        return first, torch.clamp(last - first + 1, min=4)

    (top, height), (left, width) = span(rows), span(columns)
    mass = x.sum((1, 2)) + 1e-6
    cy = (x.sum(2) * (index + .5)).sum(1) / mass
    cx = (x.sum(1) * (index + .5)).sum(1) / mass
    scale = torch.maximum(height, width) * 28 / 20 / CANVAS  # share of the canvas that the 28 pixels show
    move_x, move_y = cx / CANVAS * 2 - 1, cy / CANVAS * 2 - 1
    zero = torch.zeros(n)
    theta = torch.stack([scale, zero, move_x, zero, scale, move_y], 1).reshape(n, 2, 3)
    # Sampled three times finer and averaged: area sampling, as resizing in the reader.
    grid = F.affine_grid(theta, (n, 1, 84, 84), align_corners=False)
    return F.avg_pool2d(F.grid_sample(x[:, None], grid, align_corners=False), 3)


def remnants(x):
    """Rests of the box's line: a thin straight piece near an edge, in one of seven pictures."""
    n = len(x)
    for i in torch.nonzero(torch.rand(n) < .14)[:, 0].tolist():
        at, start, length = int(torch.randint(0, 4, ())), int(torch.randint(0, 20, ())), int(torch.randint(4, 28, ()))
        line = torch.zeros(28, 28)
        line[at, start:start + length] = 1
        x[i, 0] = torch.maximum(x[i, 0], torch.rot90(line, int(torch.randint(0, 4, ()))))
    return x


def augment(x, strength=1.0):
    return remnants(fit(scan(warp(x, strength), strength)))


def nudge(x):
    """A cell as the reader prepared it, turned, sheared, shifted and wobbled a little: no picture comes twice."""
    n = len(x)
    turn = torch.eye(2, 3).repeat(n, 1, 1) + torch.randn(n, 2, 3) * torch.tensor([[.05, .06, .03], [.06, .05, .03]])
    wobble = F.interpolate(torch.randn(n, 2, 5, 5) * .025, (28, 28), mode="bicubic", align_corners=True)
    grid = F.affine_grid(turn, (n, 1, 28, 28), align_corners=False) + wobble.permute(0, 2, 3, 1)
    return F.grid_sample(x.float() / 255, grid, align_corners=False)


class Member(torch.nn.Module):
    """Five convolutions, three of them with stride, then one over what is left: as fast everywhere."""

    def __init__(self):
        super().__init__()
        conv = lambda i, o, size=3, stride=1: torch.nn.Sequential(
            torch.nn.Conv2d(i, o, size, stride, size // 2, bias=False), torch.nn.BatchNorm2d(o), torch.nn.ReLU())
        self.features = torch.nn.Sequential(conv(1, 32, 5, 2), conv(32, 32), conv(32, 48, 3, 2), conv(48, 48), conv(48, 64, 3, 2),
                                            torch.nn.Conv2d(64, 128, 4), torch.nn.ReLU(), torch.nn.Dropout(.3))
        self.out = torch.nn.Conv2d(128, 11, 1)

    def forward(self, x):
        return self.out(self.features(x)).flatten(1)


class Net(torch.nn.Module):
    """Members that began differently. Where the first is not sure, all count alike: the others seldom err in the same way."""

    def __init__(self, members):
        super().__init__()
        self.members = torch.nn.ModuleList(Member() for _ in range(members))
        self.temperature = torch.nn.Parameter(torch.ones(()), requires_grad=False)

    def vote(self, x, members):
        return sum(torch.softmax(member(x) / self.temperature, 1) for member in members)

    def forward(self, x):
        first = self.vote(x, self.members[:1])
        mean = (first + self.vote(x, self.members[1:])) / len(self.members)
        return torch.where(first.amax(1, keepdim=True) >= SURE, first, mean)


class Votes(torch.nn.Module):
    """Some of the members, as they are written to a file: the sum of their probabilities."""

    def __init__(self, net, members):
        super().__init__()
        self.net, self.members = net, members

    def forward(self, x):
        return self.net.vote(x, self.members)


def rates(net, x, y, name):
    """Share right, and what a confidence of 0.9 and 0.99 keeps and gets wrong."""
    with torch.no_grad():
        p, guess = torch.cat([net(b) for b in x.split(500)]).max(1)
    line = f"| {name} | {len(y):,} | {100 * (guess == y).float().mean():.2f} % |"
    for floor in (.9, .99):
        kept = p >= floor
        line += f" {100 * kept.float().mean():.1f} % | {int((guess[kept] != y[kept]).sum())} |"
    return line


def others(net):
    """Digits of 43 other people (UCI, of Debian's python3-sklearn), 8 x 8 pixels with 16 grays: a hard look at strangers."""
    if not OPTDIGITS.exists():
        return []
    with gzip.open(OPTDIGITS) as file:
        table = np.loadtxt(file, delimiter=",").astype(np.float32)
    small = torch.from_numpy(table[:, :64].reshape(-1, 1, 8, 8) / 16)
    large = F.pad(F.interpolate(small, (20, 20), mode="bicubic", align_corners=False).clamp(0, 1), (4, 4, 4, 4))[:, 0]
    return [rates(net, augment(large, 0), torch.from_numpy(table[:, 64].astype(np.int64)), "43 other writers, 8 x 8 pixels (UCI)")]


def learn(net, written, drawn_, labels, epochs):
    """One pass an epoch over cells of pages (`written`, nudged) and over what is bent here (`drawn_`), in one shuffle."""
    optimizer = torch.optim.AdamW(net.parameters(), 1e-3, weight_decay=1e-3)
    batch, count = 128, len(labels)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=epochs * (count // batch), pct_start=.2)
    for epoch in range(epochs):
        net.train()
        total = 0.0
        order = torch.randperm(count)
        for start in range(0, count - batch + 1, batch):
            at = order[start:start + batch]
            pages, bent = at[at < len(written)], at[at >= len(written)]
            x = torch.cat([nudge(written[pages]), augment(drawn_[bent - len(written)])])
            label = labels[torch.cat([pages, bent])]
            loss = sum(F.cross_entropy(member(x), label, label_smoothing=.02) for member in net.members)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}/{epochs} loss {total / (count // batch):.4f}", flush=True)
    net.eval()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--epochs", type=int, default=7)
    arguments.add_argument("--members", type=int, default=3)
    arguments.add_argument("--training", required=True)
    arguments.add_argument("--choosing", required=True)
    arguments = arguments.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    rng = random.Random(SEED)

    images, labels = handwriting()
    fonts, font_labels = printed(FONTS["train"], 40)
    shapes, shape_labels = drawn(rng, 4_000)
    x = torch.cat([images[TRAIN], fonts, shapes])
    y = torch.cat([labels[TRAIN], font_labels, shape_labels])
    spoiled = spoil(x[torch.randperm(len(x))[:6_000]], rng)
    _, page_labels, pages = cells(arguments.training)
    net = Net(arguments.members)
    learn(net, pages, torch.cat([x, spoiled]), torch.cat([page_labels, y, torch.full((len(spoiled),), NO_DIGIT)]), arguments.epochs)

    levels, chosen_labels, chosen = cells(arguments.choosing)
    chosen = chosen.float() / 255
    losses = []
    for temperature in np.arange(.3, 2.01, .05):
        net.temperature.data = torch.tensor(float(temperature))
        with torch.no_grad():
            losses.append((F.nll_loss(torch.cat([net(b) for b in chosen.split(500)]).log(), chosen_labels).item(), temperature))
    net.temperature.data = torch.tensor(float(min(losses)[1]))

    torch.manual_seed(SEED + 1)
    fonts, font_labels = printed(FONTS["test"], 30)
    shapes, shape_labels = drawn(random.Random(SEED + 2), 1_000)
    spoiled = spoil(images[CHOOSE][:1_000], random.Random(SEED + 3))
    table = [
        "| digits that were not trained on | digits | right | kept at 0.9 | wrong of these | kept at 0.99 | wrong of these |",
        "|---|---|---|---|---|---|---|",
        *(rates(net, chosen[levels == i], chosen_labels[levels == i], f"cells of pages, any hand, {level}")
          for i, level in enumerate(LEVELS)),
        rates(net, augment(images[CHOOSE], .5), labels[CHOOSE], "handwriting, bent here"),
        *others(net),
        rates(net, augment(fonts, .3), font_labels, "printed, other fonts"),
        rates(net, augment(shapes, .5), shape_labels, "Japanese shapes, drawn here, other seed"),
        rates(net, augment(spoiled, .5), torch.full((1_000,), NO_DIGIT), "no digit: struck out, two, scribble"),
    ]
    print("\n".join(table), f"\ntemperature {float(net.temperature):.2f}")
    (MODELS / "digits-measured.md").write_text("\n".join(table) + f"\n\nSoftmax temperature: {float(net.temperature):.2f}, "
                                               f"chosen on the cells of pages above. Cells trained on: {len(pages):,}; "
                                               f"members: {arguments.members}; epochs: {arguments.epochs}, seed {SEED}.\n")
    for name, members in (("digits", net.members[:1]), ("digits-others", net.members[1:])):
        torch.onnx.export(Votes(net, members), torch.zeros(1, 1, 28, 28), str(MODELS / f"{name}.onnx"), opset_version=13,
                          input_names=["pictures"], output_names=["votes"],
                          dynamic_axes={"pictures": {0: "n"}, "votes": {0: "n"}})


if __name__ == "__main__":
    main()
