# SPDX-License-Identifier: AGPL-3.0-or-later
"""docs/bench.svg: the ratios as bars, readable on light and dark grounds alike."""

from __future__ import annotations

from html import escape

from bench.report import LINES, Line, Measured

_SHOWN = {
    "cpu:100": "CPU a message",
    "throughput:100": "Messages a second",
    "p99:1000": "Slowest 1 in 100, at 1,000/s",
    "joins": "Joins a second",
    "memory_each": "Memory an idle connection",
}
_WIDTH, _LEFT, _BAR, _ROW, _TOP, _RIGHT = 720, 220, 14, 58, 64, 150
_STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #3d4a4a }
  .small { font-size: 12px; fill: #5f6d6d }
  .ours { fill: #2f6f73 }
  .floor { fill: #a9b5b3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #d5dddb }
    .small { fill: #9fadab }
    .ours { fill: #6fb3b1 }
    .floor { fill: #56625f }
  }
"""


def draw(measured: Measured, machine: str) -> str:
    """The whole file."""
    lines = [line for line in LINES if line.key in _SHOWN and line.key in measured["kentering"]]
    height = _TOP + _ROW * len(lines) + 24
    body = "".join(_group(line, measured, _TOP + _ROW * place) for place, line in enumerate(lines))
    title = "Kentering and its floor: the websockets library alone, in one process, keeping nothing"
    size = f'viewBox="0 0 {_WIDTH} {height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="title">\n'
        f'<title id="title">{escape(title)}</title>\n<style>{_STYLE}</style>\n'
        f"{_bar('ours', 0, 8, _BAR)}{_text(22, 20, 'Kentering: two workers, messages kept in the store')}\n"
        f"{_bar('floor', 0, 30, _BAR)}{_text(22, 42, 'Floor: websockets alone, one process, no store')}\n"
        f"{body}{_text(0, height - 6, machine, 'small')}\n</svg>\n"
    )


def _bar(kind: str, x: int, y: int, width: int) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="{_BAR}" rx="2"/>'


def _text(x: int, y: int, text: str, kind: str = "plain") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(text)}</text>'


def _group(line: Line, measured: Measured, top: int) -> str:
    """One measure: its name, and a bar for each of the two."""
    ours, floor = measured["kentering"][line.key], measured["floor"][line.key]
    most = max(ours, floor) or 1.0
    ratio = f"{ours / floor:.2f} of the floor" if floor else ""
    drawn = _text(0, top + 16, _SHOWN[line.key]) + _text(0, top + 34, ratio, "small") + "\n"
    for y, kind, value in ((top + 4, "ours", ours), (top + 8 + _BAR, "floor", floor)):
        width = max(2, round((_WIDTH - _LEFT - _RIGHT) * value / most))
        figure = _text(_LEFT + width + 8, y + 11, f"{line.show(value)} {line.unit}", "small")
        drawn += f"{_bar(kind, _LEFT, y, width)}{figure}\n"
    return drawn
