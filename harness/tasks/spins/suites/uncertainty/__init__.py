"""Standard deviations and prediction bands of the subject."""
