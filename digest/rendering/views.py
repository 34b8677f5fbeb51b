"""What the templates of an issue print, decided: they loop and print, and that is all."""

from dataclasses import dataclass
from math import sqrt
from unicodedata import name as letter_name

from digest.models.issues import Movement, Pick, Trend
from digest.models.notation import readable
from digest.models.papers import Paper
from digest.rendering.categories import category_name
from digest.rendering.gist import gist
from digest.rendering.targets import Link, code_link, other_links, title_link
from digest.rendering.words import counted, plain, series, shortened


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A number with the words around it."""

    number: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"{self.before}{self.number}{self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day of a sparkline: its height in px, and whether it is the last."""

    height: int
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A paper as every reader of one day sees it; what is missing is empty.

    *words* is how many there are to read.
    """

    title: str
    language: str
    link: str
    read: str
    movement: str
    moving: bool
    category: str
    byline: str
    short_byline: str
    institutions: str
    gist: str
    words: int
    bars: tuple[Bar, ...]
    blocks: str
    facts: tuple[Fact, ...]
    code: Link | None
    code_note: str
    links: tuple[Link, ...]

    @property
    def measured(self) -> bool:
        """Whether there is a line of facts to print."""
        return bool(self.bars or self.facts or self.code or self.code_note or self.links)

    @property
    def place(self) -> str:
        """Movement and category on one line."""
        return _joined(self.movement, self.category)

    @property
    def credits(self) -> str:
        """Authors and institutions on one line."""
        return _joined(self.byline, self.institutions)

    @property
    def figures(self) -> str:
        """The sparkline and the facts as one line of text."""
        facts = _joined(*map(str, self.facts), self.code_note)
        return f"{self.blocks} {facts}".strip()

    @property
    def addresses(self) -> tuple[Link, ...]:
        """Every link of the card, the title's first, as the text part lists them."""
        title = (Link(url=self.link, label=""),) if self.link else ()
        return title + self.links + ((self.code,) if self.code else ())


def _joined(*words: str) -> str:
    return " · ".join(word for word in words if word)


def card(pick: Pick) -> Card:
    """Return what is printed of *pick* for every reader alike."""
    paper, trend = pick.paper, pick.trend
    link, read = title_link(paper)
    title = title_of(paper)
    code = code_link(paper, trend.stars)
    summary = gist(paper)
    return Card(
        title=title,
        language="en" if _latin(title) else "",
        link=link,
        read=read,
        movement=movement(trend),
        moving=trend.movement in {Movement.NEW, Movement.UP},
        category=category_name(paper.categories[0]) if paper.categories else "",
        byline=byline(paper, 3),
        short_byline=byline(paper, 2 if _crowd(paper) == _PAIR else 1),
        institutions=_institutions(paper),
        gist=summary,
        words=len(f"{title} {summary}".split()),
        bars=_bars(trend.history),
        blocks=_blocks(trend.history),
        facts=_facts(trend),
        code=code,
        code_note="code available" if paper.has_code and code is None else "",
        links=other_links(paper),
    )


_PAIR = 2


def title_of(paper: Paper) -> str:
    """Return the title as it is printed everywhere."""
    return shortened(plain(readable(plain(paper.title))), _LONGEST_TITLE) or "Untitled"


_LONGEST_TITLE = 300


def byline(paper: Paper, most: int) -> str:
    """Return *most* authors and how many more there are, or only how many, or "".

    Names without a count are the first of nobody knows how many.
    """
    names = [name for author in paper.authors[: most + 1] if (name := _person(author))]
    count = _crowd(paper)
    if not names:
        return counted(count, "author") if count else ""
    shown = names[:most]
    if paper.author_count is None:
        return f"{', '.join(shown)} and others"
    others = count - len(shown)
    if others <= 0:
        return series(shown)
    return f"{', '.join(shown)} and {counted(others, 'other')}"


def _crowd(paper: Paper) -> int:
    """Return how many authors there are, named or not."""
    return max(paper.author_count or 0, len(paper.authors))


def _person(name: str) -> str:
    return shortened(plain(readable(plain(name))), _LONGEST_NAME)


_LONGEST_NAME = 60


def _institutions(paper: Paper) -> str:
    names = [shortened(plain(name), _LONGEST_NAME) for name in paper.institutions if plain(name)]
    more = len(names) - _INSTITUTIONS
    if more > 1:
        return f"{', '.join(names[:_INSTITUTIONS])} and {more} more"
    return ", ".join(names)


_INSTITUTIONS = 2


def movement(trend: Trend) -> str:
    """Return where a paper went in the trend since the day before, in words."""
    match trend.movement:
        case Movement.NEW:
            return "new today"
        case Movement.UP if trend.moved:
            return f"trend up {abs(trend.moved)}"
        case Movement.DOWN if trend.moved:
            return f"trend down {abs(trend.moved)}"
        case _:
            return "trend unchanged"


def _facts(trend: Trend) -> tuple[Fact, ...]:
    facts = []
    if trend.upvotes:
        words = counted(trend.upvotes, "upvote")
        number, space, after = words.partition(" ")
        facts.append(Fact(number=number, after=space + after))
    if trend.novelty is not None:
        facts.append(Fact(before="novelty ", number=f"{trend.novelty:.0f}", after="/100"))
    return tuple(facts)


def _bars(history: tuple[int, ...]) -> tuple[Bar, ...]:
    heights = _scaled(history, _TALLEST)
    last = len(heights) - 1
    return tuple(
        Bar(height=max(height, _LOWEST), last=place == last) for place, height in enumerate(heights)
    )


_TALLEST, _LOWEST = 18, 2


def _blocks(history: tuple[int, ...]) -> str:
    return "".join(_BLOCKS[height] for height in _scaled(history, len(_BLOCKS) - 1))


_BLOCKS = "▁▂▃▄▅▆▇█"


_LINE = 2  # points make a line


def _scaled(history: tuple[int, ...], tallest: int) -> tuple[int, ...]:
    """Return *history* by square root, so that a surge does not flatten what came before."""
    if len(history) < _LINE or max(history) <= 0:
        return ()
    most = max(history)
    return tuple(round(tallest * sqrt(max(count, 0) / most)) for count in history)


def _latin(title: str) -> bool:
    """Return whether most letters of *title* are Latin, as in English."""
    letters = [letter for letter in title if letter.isalpha()]
    latin = sum(
        letter.isascii() or letter_name(letter, "").startswith("LATIN") for letter in letters
    )
    return 2 * latin >= len(letters)
