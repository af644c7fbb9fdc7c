"""A page as one text: template, style, script and data in one file that loads nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pytest_steering.report.html.figures import STYLE
from pytest_steering.report.html.inlined import packed, script_json
from pytest_steering.report.html.interval_bar import interval_bar
from pytest_steering.report.html.shown_text import shown

GENERATOR = '<meta name="generator" content="pytest-steering">'
"""By which a page is known for one of ours."""

SCRIPTS = ("text.js", "cards.js", "samples.js", "page.js")
"""One after the other they are the page's script."""


def rendered(template: str, **data: Any) -> str:
    """Return what a template makes of some data, with style, script and the policy that lets only them in.

    Args:
        template: Its name in `assets`.
        data: What it shows.
    """
    style, script = f"{STYLE}\n{_asset('page.css')}", "\n".join(map(_asset, SCRIPTS))
    return (
        _environment()
        .get_template(template)
        .render(
            **data,
            generator=Markup(GENERATOR),  # noqa: S704 - as it stands above
            policy=_policy(style, script),
            style=Markup(style),  # noqa: S704 - a file of this package
            script=Markup(script),  # noqa: S704 - a file of this package
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    # Every text goes through `shown` on its way into the page, so that no template can forget it.
    made = Environment(
        loader=PackageLoader("pytest_steering.report.html", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: shown(value) if type(value) is str else value,
    )
    made.filters |= {"script_json": script_json, "packed": packed, "svg": _trusted, "signed": _signed}
    made.filters |= {"number": _number, "breakable": _breakable}
    made.globals["interval_bar"] = interval_bar
    return made


def _trusted(svg: str) -> Markup:
    """Return a figure as markup: whoever draws one escapes what it says."""
    return Markup(svg)  # noqa: S704


def _breakable(name: str) -> Markup:
    """Return a name that may go on in the next line after each of its words."""
    return Markup("_<wbr>").join(map(shown, name.split("_")))


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.2f}".replace("-", "−")


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def _asset(name: str) -> str:
    return files("pytest_steering.report.html").joinpath("assets", name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return the content security policy: this style and this script by their hashes, and nothing else."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
