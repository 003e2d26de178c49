"""So that ``python -m annotate`` is the command ``annotate``."""

from annotate.cli import main

if __name__ == "__main__":
    main()
