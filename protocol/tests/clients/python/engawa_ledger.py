"""Checks a published ledger (SPEC VT9) without asking anybody: only the file and the hash that was shown."""

import hashlib
import json
from collections import Counter
from typing import Any, Dict, List


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _joined(numbers: List[int]) -> str:
    return ",".join(str(number) for number in numbers)


def header_hash(rules: Dict[str, Any], candidates: List[int], closed_at: int) -> str:
    """The hash that the first line is chained to. `rules` must have its keys in the order of the wire."""
    text = json.dumps(rules, ensure_ascii=False, separators=(",", ":"))
    return _sha256(f"engawa ledger 1\n{text}\n{_joined(candidates)}\n{closed_at}")


def line_hash(before: str, number: int, receipt: str, choices: List[int]) -> str:
    """The hash of one line, chained to the one before."""
    return _sha256(f"{before}\n{number}\n{receipt}\n{_joined(choices)}")


def check_ledger(ledger: Dict[str, Any], ledger_hash: str) -> List[str]:
    """Everything wrong with a ledger, in words; empty when it is sound.

    `ledger` must be parsed with the order of its keys kept, as `json.loads` does: the rules are
    hashed as compact JSON with their fields in the order in which they were sent.
    """
    faults = []
    before = header_hash(ledger["rules"], ledger["candidates"], ledger["closed_at"])
    if before != ledger["header_hash"]:
        faults.append("header_hash")
    if ledger["candidates"] != sorted(set(ledger["candidates"])):
        faults.append("candidates are not ascending")
    receipts = [line["receipt"] for line in ledger["lines"]]
    if receipts != sorted(set(receipts)):
        faults.append("receipts are not ascending")
    for number, line in enumerate(ledger["lines"], start=1):
        before = line_hash(before, number, line["receipt"], line["choices"])
        if line["number"] != number or line["hash"] != before:
            faults.append(f"line {number}")
        choices = line["choices"]
        if not choices or len(choices) > ledger["rules"]["choices_max"]:
            faults.append(f"line {number}: number of choices")
        if choices != sorted(set(choices)) or not set(choices) <= set(ledger["candidates"]):
            faults.append(f"line {number}: choices")
    if before != ledger_hash:
        faults.append("ledger_hash")
    return faults


def tally(ledger: Dict[str, Any]) -> Dict[int, int]:
    """Ballots per candidate, as the ledger's lines have them; zero included."""
    counted = Counter(choice for line in ledger["lines"] for choice in line["choices"])
    return {candidate: counted[candidate] for candidate in ledger["candidates"]}
