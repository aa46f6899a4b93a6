"""From curves to labels: baselines, an amortised posterior, its calibration, and the scores of all of them."""
