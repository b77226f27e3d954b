"""The parts of the scenario of `directory.py`, by subject. Each part asserts what it got."""
