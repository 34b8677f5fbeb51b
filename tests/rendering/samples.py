"""The issues whose mails are golden, all invented."""

from dataclasses import replace
from datetime import date
from typing import Any

from digest.links import IssueTokens, LetterTokens
from digest.models.deliveries import Email
from digest.models.interests import Interest
from digest.models.issues import Issue, Movement, Pick, Reason, Score, Signal, SourceState, Trend
from digest.models.letters import Letter, LetterKind
from digest.models.papers import Paper
from digest.models.subscribers import Reader
from digest.rendering.emails import Press
from digest.rendering.imprint import Imprint
from digest.rendering.letters import Stationery
from tests.factories import DAY, NOON, make_issue, make_paper, make_pick, make_reader, make_trend

PROOF = "subscription-ada.Rb3xq0kWJt7"

IMPRINT = Imprint(
    sender="Daily Papers <digest@papers.example.org>",
    postal_address="12 Sample Street\n1010 Vienna, Austria",
    list_host="daily.papers.example.org",
    unsubscribe_address="leave@papers.example.org",
)

PUBLIC_IMPRINT = replace(IMPRINT, public_url="https://papers.example.org")

READER = make_reader(
    interests=(
        Interest(
            phrases=("sperm whales", "bioacoustics"),
            categories=("cs.SD",),
            authors=("Ada Okafor",),
            seeds=("2501.00007", "2501.00009"),
        ),
    )
)


def make_reasons(*points: float, upvotes: str = "140") -> tuple[Reason, ...]:
    signals = (
        (Signal.TERM, "sperm whales"),
        (Signal.UPVOTES, upvotes),
        (Signal.AUTHOR, "Ada Okafor"),
        (Signal.GROWTH, "40"),
        (Signal.CATEGORY, "cs.SD"),
        (Signal.FRESHNESS, "0"),
    )
    return tuple(
        Reason(signal=signal, subject=subject, points=count)
        for (signal, subject), count in zip(signals, points, strict=False)
    )


def scored(*points: float, upvotes: str = "140") -> Score:
    reasons = make_reasons(*points, upvotes=upvotes)
    return Score(value=sum(reason.points for reason in reasons), reasons=reasons)


def _papers() -> list[Paper]:
    return [
        make_paper(
            "Whales Count in Base Eight: A Codebook for Sperm Whale Clicks",
            abstract=(
                "Sperm whales talk in clicks. However, what they say remains unknown. In this "
                "paper, we present a codebook of $8^{3}$ click patterns from 9,000 hours of "
                "recordings. It predicts who speaks next in 71\\% of all turns."
            ),
            authors=("Ada Okafor", "Bo Lindqvist", "Chiara Rossi", "Dai Nguyễn", "Eve Roux"),
            author_count=9,
            categories=("cs.SD", "cs.LG"),
            institutions=("University of Cape Town", "ETH Zürich"),
            arxiv_id="2511.00001v2",
            code_url="https://github.com/example/base-eight",
            has_code=True,
            project_url="https://whales.example.org/base-eight/?lang=en&view=all",
        ),
        make_paper(
            'Sound & Silence: <Masks> That Know "When" Not to Listen',
            abstract="We propose masks that leave silence out. They halve the cost of training.",
            authors=("Fatima al-Zahra", "Göran Öst"),
            categories=("eess.AS",),
            institutions=("allen-ai", "amazon-science", "ETH Zürich", "CNRS"),
            arxiv_id="2511.00002",
        ),
        make_paper(
            "鯨の歌から言語モデルを学習する",
            abstract="A model of song.",
            authors=("山田 花子",),
            categories=("CL",),
            arxiv_id="2511.00003",
        ),
        make_paper(
            "نماذج لغوية لأصوات البحر",
            abstract="We study the sea as a speaker.",
            authors=("ليلى حداد", "سامي ناصر", "Ida Falk", "Jo Berg"),
            categories=("cs.CL",),
            doi="10.1000/sea.2026(11)<4>",
        ),
        make_paper(
            "Graphs of Pods",
            summary="A social network of 412 whales shows who learns songs from whom.",
            abstract="Longer.",
            authors=(),
            author_count=7,
            categories=("physics.soc-ph",),
            code_url="https://gitlab.com/example/pods",
            has_code=True,
        ),
        make_paper("A Pick without Anything", abstract="", authors=(), author_count=None),
        make_paper(
            "Seven Ways to Label a Click", authors=("Kai Lund", "Lin Zhu"), arxiv_id="2511.00007"
        ),
        make_paper("Eight Arms, No Bones", authors=("Mia Torres",), arxiv_id="2511.00008"),
        make_paper("Nine Buoys in a Storm", authors=(), author_count=3, arxiv_id="2511.00009"),
        make_paper("Ten Years under Ice", has_code=True),
    ]


