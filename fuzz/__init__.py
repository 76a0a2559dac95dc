"""Fuzzing: programs that nobody wrote, as input for whatever takes foreign text, for as long as one likes."""
