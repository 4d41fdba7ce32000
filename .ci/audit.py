"""Known vulnerabilities of the pinned packages, by pip-audit; exceptions stand in audit.toml.

Exit status: 0 none but excepted ones, or nobody could be asked (said on stderr); 1 there is one,
or an exception has ended. With CITEWELL_REQUIRE_AUDIT=1 not being able to ask fails, too.
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PINNED = FOLDER.parent / "constraints.txt"
SECONDS = 120


def main() -> int:
    """Asks, and tells what was found."""
    exceptions = tomllib.loads((FOLDER / "audit.toml").read_text(encoding="utf-8"))["exception"]
    try:
        packages = asked()
    except (ValueError, subprocess.TimeoutExpired) as error:
        return could_not_ask(f"pip-audit gave no answer ({type(error).__name__})")
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        return could_not_ask(f"no advisory service knew any of the {len(packages)} packages")
    problems = [*ended(exceptions), *found(known, {each["id"] for each in exceptions})]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"audited {len(known)} of {len(packages)} packages, {len(problems)} problems")
    return 1 if problems else 0


def asked() -> list[dict[str, Any]]:
    """What pip-audit says of each pinned package."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(PINNED), "--no-deps"]
    command += ["--disable-pip", "--format", "json", "--progress-spinner", "off"]
    run = subprocess.run(  # noqa: S603 - our own words
        command, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    packages: list[dict[str, Any]] = json.loads(run.stdout)["dependencies"]
    return packages


def ended(exceptions: list[dict[str, Any]]) -> list[str]:
    """Exceptions whose day has come."""
    today = datetime.datetime.now(datetime.UTC).date()
    return [
        f"audit.toml: the exception for {each['id']} ({each['package']}) ended on "
        f"{each['until']}: update the package, or look at it again"
        for each in exceptions
        if each["until"] < today
    ]


def found(packages: list[dict[str, Any]], excepted: set[str]) -> list[str]:
    """Vulnerabilities that no exception names."""
    return [
        f"{package['name']} {package['version']}: {one['id']}, mended in "
        f"{', '.join(one['fix_versions']) or 'no version yet'}"
        for package in packages
        for one in package["vulns"]
        if not excepted & {one["id"], *one["aliases"]}
    ]


def could_not_ask(why: str) -> int:
    """Tells that nothing was audited."""
    print(f"NOT AUDITED: {why}", file=sys.stderr)
    return 1 if os.environ.get("CITEWELL_REQUIRE_AUDIT") == "1" else 0


if __name__ == "__main__":
    sys.exit(main())
