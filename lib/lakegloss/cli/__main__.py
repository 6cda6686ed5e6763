"""Runs the command as `python -m lakegloss.cli`."""

from lakegloss.cli.main import main

if __name__ == "__main__":
    main()
