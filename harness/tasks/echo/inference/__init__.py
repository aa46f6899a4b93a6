"""From curves to labels: baselines, an amortised posterior, its calibration, and how well all of them do."""
