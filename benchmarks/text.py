"""Text in one run: sentences against nupunkt, reuse against datasketch, figures against quantulum3.

    python benchmarks/text.py
    uv run --isolated --with datasketch --with quantulum3 python benchmarks/text.py --reuse 10000 100000 1000000

Each part is a script of its own beside this one, and says what it measures.
"""

import argparse

import text_quantities
import text_reuse
import text_sentences


def main() -> None:
    """Run the three parts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sentences", type=int, default=100_000, help="sentences")
    parser.add_argument("--reuse", type=int, nargs="+", default=[10_000, 100_000], help="passages")
    parser.add_argument("--quantities", type=int, nargs="+", default=[10_000, 100_000], help="characters")
    asked = parser.parse_args()
    print("Sentences")
    text_sentences.main(asked.sentences)
    print("\nReuse")
    text_reuse.main(asked.reuse)
    print("\nQuantities")
    text_quantities.main(asked.quantities)


if __name__ == "__main__":
    main()
