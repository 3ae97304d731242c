"""Opens what packages.sh made: archives, packages and manifests, with Python's own readers.

usage: packages.py PACKAGES DIRECTORY     the archives are unpacked into DIRECTORY
"""
import gzip
import hashlib
import json
import pathlib
import re
import sys
import tarfile
import tomllib
import xml.etree.ElementTree as xml
import zipfile

import yaml

packages, unpacked = map(pathlib.Path, sys.argv[1:])
workspace = tomllib.loads(pathlib.Path("Cargo.toml").read_text())["workspace"]["package"]
version, repository = workspace["version"], workspace["repository"]
rids = ["linux-arm64", "linux-x64", "osx-arm64", "osx-x64", "win-arm64", "win-x64"]

# The checksums are those of every file.
sums = dict(reversed(line.split("  ")) for line in (packages / "SHA256SUMS").read_text().splitlines())
assert sorted(sums) == sorted(file.name for file in packages.iterdir() if file.name != "SHA256SUMS")
for name, expected in sums.items():
    assert hashlib.sha256((packages / name).read_bytes()).hexdigest() == expected, name


def archive_name(rid):
    return f"thunkgen-{version}-{rid}." + ("zip" if rid.startswith("win-") else "tar.gz")


expected = [
    "bin/thunkgen", "bin/thunkgen-task", "include/thunkgen/callhelpers.hpp", "include/thunkgen/minipal/entrypoints.h",
    "lib/cmake/Thunkgen/Thunkgen.cmake", "lib/cmake/Thunkgen/ThunkgenConfig.cmake",
    "lib/cmake/Thunkgen/ThunkgenConfigVersion.cmake", "share/bash-completion/completions/thunkgen",
    "share/doc/thunkgen/LICENSE", "share/doc/thunkgen/THIRD-PARTY-NOTICES.txt", "share/doc/thunkgen/thunkgen.ps1",
    "share/fish/vendor_completions.d/thunkgen.fish", "share/man/man1/thunkgen.1", "share/zsh/site-functions/_thunkgen",
]  # fmt: skip
for rid in rids:
    file, top = packages / archive_name(rid), f"thunkgen-{version}-{rid}"
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            assert archive.testzip() is None
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            names = archive.namelist()
            archive.extractall(unpacked)
    else:
        with tarfile.open(file) as archive:
            members = archive.getmembers()
            assert {(m.uid, m.gid, m.uname, m.gname) for m in members} == {(0, 0, "", "")}, file
            assert [m.name for m in members if m.isfile() and m.mode & 0o111] == [f"{top}/bin/thunkgen", f"{top}/bin/thunkgen-task"]
            names = [m.name for m in members]
            archive.extractall(unpacked, filter="data")
    suffix = ".exe" if file.suffix == ".zip" else ""
    for part in expected:
        assert f"{top}/{part}{suffix * part.startswith('bin/')}" in names, (file.name, part)
    assert names == sorted(names), file.name
    assert all(name == top or name.startswith(f"{top}/") for name in names), file.name

# The NuGet packages, and that each has the licences.
nuget = sorted(packages.glob("*.nupkg"))
assert [file.name.removesuffix(f".{version}.nupkg") for file in nuget] == ["Thunkgen.MSBuild", "thunkgen"] + [f"thunkgen.{rid}" for rid in rids]
namespace = {"n": "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"}
for file in nuget:
    with zipfile.ZipFile(file) as package:
        assert package.testzip() is None
        [nuspec] = [name for name in package.namelist() if name.endswith(".nuspec")]
        metadata = xml.fromstring(package.read(nuspec)).find("n:metadata", namespace)
        assert metadata.find("n:version", namespace).text == version
        source = metadata.find("n:repository", namespace)
        assert source.get("url") == repository and re.fullmatch("[0-9a-f]{40}", source.get("commit", "")), file
        assert b"serde" in package.read("THIRD-PARTY-NOTICES.txt")
