"""Fast surrogates of the simulator: the mean curve of a system over draws of its offsets, and their spread."""
