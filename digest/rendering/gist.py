"""Two lines on what a paper does: its summary, or the sentences of the abstract that say it."""

import re
from collections.abc import Sequence

from digest.models.notation import readable
from digest.models.papers import Paper
from digest.rendering.words import capitalised, plain, shortened

LIMIT = 200
"""Characters of a gist."""

_READ = 6_000  # characters of an abstract that are looked at; whole abstracts have 2,000


def gist(paper: Paper, limit: int = LIMIT) -> str:
    """Return at most *limit* characters on *paper*, in whole sentences where they fit, or "".

    What the paper contributes comes before what it found, and both before why it was made.
    """
    sentences = [
        _without_preamble(sentence)
        for sentence in _sentences(_prose(paper.summary) or _prose(paper.abstract))
    ]
    if not sentences:
        return ""
    if paper.summary.strip():
        return _run(sentences, 0, limit) or _clause(sentences[0], limit)
    name = _name(paper.title)
    weights = [
        _weight(sentence, place / len(sentences), name=name, limit=limit)
        for place, sentence in enumerate(sentences)
    ]
    best = max(range(len(sentences)), key=lambda place: (weights[place], -place))
    if len(sentences[best]) > limit:
        return _clause(sentences[best], limit)
    return _with_result(sentences, weights, best, limit)


def _name(title: str) -> str:
    """Return what a *title* calls its work before a colon, "" where it gives no name."""
    name, colon, _ = plain(title).partition(":")
    return name if colon and len(name.split()) == 1 else ""


def _prose(text: str) -> str:
    prose = _URL.sub("", plain(readable(plain(text[:_READ]))))
    return _TIE.sub(" ", prose).strip()


_TIE = re.compile(r"(?<=\w)~(?=[(\[])")  # TeX's space before a bracket


_URL = re.compile(r"\s*\(?\bhttps?://[^\s)]+\)?")


def _sentences(text: str) -> list[str]:
    """Return the sentences of *text*; a stop after an abbreviation or an initial ends none."""
    sentences, start = [], 0
    for stop in _STOP.finditer(text):
        last_word = text[start : stop.start() + 1].rsplit(" ", 1)[-1].lstrip("([\"'“")
        if _ABBREVIATION.fullmatch(last_word) or _INITIAL.fullmatch(last_word):
            continue
        sentences.append(text[start : stop.end()].strip())
        start = stop.end()
    sentences.append(text[start:].strip())
    return [sentence for sentence in sentences if sentence]


# Some abstracts have lost the space between two sentences.
_STOP = re.compile(
    r"(?<=[a-z]{3})\.(?=[A-Z][a-z])|[.!?][)\]\"'”’]*\s+(?=[^a-z\s])|[。！？]"  # noqa: RUF001
)
_INITIAL = re.compile(r"[A-Z]\.")
_ABBREVIATION = re.compile(
    r"(?:e\.g|i\.e|al|etc|cf|vs|resp|figs?|eqs?|sec|nos?|dr|mr|ms|prof|st|approx|ca|viz|w\.r\.t|"
    r"aka|a\.k\.a|inc|jr|vol|ch|app|tab|refs?|def|thm)\.",
    re.IGNORECASE,
)


def _without_preamble(sentence: str) -> str:
    """Return *sentence* without the words that only lead up to it."""
    shorter = _PREAMBLE.sub("", sentence)
    return capitalised(shorter) if shorter else sentence


_PREAMBLE = re.compile(
    r"^(?:in (?:this|our|the present) (?:paper|work|study|article|survey|report|letter|technical "
    r"report|thesis|note)|here|to (?:this|that) end|therefore|thus|hence|consequently|accordingly|"
    r"as a result|however|in particular|(?:more )?specifically|moreover|furthermore|additionally|"
    r"finally|in addition|"
    r"(?:building on|motivated by|inspired by|driven by) (?:this|these)(?: [a-z]+){0,3}|"
    r"to [a-z]+ (?:this|these|the above|such)(?: [a-z]+){0,3})\s*,\s*",
    re.IGNORECASE,
)


def _weight(sentence: str, place: float, *, name: str, limit: int) -> float:
    """Return how well *sentence*, at *place* from 0 to 1, says what the paper *name* does."""
    gives_away = bool(_RELEASE.search(sentence))
    offers = bool(_OFFER.search(sentence)) and not gives_away
    weight = 2.0 * (1.0 - place)
    weight += 6.0 if offers else 4.0 * bool(_ACT.search(sentence))
    weight += (1.0 if offers else 3.0) * bool(_ACHIEVEMENT.search(sentence))
    weight += 1.0 * bool(_FIGURE.search(sentence))
    weight += 2.0 * bool(name and name in sentence)
    weight -= 3.0 * bool(_MOTIVATION.search(sentence))
    weight -= 6.0 * bool(_ELSEWHERE.search(sentence))
    weight -= 6.0 * gives_away
    weight -= _LEANS * bool(_LEANING.search(sentence))
    weight -= 5.0 * bool(_DANGLING.search(sentence))
    weight -= 0.25 * bool(_POINTING_BACK.search(sentence))
    weight -= 2.5 * (len(sentence) > limit)
    weight -= 2.0 * (len(sentence) < _SHORT)
    return weight


