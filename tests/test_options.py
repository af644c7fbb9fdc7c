from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_steering.errors import SteeringError
from pytest_steering.option_table import OPTIONS, Option
from pytest_steering.options import Settings, resolve


def _settings(pytester: pytest.Pytester, *args: str, ini: str = "", **environment: str) -> Settings:
    pytester.makeini(f"[pytest]\n{ini}")
    return resolve(pytester.parseconfig(*args), environment)


def test_without_any_word_nothing_is_chosen_but_the_defaults(pytester: pytest.Pytester) -> None:
    settings = _settings(pytester)

    assert settings.models == ()
    assert (settings.engine, settings.engines) == ("hooks", ("hooks",))
    assert (settings.device, settings.dtype, settings.batch_rows) == ("auto", "auto", None)
    assert settings.folder == pytester.path / ".steering"
    assert not settings.trust_remote_code
    assert settings.data == {}


def test_the_command_line_beats_the_environment_which_beats_the_ini_file(pytester: pytest.Pytester) -> None:
    ini = "steering_models = one\nsteering_engine = nnsight"
    environment = {"PYTEST_STEERING_MODELS": "two,three", "PYTEST_STEERING_ENGINE": "both"}

    assert _settings(pytester, ini=ini).models == ("one",)
    assert _settings(pytester, ini=ini, **environment).models == ("two", "three")
    assert _settings(pytester, ini=ini, **environment).engines == ("hooks", "nnsight")
    settings = _settings(pytester, "--steering-model=four", "--steering-engine=hooks", ini=ini, **environment)
    assert (settings.models, settings.engine) == (("four",), "hooks")


def test_the_ini_file_beats_the_hook(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("def pytest_steering_models(config): return ['hooked', 'again', 'hooked']")

    assert _settings(pytester).models == ("hooked", "again")
    assert _settings(pytester, ini="steering_models =\n  one\n  two").models == ("one", "two")


def test_a_model_named_twice_runs_once(pytester: pytest.Pytester) -> None:
    flags = ("--steering-model=a", "--steering-model=b", "--steering-model=a")

    assert _settings(pytester, *flags).models == ("a", "b")


def test_data_is_a_path_by_name_relative_to_where_it_was_said(pytester: pytest.Pytester) -> None:
    (pytester.path / "sub").mkdir()
    by_flag = _settings(pytester, "--steering-data=castle=here", "--steering-data", "sven=/abs/a=b")
    by_env = _settings(pytester, PYTEST_STEERING_DATA="castle=one:sven=two")

    assert by_flag.data == {"castle": Path.cwd() / "here", "sven": Path("/abs/a=b")}
    assert by_env.data == {"castle": Path.cwd() / "one", "sven": Path.cwd() / "two"}
    ini = _settings(pytester, ini="steering_data =\n  castle=../castle")
    assert ini.data == {"castle": pytester.path / "../castle"}


def test_trust_is_given_by_a_flag_without_a_value_or_a_truth(pytester: pytest.Pytester) -> None:
    assert _settings(pytester, "--steering-trust-remote-code").trust_remote_code
    assert _settings(pytester, ini="steering_trust_remote_code = true").trust_remote_code
    denied = _settings(
        pytester, ini="steering_trust_remote_code = true", PYTEST_STEERING_TRUST_REMOTE_CODE="no"
    )
    assert not denied.trust_remote_code


@pytest.mark.parametrize(
    ("flag", "sentence"),
    [
        (
            "--steering-engine=hook",
            "--steering-engine 'hook': did you mean 'hooks'? one of hooks, nnsight, both, nnsight-remote",
        ),
        ("--steering-dtype=fp32", "--steering-dtype 'fp32': one of auto, float32"),
        ("--steering-data=castle", "--steering-data 'castle': NAME=PATH was expected"),
        ("--steering-data==x", "NAME=PATH was expected"),
        ("--steering-batch-rows=0", "--steering-batch-rows '0': a whole number of at least 1 was expected"),
        ("--steering-batch-rows=many", "a whole number of at least 1"),
        (f"--steering-batch-rows={'9' * 5000}", "of nine digits at most"),
        ("--steering-model=", "--steering-model was given no value"),
        ("--steering-dir=~nobody-at-all/x", "there is no home folder ~nobody-at-all"),
        (f"--steering-baselines={'x' * 256}", "a file's name has at most 255 bytes, a path 4095"),
    ],
)
def test_a_bad_value_is_named_with_what_was_expected(
    pytester: pytest.Pytester, flag: str, sentence: str
) -> None:
    with pytest.raises(SteeringError) as error:
        _settings(pytester, flag)
    assert sentence in str(error.value)


WRONG: tuple[Any, ...] = (
    *(
        "",
        " ",
        "nan",
        "-inf",
        "-1",
        "0",
        "1e400",
        "9" * 400,
        "9" * 5000,
        "²",
        "ü☃",
        "\x1b[31m",
        "a\0b",
        "\ud800",
    ),
    *(
        "x" * 300,
        "x/" * 3000,
        "/",
        "..",
        "~nobody-at-all/x",
        "/dev/null",
        "None",
        "True",
        "[]",
        "=",
        "a=",
        "--",
    ),
    *("castle=" + "x" * 300, "a=b=c", []),
)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_whatever_an_option_is_given_it_is_taken_or_refused_in_a_sentence(
    pytester: pytest.Pytester, option: Option
) -> None:
    config = pytester.parseconfig()
    for value in WRONG:
        setattr(config.option, f"steering_{option.name}", [value] if option.many else value)
        said = _refused(config)
        assert said is None or (said.startswith(option.flag) and len(said) < 600)


def _refused(config: pytest.Config) -> str | None:
    try:
        models = resolve(config, {}).models
    except SteeringError as error:
        return str(error)
    assert all(Path(name).exists() in (True, False) for name in models)
    return None


def test_a_bad_value_in_the_environment_names_the_variable(pytester: pytest.Pytester) -> None:
    with pytest.raises(SteeringError, match="PYTEST_STEERING_ENGINE 'x'"):
        _settings(pytester, PYTEST_STEERING_ENGINE="x")


def test_every_flag_begins_with_the_plugins_name_and_says_what_it_is_for() -> None:
    assert all(option.flag.startswith("--steering-") for option in OPTIONS)
    assert all(option.help[0].isupper() and not option.help.endswith(".") for option in OPTIONS)
    assert set(Settings.__dataclass_fields__) == {option.name for option in OPTIONS} - {"dir"} | {"folder"}
