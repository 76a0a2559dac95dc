"""Whether the tests notice small changes to the code that keeps the promises: ``make mutants``.

A change is one condition negated, one call left out, one member of a set missing. The tests that execute it are run on
a copy of the tree; a change that lives shows where they look away.

mutmut 3 and cosmic-ray were looked at: the first changes functions alone, and much of what the promises are made of are
sets and tables of modules; the second runs the whole suite for each change, which takes minutes.
"""
