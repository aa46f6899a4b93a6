"""The suites of the task: linear map, structure, jumps, constant energy, temperature, spectrum, seeded faults."""
