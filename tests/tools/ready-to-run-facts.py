#!/usr/bin/env python3
"""Prints what the ReadyToRun headers of a folder's PE files say, a line a file: the facts that the suite `r2r_dump`
expects of the reader.

    tests/tools/ready-to-run-facts.py SETS/framework8 > tests/data/ready-to-run-framework8.txt

It reads bytes at the offsets of the format's documents (ECMA-335 II.25, the runtime's readytorun-format.md) and shares
nothing with the reader. Of each file: name, Machine field, version, flags; type:address:size of each section; of each
import section flags/type/cells; how often each kind of fixup is there; sums of what follows the kinds that name one
number (1a helper, 14 MethodDef, 15 MemberRef, 1b string).
"""

import os
import struct
import sys
from collections import Counter

NUMBERED = (0x14, 0x15, 0x1A, 0x1B)


def compressed(data, at):
    first = data[at]
    if first < 0x80:
        return first
    if first < 0xC0:
        return (first & 0x3F) << 8 | data[at + 1]
    return (first & 0x1F) << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3]


def facts(data):
    pe = struct.unpack_from("<I", data, 0x3C)[0]
    machine, count = struct.unpack_from("<HH", data, pe + 4)
    optional_size = struct.unpack_from("<H", data, pe + 20)[0]
    optional = pe + 24
    wide = struct.unpack_from("<H", data, optional)[0] == 0x20B
    cli_rva = struct.unpack_from("<I", data, optional + (112 if wide else 96) + 14 * 8)[0]
    headers = [struct.unpack_from("<IIII", data, optional + optional_size + 40 * i + 8) for i in range(count)]

    def at(rva):
        for _, address, size, offset in headers:
            if address <= rva < address + size:
                return offset + rva - address
        raise ValueError(f"no section holds {rva:#x}")

    native = struct.unpack_from("<I", data, at(cli_rva) + 64)[0]
    if native == 0:
        return f"{machine:04x} none"
    start = at(native)
    signature, major, minor, flags, count = struct.unpack_from("<4sHHII", data, start)
    assert signature == b"RTR\0"
    sections = [struct.unpack_from("<III", data, start + 16 + 12 * i) for i in range(count)]
    imports, kinds, sums = [], Counter(), Counter()
    for kind, rva, size in sections:
        if kind != 101:
            continue
        for record in range(at(rva), at(rva) + size, 20):
            _, bytes_, import_flags, import_type, entry, signatures, _ = struct.unpack_from("<IIHBBII", data, record)
            cells = bytes_ // entry
            imports.append(f"{import_flags}/{import_type}/{cells}")
            for cell in range(cells if signatures else 0):
                where = at(struct.unpack_from("<I", data, at(signatures) + 4 * cell)[0])
                number = data[where] & 0x7F
                kinds[number] += 1
                if number in NUMBERED and data[where] < 0x80:
                    sums[number] += compressed(data, where + 1)
    return " ".join(
        [
            f"{machine:04x} {major}.{minor} {flags:x}",
            ",".join(f"{kind}:{rva:x}:{size}" for kind, rva, size in sections),
            ",".join(imports),
            ",".join(f"{kind:02x}:{kinds[kind]}" for kind in sorted(kinds)),
            ",".join(f"{kind:02x}={sums[kind]}" for kind in sorted(sums)),
        ]
    )


for name in sorted(os.listdir(sys.argv[1])):
    if name.endswith(".dll"):
        with open(os.path.join(sys.argv[1], name), "rb") as file:
            print(name, facts(file.read()))
