"""Answers of GFN2-xTB that come with the package: second derivatives and a reference trajectory, checksummed."""
