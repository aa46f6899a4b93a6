"""What is measured of an integrator; nothing here judges."""
