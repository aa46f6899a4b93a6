"""Spin dynamics, tested against Spinach."""
