"""Systems that are drawn for one run, so that no cache contains their answers."""
