"""Entries as sources give them, drawn at random."""

from hypothesis import strategies as st

from digest.models.papers import Entry

NAMES = st.sampled_from(
    ["Ada Okafor", "A. Okafor", "Bo Lindqvist", "Cees van der Berg", "Jürgen Rive"]
)
SOURCES = st.sampled_from(["arXiv", "Hugging Face", "saved pages", "bioRxiv", "Moss Letters"])
ENTRIES = st.builds(
    Entry,
    title=st.text(max_size=20) | st.sampled_from(["Moss", "moss", r"M\"oss"]),
    abstract=st.text(max_size=20),
    summary=st.text(max_size=5),
    authors=st.lists(NAMES, unique=True).map(tuple),
    author_count=st.none() | st.integers(1, 500),
    published=st.none() | st.dates(),
    categories=st.lists(st.sampled_from(["CL", "cs.CL", "hep-th", "LG"]), unique=True).map(tuple),
    institutions=st.lists(st.sampled_from(["mila", "tide-lab"]), unique=True).map(tuple),
    arxiv_id=st.none() | st.sampled_from(["2601.00001", "2601.00002v2"]),
    doi=st.none() | st.sampled_from(["10.1000/a", "10.1000/b"]),
    has_code=st.booleans(),
    code_url=st.none() | st.just("https://github.com/okafor/whale-code"),
    upvotes=st.none() | st.integers(0, 99),
    primary_first=st.booleans(),
    keywords=st.lists(st.sampled_from(["moss", "rain"]), unique=True).map(tuple),
    submitter=st.sampled_from(["", "okafor", "lindqvist"]),
    comment=st.sampled_from(["", "12 pages", "Accepted at Moss 2026"]),
    version=st.none() | st.integers(1, 3),
    withdrawn=st.none() | st.booleans(),
)
