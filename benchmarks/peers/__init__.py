"""What the same work costs without dispatch: the plainest program that does it."""
