"""Verifies the ad-hoc signature of a Mach-O executable: macOS on arm64 ends a process whose pages have other hashes.

usage: code-signature.py FILE
The format: xnu's bsd/sys/codesign.h and osfmk/kern/cs_blobs.h (SuperBlob, CodeDirectory).
"""
import hashlib
import struct
import sys

LC_CODE_SIGNATURE = 0x1D
EMBEDDED_SIGNATURE, CODE_DIRECTORY = 0xFADE0CC0, 0xFADE0C02
ADHOC = 2
HASHES = {1: ("sha1", 20), 2: ("sha256", 32)}


def signature(image):
    """The place and length of the signature."""
    magic, _, _, _, count = struct.unpack_from("<5I", image)
    assert magic == 0xFEEDFACF, "not a 64-bit Mach-O file"
    at = 32
    for _ in range(count):
        command, size = struct.unpack_from("<2I", image, at)
        if command == LC_CODE_SIGNATURE:
            return struct.unpack_from("<2I", image, at + 8)
        at += size
    raise AssertionError("no signature")


def verify(image):
    """How many pages the signature covers."""
    start, length = signature(image)
    assert start + length == len(image), "the signature does not end the file"
    magic, _, blobs = struct.unpack_from(">3I", image, start)
    assert magic == EMBEDDED_SIGNATURE, "not an embedded signature"
    for index in range(blobs):
        _, offset = struct.unpack_from(">2I", image, start + 12 + 8 * index)
        directory = start + offset
        magic, _, _, flags, hashes, _, special, pages, limit = struct.unpack_from(">9I", image, directory)
        if magic != CODE_DIRECTORY:
            continue
        size, kind, _, shift = struct.unpack_from(">4B", image, directory + 36)
        assert flags & ADHOC, "not signed ad hoc"
        assert limit == start, f"{limit} bytes are signed, not the {start} before the signature"
        page, (name, width) = 1 << shift, HASHES[kind]
        assert size == width and pages == -(-limit // page), "another number of pages"
        for number in range(pages):
            found = hashlib.new(name, image[number * page:min((number + 1) * page, limit)]).digest()
            at = directory + hashes + number * width
            assert image[at:at + width] == found, f"page {number} has another hash"
        return pages
    raise AssertionError("no code directory")


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        try:
            print(f"{sys.argv[1]}: signed ad hoc, {verify(file.read())} pages")
        except AssertionError as why:
            sys.exit(f"{sys.argv[1]}: {why}")
