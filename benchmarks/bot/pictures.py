"""The gate's held-out figures as pictures: `python -m benchmarks.bot.pictures [--out docs/images]`.

Two SVG files, drawn from `models/gate/manifest.json` alone: how often the bot is right when it says so, and what
answering more questions costs in wrong answers, per language.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 460, 360, 60, 50, 40, 20
COLOURS = ("#b8860b", "#2b6cb0", "#2f855a")

Points = Sequence[tuple[float, float]]


class Chart:
    """One pair of axes from 0 to `across` and 0 to `up`."""

    def __init__(self, title: str, bottom: str, left: str, across: float = 1.0, up: float = 1.0) -> None:
        self._across, self._up = across, up
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
            f'font-size="12" role="img"><title>{title}</title><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            _text(WIDTH / 2, 22, title, "middle", size=14),
            _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, bottom, "middle"),
            f'<g transform="translate(16 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)">{_text(0, 0, left, "middle")}</g>',
        ]
        for step in range(6):
            x, _ = self._place(across * step / 5, 0)
            _, y = self._place(0, up * step / 5)
            self._parts += [
                f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>',
                _text(x, HEIGHT - BOTTOM + 16, f"{across * step / 5:.2g}", "middle"),
                _text(LEFT - 6, y + 4, f"{up * step / 5:.2g}", "end"),
            ]

    def _place(self, x: float, y: float) -> tuple[float, float]:
        wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        return LEFT + wide * x / self._across, HEIGHT - BOTTOM - high * min(1.0, y / self._up)

    def line(self, points: Points, colour: str, *, dashed: bool = False, dots: bool = False) -> None:
        places = [self._place(*point) for point in points]
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self._parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        if dots:
            self._parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]

    def name(self, row: int, text: str, colour: str) -> None:
        self._parts.append(_text(LEFT + 12, TOP + 18 + 16 * row, text, "start", colour=colour))

    def write(self, path: Path) -> None:
        path.write_text("\n".join([*self._parts, "</svg>"]) + "\n", encoding="utf-8")
        print(f"{path} written")


def _text(x: float, y: float, text: str, anchor: str, *, size: int = 12, colour: str = "#333") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{text}</text>'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gate", type=Path, default=Path("models/gate/manifest.json"))
    parser.add_argument("--runtime", default="int8")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    arguments = parser.parse_args()
    gate = json.loads(arguments.gate.read_text(encoding="utf-8"))
    figures, risk = gate["figures"][arguments.runtime], gate["risk"]
    chart = Chart("Reliability on held-out rows", "probability told", "share right")
    chart.line([(0, 0), (1, 1)], "#999", dashed=True)
    chart.line([(point["told"], point["right"]) for point in figures["reliability"]], COLOURS[0], dots=True)
    chart.name(0, f"expected calibration error {figures['ece']:.3f}", COLOURS[0])
    chart.write(arguments.out / "gate-reliability.svg")
    chart = Chart(
        "Risk against coverage on held-out rows", "share of all questions answered", "wrong among answered", up=0.5
    )
    chart.line([(0, risk), (1, risk)], "#999", dashed=True)
    chart.name(0, f"accepted: {risk:.0%}; {gate['unanswerable_share']:.0%} of questions have no answer", "#666")
    drawn = [(locale, own) for locale, own in figures.items() if isinstance(own, dict) and "risk_coverage" in own]
    for number, (locale, own) in enumerate(drawn):
        colour = COLOURS[number % len(COLOURS)]
        chart.line([(point["coverage"], point["wrong"]) for point in own["risk_coverage"]], colour)
        chart.name(number + 1, f"{locale}: answers {own['coverage']:.0%}", colour)
    chart.write(arguments.out / "gate-risk-coverage.svg")


if __name__ == "__main__":
    main()