def _trends() -> list[Trend]:
    return [
        make_trend(
            rank=1,
            movement=Movement.NEW,
            upvotes=1_412,
            history=(0, 12, 88, 260, 800, 1_412),
            stars=1_204,
            novelty=91.4,
        ),
        make_trend(rank=2, movement=Movement.UP, moved=5, upvotes=268, history=(140, 268)),
        make_trend(rank=3, movement=Movement.DOWN, moved=3, upvotes=1, history=(1,), novelty=None),
        make_trend(rank=4, movement=Movement.SAME, moved=0, upvotes=90, history=(90, 90, 90)),
        make_trend(rank=5, upvotes=None, history=(), growth=None, stars=2),
        make_trend(rank=6, movement=Movement.NEW, upvotes=0, history=(0, 0), novelty=None),
        *(make_trend(rank=rank) for rank in range(7, 11)),
    ]


def normal_issue() -> Issue:
    scores = [
        scored(40.4, 21.3, 14.2, 6.6, 3.1, 0.4, upvotes="1412"),
        scored(33.5, 20.5, upvotes="268"),
        scored(30.0, 0.2, upvotes="1"),
        Score(value=12.0, reasons=(Reason(signal=Signal.UPVOTES, subject="90", points=12.0),)),
        scored(10.0, -2.0, 0.3, upvotes="0"),
        Score(value=0.0, reasons=()),
        *(scored(9.0 - rank, 4.0, 3.0, 2.0, upvotes="12") for rank in range(4)),
    ]
    picks = [
        Pick(rank=rank, paper=paper, score=score, trend=trend, matches=rank not in {4, 6})
        for rank, (paper, score, trend) in enumerate(
            zip(_papers(), scores, _trends(), strict=True), start=1
        )
    ]
    return make_issue(
        *picks,
        number=214,
        considered=412,
        matching=18,
        sources=(
            SourceState(name="Hugging Face", papers=50, latest=DAY),
            SourceState(name="saved pages", papers=362, latest=date(2026, 11, 18)),
        ),
    )


def single_issue() -> Issue:
    return make_issue(make_pick(1, _papers()[0], trend=_trends()[0]), considered=1, new_papers=1)


def bare_issue() -> Issue:
    trend = Trend(value=0.0, reasons=(), rank=1)
    score = Score(value=0.0, reasons=())
    paper = make_paper("Nothing but a Title", abstract="", authors=(), author_count=None)
    return make_issue(
        Pick(rank=1, paper=paper, score=score, trend=trend),
        considered=50,
        new_papers=0,
        matching=0,
        sources=(),
    )


BARE_IMPRINT = Imprint(sender="digest@localhost", postal_address="", list_host="localhost")

BARE_READER: Reader = make_reader("bo", interests=())


def printed(press: Press, issue: Issue, reader: Reader = READER, *, proof: str = PROOF) -> Email:
    signed = f"{issue.id}.{proof[-11:]}"
    tokens = IssueTokens(
        unsubscribe=proof, issue=signed, settings=f"{proof[:16]}.0~6a~{proof}", feedback=signed
    )
    return press.issue(issue, reader, tokens=tokens)


def make_letter(kind: LetterKind = LetterKind.CONFIRM, **changes: Any) -> Letter:
    words = {"name": "Ada Okafor"}
    if kind is LetterKind.WELCOME:
        words |= {"first": "2026-11-23T07:00:00+01:00", "time_zone": "Europe/Vienna"}
    defaults: dict[str, Any] = {
        "id": "fedcba9876543210fedcba9876543210",
        "kind": kind,
        "subscriber_id": "subscriber-ada",
        "address": "ada@example.org",
        "subject_id": "signup-ada",
        "created_at": NOON,
        "words": words,
    }
    return Letter(**defaults | changes)


LETTER_TOKENS = LetterTokens(
    asks="signup-ada~6ba2.4Yk0Wq9sTzL",
    settings="subscriber-ada.0~6af.Rb3xq0kWJt7",
    unsubscribe=PROOF,
)


def posted(stationery: Stationery, letter: Letter, tokens: LetterTokens = LETTER_TOKENS) -> Email:
    return stationery.letter(letter, tokens=tokens)
