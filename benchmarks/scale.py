"""The command line on tables of 1e5 ratings and more: CPU seconds, peak memory, and the ratio to a bare count in one run.

    python benchmarks/scale.py 100000 1000000 10000000
    python benchmarks/scale.py 10000000 --only "alpha, items" --svg docs/scale.svg

Every line is a process of its own, so that its memory is its own. The bare count is DuckDB's group-by over the same file:
how often each item was given each category. Seconds are those of the processor, which another program on the machine changes
less than it changes the clock. What the start of the program takes is measured on a table of 300 ratings.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

MEMORY = "1GB"
BARE = "bare count by DuckDB"
COLUMNS = """'p' || lpad(to_hex(i), 8, '0') AS item, 'source ' || i % 6 AS source, 'outlet ' || i % 2000 AS outlet,
'document ' || i // 7 AS document, 'annotator ' || a AS annotator, 'claim_type' AS variable,
'category ' || CASE WHEN hash(i, a) % 10 < 7 THEN hash(i) % 9 ELSE hash(a, i, 1) % 9 END AS category"""
COUNT = f"""
import duckdb, sys
connection = duckdb.connect()
connection.execute("SET memory_limit = '{MEMORY}'")
query = "SELECT n, count(*) FROM (SELECT item, category, count(*) AS n FROM '" + sys.argv[1] + "' GROUP BY 1, 2) GROUP BY 1"
connection.execute(query).fetchall()
"""
ANNOTATE = [sys.executable, "-m", "annotate"]
QUERIED = ["--level", "claim_type=nominal", "--engine", "duckdb", "--memory", MEMORY, "--format", "csv"]
ALPHA = ["--coefficient", "krippendorff_alpha"]
COMMANDS: dict[str, list[str]] = {
    "alpha, interval over items": ["agreement", *ALPHA, "--cluster", "none", *QUERIED],
    "alpha, interval over documents": ["agreement", *ALPHA, *QUERIED],
    "alpha by 6 sources": ["agreement", *ALPHA, "--cluster", "none", "--by", "source", *QUERIED],
    "alpha by 2,000 outlets": ["agreement", *ALPHA, "--cluster", "none", "--by", "outlet", *QUERIED],
    "pairs": ["annotators", "pairs", "--cluster", "none", *QUERIED],
    "disagreements, the first 20": ["disagreements", "--top", "20", *QUERIED],
    "consensus by vote": ["consensus", *QUERIED],
    "consensus by Dawid-Skene": ["consensus", "--method", "dawid-skene", *QUERIED],
    "alpha, in memory (pandas)": [
        *("agreement", *ALPHA, "--cluster", "none", "--level", "claim_type=nominal"),
        *("--engine", "pandas", "--format", "csv"),
    ],
}


def write(path: Path, n_ratings: int) -> None:
    """A table in which three annotators miss an item's category three times in ten."""
    rows = f"SELECT {COLUMNS} FROM range({n_ratings // 3}) items(i), range(3) people(a)"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")


def run(words: list[str]) -> tuple[float, float]:
    """CPU seconds and gigabytes at most of a process."""
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(words)}: ended with {process.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20


def measured(path: Path, only: str) -> dict[str, tuple[float, float]]:
    """Each command on a table, the bare count first."""
    found = {BARE: run([sys.executable, "-c", COUNT, str(path)])}
    for name, words in COMMANDS.items():
        if only in name:
            at = 2 if words[0] == "annotators" else 1
            found[name] = run([*ANNOTATE, *words[:at], str(path), *words[at:]])
    return found


def plot(results: dict[int, dict[str, tuple[float, float]]]) -> str:
    """CPU seconds by ratings, both on logarithmic scales, as SVG."""
    import math

    names = list(dict.fromkeys(name for found in results.values() for name in found))
    sizes = sorted(results)
    seconds = [spent for found in results.values() for spent, _ in found.values()]
    low, high = math.floor(math.log10(min(seconds))), math.ceil(math.log10(max(seconds)))
    left, right = math.log10(sizes[0]), max(math.log10(sizes[-1]), math.log10(sizes[0]) + 1)

    def x(size: float) -> float:
        return 60 + 360 * (math.log10(size) - left) / (right - left)

    def y(spent: float) -> float:
        return 320 - 290 * (math.log10(spent) - low) / (high - low)

    colours = [
        "#000",
        "#0072b2",
        "#e69f00",
        "#009e73",
        "#d55e00",
        "#cc79a7",
        "#56b4e9",
        "#999933",
        "#882255",
        "#777",
    ]
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 370" font-family="sans-serif" font-size="12">',
        '<rect width="700" height="370" fill="#fff"/>',
        '<text x="60" y="18">seconds of the processor</text><text x="190" y="362">ratings</text>',
    ]
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(f'<line x1="60" x2="420" y1="{at:.0f}" y2="{at:.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="54" y="{at + 4:.0f}" text-anchor="end">{10.0**power:g}</text>')
    parts += [f'<text x="{x(size):.0f}" y="342" text-anchor="middle">{size:,}</text>' for size in sizes]
    for place, name in enumerate(names):
        points = [(x(size), y(results[size][name][0])) for size in sizes if name in results[size]]
        colour = colours[place % len(colours)]
        told = " ".join(f"{one:.1f},{other:.1f}" for one, other in points)
        parts.append(f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{one:.1f}" cy="{other:.1f}" r="3" fill="{colour}"/>' for one, other in points]
        parts.append(f'<rect x="440" y="{24 + 22 * place}" width="14" height="4" fill="{colour}"/>')
        parts.append(f'<text x="460" y="{30 + 22 * place}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    """Print a table for each size, and draw them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--only", default="", help="only what has this in its name")
    parser.add_argument("--svg", type=Path, help="draw the seconds into this file")
    asked = parser.parse_args()
    results: dict[int, dict[str, tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        few = Path(folder, "few.parquet")
        write(few, 300)
        start, _ = run([*ANNOTATE, "agreement", str(few), *COMMANDS["alpha, interval over items"][1:]])
        print(f"the start of the program, in all that follows but the bare count: {start:.1f} s\n")
        for size in asked.sizes:
            path = Path(folder, "ratings.parquet")
            write(path, size)
            results[size] = measured(path, asked.only)
            print(f"{size:,} ratings, {path.stat().st_size / 1e6:,.0f} MB")
            bare = results[size][BARE][0]
            for name, (spent, peak) in results[size].items():
                print(f"  {name:<34}{spent:9.1f} s{peak:8.2f} GB{spent / bare:8.1f} x bare", flush=True)
    if asked.svg:
        asked.svg.write_text(plot(results), encoding="utf-8")


if __name__ == "__main__":
    main()
