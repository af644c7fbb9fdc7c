"""The options one by one: flag, help, default, and how what was given becomes a value.

An option's flag is `--steering-…`, its ini key `steering_<name>` and its environment variable
`PYTEST_STEERING_<NAME>`. A new option is a new entry of `OPTIONS` and a new field of `Settings`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_steering.errors import did_you_mean
from pytest_steering.file_names import nameable
from pytest_steering.shard import Shard, shard_of

EXECUTORS = ("here", "ray")
ENGINES = ("hooks", "nnsight", "both", "nnsight-remote", "vllm")
BASELINE_MODES = ("require", "create", "ignore")
DEVICE_MAPS = ("auto", "balanced", "balanced_low_0", "sequential")
"""The words by which accelerate divides a model among devices."""
DTYPES = ("auto", "float32", "bfloat16", "float16")


@dataclass(frozen=True)
class Option:
    """One thing a person can set.

    Attributes:
        name: Field of `Settings`; ini key and environment variable are made from it.
        flag: On the command line.
        help: One phrase, shown by `pytest --help`.
        default: Value where nothing was set.
        convert: Turns the text that was given (a list of texts for `many`) into the value; a ValueError's
            message says what was expected.
        many: May be given more than once; one a line in an ini file.
        separator: Between the values of `many` in the environment variable.
        switch: A flag without a value.
        metavar: What the help calls the value.
    """

    name: str
    flag: str
    help: str
    default: Any = None
    convert: Callable[[Any, Path], Any] = lambda text, _base: text
    many: bool = False
    separator: str = ","
    switch: bool = False
    metavar: str | None = None

    @property
    def ini(self) -> str:
        """The key in an ini file."""
        return f"steering_{self.name}"

    @property
    def env(self) -> str:
        """The environment variable."""
        return f"PYTEST_STEERING_{self.name.upper()}"


def _one_of(*choices: str) -> Callable[[str, Path], str]:
    def convert(text: str, _base: Path) -> str:
        if text not in choices:
            near = did_you_mean(text, choices)
            raise ValueError(f"{near}one of {', '.join(choices)} was expected")
        return text

    return convert


def distinct(texts: Iterable[str], _base: Path) -> tuple[str, ...]:
    """Return names in order, each once and without the space around it."""
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _models(texts: Iterable[str], base: Path) -> tuple[str, ...]:
    return distinct(map(nameable, texts), base)


def _paths_by_name(texts: Iterable[str], base: Path) -> dict[str, Path]:
    pairs = [text.partition("=") for text in texts if text.strip()]
    if any(not name.strip() or not path.strip() for name, _, path in pairs):
        raise ValueError("NAME=PATH was expected, such as castle=../data/castle")
    return {name.strip(): base / Path(nameable(path.strip())).expanduser() for name, _, path in pairs}


def _place(text: str, _base: Path) -> str:
    return nameable(text)


def _file_beside(text: str, base: Path) -> Path:
    return base / Path(nameable(text)).expanduser()


def _at_least_one(text: str, _base: Path) -> int:
    if not re.fullmatch(r"0*[1-9][0-9]{0,8}", text):
        raise ValueError("a whole number of at least 1 was expected, of nine digits at most")
    return int(text)


def _level(text: str, _base: Path) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 0.5:
        raise ValueError("a number above 0 and up to 0.5 was expected")
    return value


def _seconds(text: str, _base: Path) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1e7:
        raise ValueError("a number of seconds above 0 was expected")
    return value


def _shard(text: str, _base: Path) -> Shard:
    return shard_of(text)


def _truth(text: str, _base: Path) -> bool:
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if text.lower() not in known:
        raise ValueError("true or false was expected")
    return known[text.lower()]


OPTIONS = (
    Option(
        "models",
        "--steering-model",
        "Model to run the steering tests on: a name (starcoder, starcoder2, qwen2, smollm2), the path of a "
        "folder or of a GGUF file, or a hub id (owner/name, with @revision and :file.gguf if need be); "
        "repeat for several (default: starcoder, starcoder2, qwen2)",
        default=(),
        convert=_models,
        many=True,
        metavar="MODEL",
    ),
    Option(
        "engine",
        "--steering-engine",
        "What changes the activations: hooks, nnsight, both to run every test with each of these, "
        "nnsight-remote for a model whose weights NDIF has, or vllm, which serves the model beside "
        "transformers (default: hooks)",
        default="hooks",
        convert=_one_of(*ENGINES),
        metavar="ENGINE",
    ),
    Option(
        "device",
        "--steering-device",
        "Where the models run: auto, cpu, cuda, cuda:1, ...; with auto or cuda, each worker of -n gets "
        "a CUDA device (default: auto)",
        default="auto",
        metavar="DEVICE",
    ),
    Option(
        "device_map",
        "--steering-device-map",
        "Divide each model among the CUDA devices, for one that is too large for one: auto, balanced, "
        "balanced_low_0 or sequential, as accelerate has them (default: a model lies on one device)",
        default=None,
        convert=_one_of(*DEVICE_MAPS),
        metavar="MAP",
    ),
    Option(
        "dtype",
        "--steering-dtype",
        "Precision of the weights: auto, float32, bfloat16 or float16 (default: auto)",
        default="auto",
        convert=_one_of(*DTYPES),
        metavar="DTYPE",
    ),
    Option(
        "data",
        "--steering-data",
        "Where a data set that is not shipped lies, as NAME=PATH; the path must exist; repeat for several",
        default={},
        convert=_paths_by_name,
        many=True,
        separator=os.pathsep,
        metavar="NAME=PATH",
    ),
    Option(
        "batch_rows",
        "--steering-batch-rows",
        "Rows in one forward pass over the longest prompts, at most (default: by the size of the model)",
        convert=_at_least_one,
        metavar="N",
    ),
    Option(
        "dir",
        "--steering-dir",
        "Folder that takes the records of each run (default: .steering under the root directory)",
        default=".steering",
        convert=_place,
        metavar="DIR",
    ),
    Option(
        "accept",
        "--steering-accept",
        "Write the run's cells as baselines, changed and new ones, and print old and new",
        default=False,
        convert=_truth,
        switch=True,
    ),
    Option(
        "accept_new",
        "--steering-accept-new",
        "Write the run's cells that have no baseline yet",
        default=False,
        convert=_truth,
        switch=True,
    ),
    Option(
        "prune",
        "--steering-prune",
        "Remove baselines that no test makes any more",
        default=False,
        convert=_truth,
        switch=True,
    ),
    Option(
        "reason",
        "--steering-reason",
        "Why lower numbers are accepted; kept in the baseline",
        default="",
        metavar="TEXT",
    ),
    Option(
        "baseline",
        "--steering-baseline",
        "What a cell without a baseline means: require (the run fails; so it does for a baseline whose test "
        "made no cell), create (it is accepted) or ignore (it is named) (default: require where CI is set, "
        "else ignore)",
        convert=_one_of(*BASELINE_MODES),
        metavar="MODE",
    ),
    Option(
        "baselines",
        "--steering-baselines",
        "Folder of the accepted baselines (default: benchmarks/baselines under the root directory)",
        default="benchmarks/baselines",
        convert=_place,
        metavar="DIR",
    ),
    Option(
        "alpha",
        "--steering-alpha",
        "Chance that a run without a true change is called a regression (default: 0.02)",
        default=0.02,
        convert=_level,
        metavar="ALPHA",
    ),
    Option(
        "claims",
        "--steering-claims",
        "Take all differences that the tests of the run expect as one family (Holm): a test fails whose "
        "claim is significant alone, and not among all of them",
        default=False,
        convert=_truth,
        switch=True,
    ),
    Option(
        "resume",
        "--steering-resume",
        "Go on with an earlier run: its finished cells are not run again. A run id or its beginning, a "
        "run's folder, or 'latest'",
        convert=_place,
        metavar="RUN",
    ),
    Option(
        "cell_timeout",
        "--steering-cell-timeout",
        "Seconds that a test may go on without a cell that ends; then it fails, its cells are recorded as "
        "failed, and the run goes on (default: as many as it takes)",
        convert=_seconds,
        metavar="SECONDS",
    ),
    Option(
        "executor",
        "--steering-executor",
        "Where the tests that need a model run: here (in this process, or in the workers of -n) or ray (in "
        "workers of a Ray cluster, one loaded model each) (default: here)",
        default="here",
        convert=_one_of(*EXECUTORS),
        metavar="EXECUTOR",
    ),
    Option(
        "ray_address",
        "--steering-ray-address",
        "The Ray cluster that --steering-executor=ray uses: auto (one that runs, else one of this machine is "
        "started), or HOST:PORT (default: auto)",
        default="auto",
        metavar="ADDRESS",
    ),
    Option(
        "shard",
        "--steering-shard",
        "Run one of several parts of the tests, such as 2/8; each test is in one of them, whatever the order "
        "and -k, those of a model in few. `pytest-steering merge` joins their runs",
        convert=_shard,
        metavar="K/N",
    ),
    Option(
        "report",
        "--steering-report",
        "Write what was found as one HTML file at the end of the run, such as report.html; an earlier report "
        "is replaced, any other file is left as it is",
        convert=_file_beside,
        metavar="FILE",
    ),
    Option(
        "trust_remote_code",
        "--steering-trust-remote-code",
        "Run the Python code that a model's own repository brings along. It runs with all your rights and "
        "can do whatever you can: only for a repository whose code you have read or whose owner you trust",
        default=False,
        convert=_truth,
        switch=True,
    ),
)
