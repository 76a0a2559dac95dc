"""Judges from outside: validators, feed readers, browsers, spam filters."""
