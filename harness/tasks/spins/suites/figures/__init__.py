"""Figures of the experiments: each function draws measured rows into a matplotlib ``Figure`` and computes nothing.

Column width is 3.5 inches, page width 7.2; colours are those of Okabe and Ito, and never the only distinction.
"""
