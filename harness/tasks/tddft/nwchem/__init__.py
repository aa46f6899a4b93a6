"""NWChem, the production code: input deck, run in a child process, output, and the cache of its answers."""
