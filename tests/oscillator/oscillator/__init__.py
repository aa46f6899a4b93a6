"""Sets of damped oscillators: the smallest task there is, and the example of how one is made."""
