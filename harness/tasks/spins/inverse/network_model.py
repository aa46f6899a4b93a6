"""Networks on a fixed grid (fno, fno-general, mlp) as forward models, differentiated by torch.func."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.tasks.spins.inverse.models import stencil
from harness.tasks.spins.inverse.parameters import Parameters
from harness.tasks.spins.systems import TimeGrid

if TYPE_CHECKING:
    from harness.tasks.spins.surrogates.grid_surrogate import GridSurrogate


class NetworkModel:
    """M of a grid surrogate and its derivative, the chain rule in two steps.

    The inputs of the network are smooth functions of θ, most of them linear: their derivatives are central differences
    of the encoding (step 1 Hz: exact for what is linear). Through the network forward-mode differentiation takes them
    exactly, all P at once (torch.func.jvp under vmap): one evaluation with P tangents instead of 2P + 1 evaluations.
    Only prefixes of the trained grid; elsewhere use :class:`harness.tasks.spins.inverse.SurrogateModel`.
    """

    def __init__(self, surrogate: GridSurrogate, step_hz: float = 1.0) -> None:
        self.name = surrogate.name
        self._surrogate = surrogate
        self._step_hz = step_hz

    def takes(self, grid: TimeGrid) -> bool:
        """Is ``grid`` a prefix of every member's trained grid?"""
        own = [member.model.grid_settings.grid for member in self._surrogate.members.values()]
        return all(grid.dt_s == g.dt_s and grid.points <= g.points for g in own)

    def value(self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid) -> np.ndarray:
        """M at θ."""
        return self._surrogate.predict([parameters.system(theta)], grid).mean[0].m

    def value_and_jacobian(
        self, parameters: Parameters, theta: np.ndarray, grid: TimeGrid
    ) -> tuple[np.ndarray, np.ndarray]:
        """M and dM/dθ at θ."""
        import torch

        systems = stencil(parameters, theta, self._step_hz)
        model = self._surrogate.member(len(systems[0])).model
        device = next(model.module.parameters()).device
        rows = model.rows(systems).take(np.arange(len(systems)), device)
        given = {key: value for key, value in rows._asdict().items() if value is not None}
        p = len(theta)
        point = {key: value[:1] for key, value in given.items()}
        tangents = {key: (v[1 : p + 1] - v[p + 1 :]) / (2 * self._step_hz) for key, v in given.items()}

        def signals(inputs: dict[str, Any]) -> Any:
            return model.signals(type(rows)(**inputs))[0, :2]

        def along(tangent: dict[str, Any]) -> Any:
            moved = {key: value[None] for key, value in tangent.items()}
            return torch.func.jvp(signals, (point,), (moved,))

        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # torch scripts its own formulas on first use
            m, slope = torch.func.vmap(along, out_dims=(None, 0))(tangents)  # type: ignore[arg-type]
        m, slope = m.double().cpu().numpy(), slope.double().cpu().numpy()
        cut = slice(None, grid.points)
        return m[0, cut] + 1j * m[1, cut], slope[:, 0, cut] + 1j * slope[:, 1, cut]
