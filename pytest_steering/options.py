"""Every option, ini key and environment variable, resolved once into a frozen `Settings`.

The command line beats the environment, which beats the ini file, which beats the hook
`pytest_steering_models`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.option_table import ENGINES, OPTIONS, Option, distinct
from pytest_steering.printable import printable
from pytest_steering.shard import Shard


@dataclass(frozen=True)
class Settings:
    """What was asked for, from wherever it was asked.

    Attributes:
        models: Names, paths or hub ids; empty where neither option, variable nor ini file names one.
        engine: `hooks`, `nnsight` or `both`.
        device: As torch names it, or `auto`.
        device_map: How a model is divided among devices; None where it lies on one.
        dtype: `auto` or the name of a torch dtype.
        data: Folder or file of a data set by its name.
        batch_rows: Rows in one forward pass over the longest prompts, at most; shorter ones ride in batches
            of no more tokens. None leaves it to the size of the model.
        folder: Takes the records of each run.
        accept: Whether cells are written as baselines, changed and new ones.
        accept_new: Whether cells without a baseline are.
        prune: Whether baselines that no test makes any more are removed.
        reason: Why lower numbers are accepted.
        baseline: What a cell without a baseline means: `require`, `create` or `ignore`.
        baselines: Folder of the accepted baselines.
        alpha: Chance of a false regression in a run.
        claims: Whether all differences that the tests of a run expect are one family.
        resume: The run to go on with; None starts a new one.
        cell_timeout: Seconds that a test may go on without a cell that ends; None for as many as it takes.
        executor: Where tests run that need a model: `here` or `ray`.
        ray_address: Of the Ray cluster, or `auto`.
        shard: The part of the tests that is run; None runs all of them.
        report: File for the HTML report of the run; None writes none.
        trust_remote_code: Whether code from a model's repository may run.
    """

    models: tuple[str, ...]
    engine: str
    device: str
    device_map: str | None
    dtype: str
    data: Mapping[str, Path]
    batch_rows: int | None
    folder: Path
    accept: bool
    accept_new: bool
    prune: bool
    reason: str
    baseline: str
    baselines: Path
    alpha: float
    claims: bool
    resume: str | None
    cell_timeout: float | None
    executor: str
    ray_address: str
    shard: Shard | None
    report: Path | None
    trust_remote_code: bool

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines that each test runs with."""
        return ENGINES[:2] if self.engine == "both" else (self.engine,)


def add_options(parser: pytest.Parser) -> None:
    """Make every option known to pytest, as a flag and as an ini key."""
    group = parser.getgroup("steering", "steering language models (pytest-steering)")
    for option in OPTIONS:
        kind: dict[str, Any] = {"action": "append" if option.many else "store", "metavar": option.metavar}
        if option.switch:
            kind = {"action": "store_const", "const": "true"}
        group.addoption(option.flag, dest=f"steering_{option.name}", default=None, help=option.help, **kind)
        ini_type: Literal["linelist", "bool", "string"]
        ini_type = "linelist" if option.many else "bool" if option.switch else "string"
        parser.addini(option.ini, _ini_help(option), type=ini_type, default=None)


def resolve(config: pytest.Config, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of this run.

    Raises:
        SteeringError: A value is not what its option expects; the message names where it was set.
    """
    values = {option.name: _resolved(option, config, environment) for option in OPTIONS}
    values["models"] = values["models"] or _from_hook(config)
    values["baseline"] = values["baseline"] or ("require" if environment.get("CI") else "ignore")
    values["baselines"] = config.rootpath / Path(values["baselines"]).expanduser()
    folder = config.rootpath / Path(values.pop("dir")).expanduser()
    return _consistent(Settings(folder=folder, **values))


def _consistent(settings: Settings) -> Settings:
    if settings.shard and (settings.accept or settings.accept_new or settings.prune):
        raise SteeringError(
            f"--steering-shard {settings.shard}: what is accepted is decided of all shards together; merge "
            "their runs (pytest-steering merge), then accept the merged one (pytest-steering accept)"
        )
    if settings.device_map and settings.executor == "ray":
        raise SteeringError(
            f"--steering-device-map {settings.device_map}: a worker of Ray is lent one GPU; run a model that "
            "needs several without --steering-executor"
        )
    return settings


def _from_hook(config: pytest.Config) -> tuple[str, ...]:
    answers: list[Sequence[str]] = config.hook.pytest_steering_models(config=config)
    return distinct((name for names in answers for name in names), config.rootpath)


def _ini_help(option: Option) -> str:
    return f"{option.help}; as {option.flag}, also {option.env}" + (", one a line" if option.many else "")


def _resolved(option: Option, config: pytest.Config, environment: Mapping[str, str]) -> Any:
    for origin, text, base in _given(option, config, environment):
        if origin == option.flag and _says_nothing(text):
            raise SteeringError(f"{origin} was given no value, as an unset variable gives; {option.help}")
        if not text:
            continue
        try:
            return option.convert(text, base)
        except ValueError as error:
            raise SteeringError(f"{origin} {_shown(text)}: {error}") from error
    return option.default


def _given(
    option: Option, config: pytest.Config, environment: Mapping[str, str]
) -> Sequence[tuple[str, Any, Path]]:
    """Return each place an option can be set at, the strongest first: name, value, where its paths start."""
    from_env = environment.get(option.env) or None
    from_ini = config.getini(option.ini)
    here = config.invocation_params.dir
    beside_ini = config.inipath.parent if config.inipath else config.rootpath
    return (
        (option.flag, config.getoption(f"steering_{option.name}"), here),
        (option.env, from_env.split(option.separator) if from_env and option.many else from_env, here),
        (option.ini, str(from_ini).lower() if isinstance(from_ini, bool) else from_ini, beside_ini),
    )


def _says_nothing(text: Any) -> bool:
    """Tell whether a flag was given without a value; argparse makes an empty list of `--`."""
    values = text if isinstance(text, list) else [] if text is None else [text]
    return any(not isinstance(value, str) or not value.strip() for value in values)


def _shown(text: str | Sequence[str]) -> str:
    return printable(repr(text) if isinstance(text, str) else ", ".join(map(repr, text)))
