"""Draws what `watch_farm.py` noted: what each alarm measured, with its thresholds, and how many were at work.

    python3 deploy/load/draw_farm.py farm.csv --policies Sources/GASFarm/Policies/original.json > farm.svg

Lines are dashed where a threshold lies; small triangles mark what was decided.
"""

import argparse
import csv
import datetime
import html
import json
import math
import pathlib
import sys

WIDTH, HEIGHT, LEFT, RIGHT, GAP = 960, 120, 64, 16, 46
POLICIES = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "GASFarm" / "Policies" / "original.json"
# Okabe and Ito's palette, told apart by everybody.
BLUE, RED, GREY = "#0072B2", "#D55E00", "#555"
WORDS = {
    "web.responses-2xx": "Successful responses", "web.response-milliseconds": "Response time in ms",
    "web.utilisation": "Use of a processor core", "annotator.messages-sent": "Jobs submitted",
    "annotator.backlog-per-instance": "Job requests for each annotator",
    "annotator.oldest-message-seconds": "Age of the oldest job request in s"}
SIZES = {"web": "Web servers", "annotator": "Annotators"}


class Panel:
    def __init__(self, title, points, thresholds=(), marks=(), most=None, stepped=False):
        self.title, self.points, self.thresholds, self.marks, self.stepped = title, points, thresholds, marks, stepped
        self.most = most or nice(max([0, *thresholds, *(value for _, value in points if value is not None)]))


def nice(value):
    """The next of 1, 2, 5, 10, 20 and so on."""
    if value <= 0:
        return 1
    power = 10 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value)


def panels(rows, policies):
    """One for each thing that alarms look at, and one for each group."""
    begin = datetime.datetime.fromisoformat(rows[0]["time"])

    def minutes(time):
        return (datetime.datetime.fromisoformat(time) - begin).total_seconds() / 60

    def points(column):
        return [(minutes(row["time"]), float(row[column]) if row[column] else None) for row in rows]

    measured = {}
    for policy in policies["policies"]:
        alarm = policy["alarm"]
        measured.setdefault((alarm["metric"], alarm["statistic"], alarm["periodSeconds"]), []).append(policy)
    drawn = []
    for (metric, statistic, seconds), same in measured.items():
        title = f"{WORDS[metric]} ({statistic} of {seconds:g} s)"
        drawn.append(Panel(title, points(same[0]["name"]), [policy["alarm"]["threshold"] for policy in same]))
    decisions = [text.split(" ", 2) for row in rows for text in row["decisions"].split("; ") if text]
    for group in policies["groups"]:
        if group["role"] in SIZES:
            marks = [(minutes(time), *map(int, text.split(":")[0].split(" to "))) for time, role, text in decisions
                     if role == group["role"]]
            title = f"{SIZES[group['role']]} at work ({group['minimum']} to {group['maximum']})"
            drawn.append(Panel(title, points(group["role"]), [group["minimum"], group["maximum"]], marks,
                               most=group["maximum"] + 2, stepped=True))
    return drawn


def line(points, x, y, stepped):
    """Polylines; where nothing was measured there is a gap."""
    stretches, last = [[]], None
    for time, value in points:
        if value is None:
            stretches.append([])
        else:
            if stepped and stretches[-1]:
                stretches[-1].append((x(time), y(last)))
            stretches[-1].append((x(time), y(value)))
            last = value
    return [f'<polyline points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in stretch)}" fill="none" stroke="{BLUE}" '
            f'stroke-width="1.6"/>' for stretch in stretches if len(stretch) > 1]


def draw(panel, top, end):
    bottom = top + HEIGHT

    def x(minutes):
        return LEFT + minutes / end * (WIDTH - LEFT - RIGHT)

    def y(value):
        return bottom - value / panel.most * HEIGHT

    def level(value, ink, dashes, side):
        place = f'x="{LEFT - 8}" text-anchor="end"' if side == "left" else f'x="{WIDTH - RIGHT}" text-anchor="end"'
        height = y(value) + 4 if side == "left" else y(value) - 4
        return (f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="{ink}" '
                f'stroke-dasharray="{dashes}"/><text {place} y="{height:.1f}" fill="{GREY if side == "left" else ink}">'
                f'{value:g}</text>')

    parts = [f'<text x="{LEFT}" y="{top - 8}" font-weight="bold">{html.escape(panel.title)}</text>']
    parts += [level(panel.most * share, "#ddd", "none", "left") for share in (0, 0.5, 1)]
    parts += [level(threshold, RED, "6 3", "right") for threshold in panel.thresholds]
    for tick in range(0, math.floor(end) + 1, 10):
        parts.append(f'<text x="{x(tick):.1f}" y="{bottom + 16}" text-anchor="middle" fill="{GREY}">{tick} min</text>')
    parts += line(panel.points, x, y, panel.stepped)
    for minutes, before, after in panel.marks:
        tip, base = (y(after) - 14, y(after) - 6) if after > before else (y(after) + 14, y(after) + 6)
        parts.append(f'<polygon points="{x(minutes):.1f},{tip:.1f} {x(minutes) - 4:.1f},{base:.1f} '
                     f'{x(minutes) + 4:.1f},{base:.1f}" fill="{GREY}"><title>{before} to {after}</title></polygon>')
    return parts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--policies", type=pathlib.Path, default=POLICIES)
    parser.add_argument("--title", default="A farm under load")
    options = parser.parse_args()
    with options.file.open(newline="") as file:
        rows = list(csv.DictReader(file))
    if len(rows) < 2:
        raise SystemExit(f"{options.file} has too few lines to draw.")
    drawn = panels(rows, json.loads(options.policies.read_text()))
    first, last = (datetime.datetime.fromisoformat(row["time"]) for row in (rows[0], rows[-1]))
    end, title = (last - first).total_seconds() / 60, html.escape(options.title)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {48 + len(drawn) * (HEIGHT + GAP)}" '
             f'font-family="sans-serif" font-size="12" role="img" aria-label="{title}">',
             '<rect width="100%" height="100%" fill="#fff"/>',
             f'<text x="{LEFT}" y="22" font-size="15" font-weight="bold">{title}</text>']
    for index, panel in enumerate(drawn):
        parts += draw(panel, 56 + index * (HEIGHT + GAP), end)
    sys.stdout.write("\n".join([*parts, "</svg>", ""]))


if __name__ == "__main__":
    main()
