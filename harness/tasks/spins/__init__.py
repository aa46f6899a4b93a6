"""Spin dynamics, judged against Spinach."""
