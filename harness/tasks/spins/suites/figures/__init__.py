"""Figures of the experiments: each function draws measured rows into a matplotlib ``Figure`` and computes nothing.

The column width is 3.5 inches and the page width 7.2 inches. The colours are those of Okabe and Ito; colour is never
the only difference between two elements.
"""
