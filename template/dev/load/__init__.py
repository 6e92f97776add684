"""`make load`: many orders at once on real parts, and what they cost; then thousands that sleep."""
