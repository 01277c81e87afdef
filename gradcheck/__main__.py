"""`python -m gradcheck` is the command `gradcheck`."""

from .cli import main

if __name__ == "__main__":
    main()
