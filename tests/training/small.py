"""Presets small enough for tests, as TOML text."""

MIX = """
schema = "spin-mix-1"
name = "{name}"
seed = 7
grid = {{ points = 30, dt_s = 1e-4 }}
[[part]]
name = "chains"
spins = [2, 3]
uniform_coupling = true
counts = {{ {counts} }}
"""

PLAN = """
schema = "spin-training-1"
model = "{model}"
mix = "small.toml"
{sizes}
[settings]
points = 30
{settings}
[recipe]
epochs = {epochs}
"""

FNO = "network = { encoder = 8, width = 6, layers = 2, modes = 4, padding = 6, dropout = 0.1 }"


def write(folder, model="fno", epochs=10, counts="train = 8, validation = 4", sizes="sizes = [2, 3]", settings=FNO):
    """A mix and a preset; gives the path of the preset."""
    (folder / "small.toml").write_text(MIX.format(name="small", counts=counts))
    text = PLAN.format(model=model, epochs=epochs, sizes=sizes, settings=settings)
    (folder / f"{model}.small.toml").write_text(text)
    return folder / f"{model}.small.toml"
