"""Keys are derived from the root as RFC 5869 says."""

from __future__ import annotations

from linkage.governance.keys import derive, hkdf

ROOT = bytes(range(32))


def test_the_vectors_of_the_rfc() -> None:
    # RFC 5869, appendix A: test cases 1, 2 and 3.
    short = hkdf(b"\x0b" * 22, salt=bytes(range(13)), info=bytes(range(0xF0, 0xFA)), length=42)
    assert short.hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    long = hkdf(bytes(range(0x50)), salt=bytes(range(0x60, 0xB0)), info=bytes(range(0xB0, 0x100)), length=82)
    assert long.hex() == (
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
        "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
    )
    bare = hkdf(b"\x0b" * 22, salt=b"", info=b"", length=42)
    assert bare.hex() == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"


def test_each_purpose_has_a_key_of_its_own() -> None:
    base, rounding = derive(ROOT, "base"), derive(ROOT, "rounding")
    assert len({base, rounding, ROOT}) == 3
    assert {len(base), len(rounding)} == {32}
    assert derive(ROOT, "base") == base
    assert derive(ROOT, "base") == hkdf(ROOT, salt=b"", info=b"base", length=32)
