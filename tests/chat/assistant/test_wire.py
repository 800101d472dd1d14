"""What reaches a provider over the wire, searched from outside (benchmarks/wire_scan.py does it 2,000 times)."""

from benchmarks import wire_scan


async def test_nothing_planted_reaches_the_provider():
    planted, leaked = await wire_scan.scan(40, seed=5)
    assert planted.total() > 100
    assert len(planted) == len(wire_scan.QUESTION) + 7, "every kind was planted"
    assert [(one.line, what) for one, what in leaked] == []


def test_the_scan_finds_a_value_in_another_writing_and_a_part_of_a_name():
    card = wire_scan.Planted("CARD", "4111 1111 1111 1111", "")
    assert list(wire_scan.leaks(card, "so 4111-1111-1111-1111.")) == ["4111 1111 1111 1111"]
    assert list(wire_scan.leaks(wire_scan.Planted("NAME", "Anna Schmidt", ""), "dear schmidt")) == ["schmidt"]
    assert list(wire_scan.leaks(card, "nothing")) == []
