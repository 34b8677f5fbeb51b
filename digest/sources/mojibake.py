"""Names whose UTF-8 was once read in another encoding, put right.

ftfy knows most ways to get that wrong, but not Windows-874, which is Thai: there "Jürgen"
becomes "Jรผrgen", and its step for curly quotes damages what is left. So we go first, and
real Thai stays.
"""

import re
import unicodedata

from ftfy import TextFixerConfig, fix_text


def mend(text: str) -> str:
    """Return *text*, a name, as it was before its UTF-8 was misread; else as it is."""
    if text.isascii() and "&" not in text:
        return text
    return fix_text(_RUN.sub(_mended, _SPACED.sub(_respaced, text)), _CONFIG)


_CONFIG = TextFixerConfig(
    uncurl_quotes=False, remove_control_chars=False, remove_terminal_escapes=False, explain=False
)


def _byte_characters() -> dict[str, int]:
    """Return the byte that each character above ASCII stood for in Windows-874.

    Bytes without a character there became control characters of the same number.
    """
    characters = {}
    for byte in range(0x80, 0x100):
        try:
            characters[bytes([byte]).decode("cp874")] = byte
        except UnicodeDecodeError:
            characters[chr(byte)] = byte
    return characters


_BYTES = _byte_characters()
_RUN = re.compile(f"[{re.escape(''.join(_BYTES))}]+")
_THAI = re.compile(r"[\u0e01-\u0e5b]")
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")


def _mended(run: re.Match[str]) -> str:
    """Return *run* as Latin text, or as it stands where it is not all misread Latin."""
    misread = bytes(_BYTES[character] for character in run[0])
    pieces: list[str] = []
    at = 0
    for sequence in _SEQUENCE.finditer(misread):
        pieces.append(run[0][at : sequence.start()])
        pieces.append(sequence[0].decode("utf-8", "replace"))
        at = sequence.end()
    rest = run[0][at:]
    kept = "".join(pieces[0::2]) + rest
    letters = "".join(pieces[1::2])
    misread_latin = letters and all(_is_latin(letter) for letter in letters)
    if _THAI.search(kept) or not misread_latin or _is_real_thai(run, letters):
        return run[0]
    return "".join(pieces) + rest


def _is_latin(character: str) -> bool:
    name = unicodedata.name(character, "")
    return name.startswith("LATIN ") or unicodedata.category(character) in ("Mn", "Pd", "Pi", "Pf")


def _is_real_thai(run: re.Match[str], letters: str) -> bool:
    """Return whether a *run* that could be *letters* is more likely a Thai word.

    "รถ" is the word for a car, and would be "ö". Misread Latin stands in a word with plain
    letters, shows signs that Thai does not use, or is an initial; and no capital follows
    a small letter at the start of a word.
    """
    before = run.string[max(0, run.start() - 1) : run.start()]
    after = run.string[run.end() : run.end() + 1]
    if _is_plain_letter(before):
        return False
    if _is_plain_letter(after):
        return letters.islower() and after.isupper()
    if any(unicodedata.category(sign) in _NOT_THAI for sign in run[0]):
        return False
    return not (len(letters) == 1 and letters.isupper() and after == ".")


# Controls, no-break spaces, the euro, quotes that open and dashes, glued to a Thai letter.
_NOT_THAI = frozenset(("Cc", "Zs", "Sc", "Pi", "Pd"))


def _is_plain_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


# The second byte of "à" and "Š" is a no-break space, which most programs turn into a plain
# one or drop at the end of a line.
_SPACED = re.compile(
    r"""
    (?<=[A-Za-z]) ร (?: [ ](?=[ ]) | (?=[ ,.]|$) )
    | (?<![^ (]) ล [ ] (?= [a-z.] | [ก-๛][^ A-Za-z]{1,2}[a-z] )
    """,
    re.VERBOSE,
)


def _respaced(run: re.Match[str]) -> str:
    return "à" if run[0].startswith("ร") else "Š"