_SHORT = 40
_LEANS = 1.5  # what it costs to lean on the sentence before
_OFFERS = r"propos|introduc|present|releas|develop|show|prove|demonstrat|find|found"
_ACTS = (
    r"describe|design|study|studies|investigat|examin|analy[sz]|report|build|built|construct|"
    r"formulat|explor|argu|establish|create|devis|train|extend|provid|offer|survey|review|"
    r"address|tackl|evaluat|compar|measur|deriv|benchmark|unif|reveal|identif|collect"
)
_WORK = (
    r"\bthis (?:comprehensive |systematic )?"
    r"(?:paper|work|article|study|survey|review|report|thesis|tutorial|note)"
)
_OFFER = re.compile(
    rf"\b(?:we|i)\b(?:\s+\w+){{0,2}}?\s+(?:{_OFFERS})|{_WORK}\s+(?:\w+\s+)?(?:{_OFFERS})|"
    r"\b(?:is|are) (?:proposed|introduced|presented)\b",
    re.IGNORECASE,
)
_ACT = re.compile(
    rf"\b(?:we|i)\b(?:\s+\w+){{0,2}}?\s+(?:{_ACTS})|{_WORK}\s+(?:\w+\s+)?(?:{_ACTS}|is\b|aims?)",
    re.IGNORECASE,
)
_ACHIEVEMENT = re.compile(
    r"\boutperform|\bstate[- ]of[- ]the[- ]art\b|\bachiev|\bsurpass|\bexceed|\bimproves\b|"
    r"\breduces\b|\bresults? (?:show|demonstrate|indicate)|\bfaster\b|\bspeed-?ups?\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d\s?[%×x]|\b\d+(?:\.\d+)?[- ](?:fold|times)\b")
_MOTIVATION = re.compile(
    r"\bhowever\b|\bdespite\b|\bremains?\b|\bchalleng|\brecent(?:ly)?\b|\bexisting\b|\balthough\b|"
    r"\b(?:has|have) (?:received|shown|revolutioni[sz]ed|become|been|emerged|attracted)\b|"
    r"\bprevious (?:work|method|stud|approach)|\btraditional|\bsuffers?\b|\blimit(?:s|ed|ing)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:available|released|accessible|found) (?:at|here|on|in|under)\b|\bopen[- ]sourced?\b|"
    r"\bplease (?:visit|see|refer)\b|\bproject page\b|\b(?:code|video|demo)\b.*:$|:$",
    re.IGNORECASE,
)
_GIVEN = r"(?:code(?:base)?|data|datasets?|models?|weights|checkpoints|benchmarks?)\b"
# What is given away as "a new dataset of …" is the work itself; "the data" only comes with it.
_RELEASE = re.compile(
    r"\b(?:we|i)\b(?:\s+[a-z]+){0,3}?\s+(?:released?|open[- ]sourced?|publish|share)\s+(?!an?\b)"
    rf"(?:[\w-]+\s+){{0,6}}?{_GIVEN}|"
    rf"\b{_GIVEN}.*\b(?:is|are|be|been|made) (?:\w+ ){{0,2}}(?:available|released)\b|"
    rf"\bmak(?:e|ing)\b.*\b{_GIVEN}.*\bavailable\b",
    re.IGNORECASE,
)
# Close to its start a sentence is about what it points back to, later it only mentions it.
_DANGLING = re.compile(
    r"^.{0,45}\b(?:this|these|those) (?:[a-z]+ )?"
    r"(?:insights?|findings?|observations?|methods|models|results)\b|"
    r"\bthe above\b|^.{0,45}\bsuch an?\b|^to (?:this|that) end\b|\baforementioned\b",
    re.IGNORECASE,
)
_POINTING_BACK = re.compile(
    r"\b(?:this|these|those) (?:[a-z]+ )?(?:issues?|challenges?|problems?|gaps?|limitations?)\b|"
    r"\b(?:these|those) (?:methods|models|results)\b",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"^(?:these|those|it|its|they|their|such|this(?! (?:paper|work))|both|then|second(?:ly)?|third|"
    r"for|to|in|on|with|when|while|as|by|since)\b|\balso\b|\bwe then\b",
    re.IGNORECASE,
)


def _with_result(sentences: Sequence[str], weights: Sequence[float], best: int, limit: int) -> str:
    """Return the *best* sentence and, where there is room, what follows or was achieved."""
    room = limit - len(sentences[best]) - 1
    others = [
        place
        for place in range(best + 1, len(sentences))
        if len(sentences[place]) <= room
        and weights[place] + (_LEANS if place == best + 1 else 0.0) > 0
        and (place == best + 1 or not _LEANING.search(sentences[place]))
    ]
    if not others:
        return sentences[best]
    second = max(others, key=lambda place: (weights[place], -place))
    return f"{sentences[best]} {sentences[second]}"


def _run(sentences: Sequence[str], first: int, limit: int) -> str:
    """Return as many sentences from *first* as *limit* characters hold."""
    taken = ""
    for sentence in sentences[first:]:
        longer = f"{taken} {sentence}".strip()
        if len(longer) > limit:
            break
        taken = longer
    return taken


def _clause(sentence: str, limit: int) -> str:
    """Return the start of an overlong *sentence*, up to a joint that leaves enough, and "…"."""
    joints = [joint.start() for joint in _JOINT.finditer(sentence[: limit - 1])]
    if joints and joints[-1] >= limit * 0.55:
        return _outside_brackets(f"{sentence[: joints[-1]].rstrip(' ,;:')}…")
    return _outside_brackets(shortened(sentence, limit))


def _outside_brackets(start: str) -> str:
    """Return *start* without a bracket that was opened and lost its end."""
    opened = start.rfind("(")
    if opened > start.rfind(")") and opened > len(start) // 2:
        return f"{start[:opened].rstrip(' ,;:')}…"
    return start


_JOINT = re.compile(r"[,;:] |\s+[-–—] | (?:which|while|whereas|by|that|where) ")
