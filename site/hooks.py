"""Adds the pages that are outside of docs, and makes every link right: to a page of the site, or to a file of the repository."""

import os
import posixpath
import re
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parent.parent
REPOSITORY = re.search(r'^repository = "([^"]+)"', (ROOT / "Cargo.toml").read_text("utf-8"), re.M)[1]

# Where a page of the repository is in the site, if it is not at its place below docs.
ELSEWHERE = {
    "README.md": "index.md",
    "docs/README.md": "contents.md",
    "build-integration/README.md": "how-to/build-integration.md",
    "build-integration/thunkgen-build/README.md": "how-to/build-script.md",
    "build-integration/msbuild/README.md": "reference/msbuild.md",
    "task-shim/README.md": "reference/msbuild-task.md",
    "CHANGELOG.md": "reference/changelog.md",
    "CONTRIBUTING.md": "contributing.md",
}
# Shown at this place until the page that runs the tool is copied there.
TRY = """---
search: { exclude: true }
---
# Try it

The page that runs thunkgen in the browser is not part of this build of the site. These commands build both:

    build-integration/npm/build.sh --page PAGE
    site/build.sh OUT PAGE
"""
# A link, or an image, with its place and its anchor.
LINK = re.compile(r"(!?\[(?:[^\]\[]|\[[^\]]*\])*\]\()([^)\s#]*)(#[^)\s]*)?(\))")

pages = {}


def on_config(config):
    config.extra["social"] = [{"icon": "fontawesome/brands/git-alt", "link": REPOSITORY, "name": "the repository"}]
    return config


def on_files(files, config):
    pages.clear()
    for file in list(files):
        if file.src_uri == "README.md":
            files.remove(file)
        elif file.src_uri.endswith(".md"):
            pages["docs/" + file.src_uri] = file.src_uri
    for source, place in ELSEWHERE.items():
        files.append(File.generated(config, place, content=(ROOT / source).read_text("utf-8")))
        pages[source] = place
    files.append(File.generated(config, "try/index.md", content=TRY))
    files.append(File.generated(config, "site.css", content=(ROOT / "site/site.css").read_text("utf-8")))
    return files


def on_page_markdown(markdown, page, config, files):
    place = page.file.src_uri
    source = next((source for source, of in pages.items() if of == place), None)
    if source is None:
        return markdown

    def target(match):
        before, path, anchor, after = match[1], match[2], match[3] or "", match[4]
        if not path or re.match(r"[a-z]+:", path):
            return match[0]
        file = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        if file in pages:
            link = posixpath.relpath(pages[file], posixpath.dirname(place) or ".")
        elif file.startswith("docs/") and before.startswith("!"):
            link = posixpath.relpath(file.removeprefix("docs/"), posixpath.dirname(place) or ".")
        elif (ROOT / file).exists():
            link = f"{REPOSITORY}/{'tree' if (ROOT / file).is_dir() else 'blob'}/main/{file}"
        else:
            raise PluginError(f"{source}: {path} is not a file of the repository")
        return before + link + anchor + after

    # Text between fences and in code spans is not changed: it has no links.
    parts = re.split(r"(^```.*?^```$|`[^`\n]+`(?!\]))", markdown, flags=re.M | re.S)
    return "".join(part if part.startswith("`") else LINK.sub(target, part) for part in parts)