with zipfile.ZipFile(nuget[0]) as package:
    tools = sorted(name for name in package.namelist() if name.startswith("tools/"))
    assert tools == ["tools/linux-arm64/thunkgen-task", "tools/linux-x64/thunkgen-task", "tools/netstandard2.0/Thunkgen.Tasks.dll",
                     "tools/osx-arm64/thunkgen-task", "tools/osx-x64/thunkgen-task", "tools/win-arm64/thunkgen-task.exe",
                     "tools/win-x64/thunkgen-task.exe"], tools  # fmt: skip
with zipfile.ZipFile(nuget[1]) as package:
    settings = xml.fromstring(package.read("tools/any/any/DotnetToolSettings.xml"))
    named = [p.attrib for p in settings.iter("RuntimeIdentifierPackage")]
    assert named == [{"RuntimeIdentifier": rid, "Id": f"thunkgen.{rid}"} for rid in rids], named


# The manifests name archives that exist, with their checksums.
def check(url, checksum):
    base, name = url.rsplit("/", 1)
    assert base == f"{repository}/releases/download/v{version}", url
    assert sums[name].lower() == checksum.lower(), url
    return name


formula = (packages / "thunkgen.rb").read_text()
found = [check(*pair) for pair in re.findall(r'url "(.*)"\s+sha256 "(.*)"', formula)]
assert sorted(found) == [archive_name(rid) for rid in rids[:4]], found

scoop = json.loads((packages / "thunkgen.scoop.json").read_text())
assert scoop["version"] == version
for word, rid in [("64bit", "win-x64"), ("arm64", "win-arm64")]:
    entry = scoop["architecture"][word]
    assert check(entry["url"], entry["hash"]) == archive_name(rid)
    for program in scoop["bin"]:
        assert (unpacked / entry["extract_dir"] / program.replace("\\", "/")).is_file(), program
    later = scoop["autoupdate"]["architecture"][word]
    assert later["url"].replace("$version", version) == entry["url"]

winget = [yaml.safe_load((packages / f"Thunkgen.Thunkgen{part}.yaml").read_text()) for part in ["", ".installer", ".locale.en-US"]]
assert {(part["PackageIdentifier"], part["PackageVersion"]) for part in winget} == {("Thunkgen.Thunkgen", version)}
assert [part["ManifestType"] for part in winget] == ["version", "installer", "defaultLocale"]
for installer, rid in zip(winget[1]["Installers"], ["win-x64", "win-arm64"], strict=True):
    assert installer["Architecture"] == rid.removeprefix("win-")
    assert check(installer["InstallerUrl"], installer["InstallerSha256"]) == archive_name(rid)
    for nested in installer["NestedInstallerFiles"]:
        assert (unpacked / nested["RelativeFilePath"].replace("\\", "/")).is_file(), nested

# What `cargo binstall` downloads.
binstall = tomllib.loads(pathlib.Path("generator/cli/Cargo.toml").read_text())["package"]["metadata"]["binstall"]["overrides"]
assert len(binstall) == len(rids)
downloads = []
for target, override in binstall.items():
    extension = {"tgz": ".tar.gz", "zip": ".zip"}[override["pkg-fmt"]]
    values = {"repo": repository, "version": version, "bin": "thunkgen", "binary-ext": ".exe" if "windows" in target else ""}
    fill = lambda text: re.sub(r"\{ ([a-z-]+) \}", lambda name: values[name[1]], text)
    url = fill(override["pkg-url"])
    assert url.endswith(extension)
    downloads.append(check(url, sums[url.rsplit("/", 1)[1]]))
    assert (unpacked / fill(override["bin-dir"])).is_file(), target
assert sorted(downloads) == sorted(map(archive_name, rids)), downloads

for page in sorted((unpacked / f"thunkgen-{version}-linux-x64/share/man/man1").iterdir()):
    assert page.read_text().lstrip().startswith((".ie", ".TH")), page
print(f"{len(sums)} files, {len(rids)} archives and {len(nuget)} NuGet packages are as expected")
