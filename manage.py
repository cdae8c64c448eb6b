"""Calls ``python -m hotline``, because every Django hand reaches for this file."""

from hotline.__main__ import main

if __name__ == "__main__":
    main()
