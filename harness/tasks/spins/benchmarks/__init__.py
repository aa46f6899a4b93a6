"""What is timed for spins: references, peers, the library of molecules."""
