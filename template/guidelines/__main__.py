"""`python -m guidelines`."""

from guidelines.cli import main

raise SystemExit(main())
