"""The functions named in ``task.py``: one for each model, (weights or None) → surrogate."""

from __future__ import annotations

from harness.tasks.tddft.models.surrogate import loader

kernel = loader("kernel")
kernel_quad = loader("kernel+quad")
ridge = loader("ridge")
geometry = loader("geometry")
anchored = loader("anchored")
learned_generator = loader("learned-generator")
learned_density = loader("learned-density")
learned_ensemble = loader("learned-ensemble")
frozen = loader("frozen")
casida = loader("casida")
prony = loader("prony")
