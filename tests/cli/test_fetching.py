"""`digest fetch`: files, sources and days."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from digest.models.visits import VisitState
from digest.ports import Source
from digest.services import collect
from tests.cli.conftest import PAGE, Run
from tests.cli.stand_in import DATA, FORBIDDEN, LATE, StandIn, today

MONDAY, TUESDAY, WEDNESDAY = (date(2025, 6, day) for day in (2, 3, 4))


def test_fetch_takes_papers_in_once(digest: Run, page: Path) -> None:
    digest("db", "upgrade")

    first = digest("fetch", page, "--json")
    again = digest("fetch", page)

    assert json.loads(first.out) == {
        "entries": 3,
        "papers": 3,
        "new": 3,
        "sightings": 3,
        "warnings": [],
        "sources": [],
    }
    assert again.code == 0
    assert again.out == "3 entries, 3 papers, 0 of them new to the archive.\n"


def test_fetch_keeps_what_it_can_and_says_what_it_could_not(
    digest: Run, page: Path, home: Path
) -> None:
    digest("db", "upgrade")
    (home / "binary.txt").write_bytes(bytes(range(256)))

    result = digest("fetch", home / "binary.txt", page, "--json")

    assert result.code == 1
    assert json.loads(result.out)["new"] == 3
    assert "binary.txt" in result.err


def test_warnings_alone_are_no_failure(digest: Run, page: Path) -> None:
    digest("db", "upgrade")
    page.write_text(PAGE + "\nA title that the page was cut after\n", encoding="utf-8")

    result = digest("fetch", page, "--json")

    assert result.code == 0
    assert json.loads(result.out)["warnings"]


def test_without_a_database_fetch_says_how_to_make_one(digest: Run, page: Path) -> None:
    result = digest("fetch", page)

    assert result.code == 1
    assert "digest db upgrade" in result.err
    assert len(result.err.splitlines()) == 1


def test_the_replies_that_services_send_are_files_as_well(archive: Run) -> None:
    result = archive(
        "fetch",
        DATA / "huggingface" / "2026-08-20.json",
        DATA / "huggingface" / "2026-08-20.html",
        DATA / "arxiv" / "feed.xml",
        DATA / "arxiv" / "api.xml",
        DATA / "feeds" / "rss2.xml",
        "--json",
    )

    assert result.code == 0, result.err
    assert json.loads(result.out)["new"] > 5


def test_a_word_that_is_neither_a_source_nor_a_file_is_one_sentence(archive: Run) -> None:
    result = archive("fetch", "hugingface")

    assert result.code == 1
    assert result.err.count("\n") == 1
    assert "huggingface, arxiv, feeds, authors" in result.err


def test_a_missing_file_does_not_keep_the_others_out(archive: Run, page: Path, home: Path) -> None:
    result = archive("fetch", home / "missing.txt", page)

    assert result.code == 1
    assert result.out == "3 entries, 3 papers, 3 of them new to the archive.\n"
    assert "missing.txt" in result.err
    assert "huggingface, arxiv, feeds, authors" in result.err


def test_a_source_is_asked_for_a_day(archive: Run, services: StandIn) -> None:
    services.list_papers(MONDAY, "Whales count", "Squid read")

    first = archive("fetch", "HuggingFace", "--date", MONDAY)
    again = archive("fetch", "huggingface", "--date", MONDAY)

    assert first.code == 0, first.err
    assert first.out == (
        "Hugging Face: 2025-06-02, 2 entries, 2 papers, 2 of them new to the archive.\n"
    )
    assert "0 of them new" in again.out


def test_days_are_asked_for_oldest_first_and_a_paper_of_two_days_is_one(
    archive: Run, services: StandIn
) -> None:
    services.list_papers(MONDAY, "Whales count", "Squid read")
    services.list_papers(TUESDAY, "Squid read", "Bread rises", first=2)

    result = archive("fetch", "huggingface", "--since", MONDAY, "--date", WEDNESDAY)

    assert result.out == (
        "Hugging Face: 2 days, 4 entries, 3 papers, 3 of them new to the archive.\n"
    )
    asked = [target for target in services.asked if "daily_papers" in target]
    assert [target.partition("date=")[2][:10] for target in asked] == [
        "2025-06-02",
        "2025-06-03",
        "2025-06-04",
    ]


def test_programs_get_every_day_of_every_source(archive: Run, services: StandIn) -> None:
    services.list_papers(MONDAY, "Whales count")
    services.days[TUESDAY] = ["a row that is a string"]

    result = archive("fetch", "huggingface", "--since", MONDAY, "--date", TUESDAY, "--json")

    assert result.code == 1
    told = json.loads(result.out)
    assert (told["entries"], told["papers"], told["new"], told["sightings"]) == (1, 1, 1, 1)
    assert [(each["name"], each["day"], each["state"]) for each in told["sources"]] == [
        ("Hugging Face", "2025-06-02", "complete"),
        ("Hugging Face", "2025-06-03", "unreadable"),
    ]
    assert told["sources"][1]["message"]


def test_a_day_that_cannot_be_read_is_told_and_the_next_one_asked_for(
    archive: Run, services: StandIn
) -> None:
    services.days[MONDAY] = ["a row that is a string"]
    services.list_papers(TUESDAY, "Whales count")

    result = archive("fetch", "huggingface", "--since", MONDAY, "--date", TUESDAY)

    assert result.code == 1
    assert "1 day, 1 entry, 1 paper, 1 of them new" in result.out
    assert "; 1 day could not be had whole." in result.out
    assert result.err.startswith("digest: 2025-06-02: ")
    assert result.err.count("\n") == 1


def test_days_that_cannot_be_read_are_not_called_days_without_news(
    archive: Run, services: StandIn
) -> None:
    services.days[MONDAY] = ["a row that is a string"]
    services.days[TUESDAY] = ["another row that is a string"]

    result = archive("fetch", "huggingface", "--since", MONDAY, "--date", TUESDAY)

    assert result.code == 1
    assert "Hugging Face: nothing of 2 days could be had.\n" in result.out


def test_a_source_that_cannot_be_reached_is_left_alone_and_where_to_go_on_is_said(
    archive: Run, services: StandIn
) -> None:
    services.list_papers(MONDAY, "Whales count")
    services.days[TUESDAY] = LATE
    services.list_papers(WEDNESDAY, "Bread rises")

    result = archive("fetch", "huggingface", "--since", MONDAY, "--date", WEDNESDAY)

    assert result.code == 1
    assert "Hugging Face: 1 day, 1 entry" in result.out
    assert "digest fetch huggingface --since 2025-06-03 --date 2025-06-04" in result.err
    assert not any(f"date={WEDNESDAY}" in target for target in services.asked)


def test_going_on_begins_with_the_day_of_which_only_a_part_came(
    archive: Run, services: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = {MONDAY: VisitState.COMPLETE, TUESDAY: VisitState.PARTIAL, WEDNESDAY: VisitState.LATE}

    def told(source: Source, day: date, **_options: object) -> collect.Collected:
        return collect.Collected(source=source.name, day=day, state=states[day], message="Cut.")

    monkeypatch.setattr(collect, "collect", told)

    result = archive("fetch", "huggingface", "--since", MONDAY, "--date", WEDNESDAY)

    assert "--since 2025-06-03 --date 2025-06-04" in result.err
    assert "digest: 2025-06-03: Cut.\ndigest: 2025-06-04: Cut.\n" in result.err
    assert not services.asked


def test_a_source_that_refuses_one_day_like_another_is_asked_no_more(
    archive: Run, services: StandIn
) -> None:
    services.list_papers(MONDAY, "Whales count")
    services.days |= {TUESDAY: FORBIDDEN, WEDNESDAY: FORBIDDEN, date(2025, 6, 5): FORBIDDEN}

    result = archive("fetch", "huggingface", "--since", MONDAY, "--date", date(2025, 6, 6))

    assert result.code == 1
    assert "when that is mended: digest fetch huggingface --since 2025-06-03" in result.err
    assert not any("date=2025-06-05" in target for target in services.asked)


def test_one_source_that_fails_does_not_keep_another_from_being_asked(
    archive: Run, services: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.days[today()] = LATE
    services.pages["/journal.xml"] = (DATA / "feeds" / "rss2.xml").read_bytes()
    # Under another name than Hugging Face's, which wants no more questions.
    url = services.url.replace("127.0.0.1", "localhost")
    monkeypatch.setenv("DIGEST_FEEDS", f"Journal={url}/journal.xml")

    result = archive("fetch", "huggingface", "feeds")

    assert result.code == 1
    assert f"Hugging Face: nothing of {today()} could be had.\n" in result.out
    assert f"Journal: {today()}, " in result.out


def test_without_a_word_the_sources_of_the_settings_are_asked(
    archive: Run, services: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_SOURCES", "huggingface,feeds")
    services.list_papers(today(), "Whales count")

    result = archive("fetch")

    assert result.code == 0, result.err
    assert result.out.startswith(f"Hugging Face: {today()}, 1 entry, 1 paper, ")
    assert not any("/rss/" in target for target in services.asked)


def test_stopped_by_hand_it_says_how_to_go_on(
    archive: Run, services: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.list_papers(MONDAY, "Whales count")
    real = collect.collect

    def stopped_on_tuesday(*arguments: object, **options: object) -> object:
        if arguments[1] == TUESDAY:
            raise KeyboardInterrupt
        return real(*arguments, **options)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(collect, "collect", stopped_on_tuesday)

    result = archive("fetch", "huggingface", "arxiv", "--since", MONDAY, "--date", WEDNESDAY)

    assert result.code == 130
    assert "what was taken in stays" in result.err
    assert (
        "digest fetch huggingface --since 2025-06-03 --date 2025-06-04 && "
        "digest fetch arxiv --since 2025-06-02 --date 2025-06-04"
    ) in result.err
    listed = json.loads(archive("papers", "list", "--date", MONDAY, "--json").out)
    assert len(listed["papers"]) == 1


@pytest.mark.parametrize("option", ["--date", "--since"])
def test_a_day_that_has_not_come_is_refused(archive: Run, services: StandIn, option: str) -> None:
    result = archive("fetch", "huggingface", option, today() + timedelta(days=1))

    assert result.code == 1
    assert "has not come yet" in result.err
    assert not services.asked


def test_since_after_the_last_day_is_wrong_usage(archive: Run, services: StandIn) -> None:
    result = archive("fetch", "huggingface", "--since", TUESDAY, "--date", MONDAY)

    assert result.code == 2
    assert "is after 2025-06-02" in result.err
    assert not services.asked


def test_since_is_not_for_files(archive: Run, page: Path) -> None:
    assert archive("fetch", page, "--since", MONDAY).code == 2


def test_feeds_that_are_not_there_are_one_sentence(archive: Run) -> None:
    result = archive("fetch", "feeds")

    assert result.code == 1
    assert result.err == "digest: There is no feed to ask: name some in DIGEST_FEEDS.\n"


def test_a_feed_has_no_past(
    archive: Run, services: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_FEEDS", f"Journal={services.url}/journal.xml")

    result = archive("fetch", "feeds", "--date", MONDAY)

    assert result.code == 1
    assert "Journal only says what it has today" in result.err

    monkeypatch.setenv("DIGEST_SOURCES", "huggingface,feeds")
    assert archive("fetch", "--date", MONDAY).code == 0
    assert not any("journal" in target for target in services.asked)


def test_a_day_on_which_nothing_is_listed_says_why(archive: Run, services: StandIn) -> None:
    saturday = date(2025, 6, 7)

    result = archive("fetch", "huggingface", "--date", saturday)

    assert result.code == 0
    assert result.out == "Hugging Face: nothing on 2025-06-07: it lists nothing at weekends.\n"
    assert services.asked


def test_authors_are_looked_up_and_shown(archive: Run, services: StandIn) -> None:
    services.list_papers(today(), "Whales count", "Squid read")
    known = f"{today():%y%m}.00001"
    services.authors = {known: 31}
    services.pages = {"/works": b'{"meta": {"count": 0}, "results": []}'}
    archive("fetch", "huggingface")

    result = archive("fetch", "authors")

    assert result.code == 0, result.err
    assert result.out == "Semantic Scholar and OpenAlex knew the authors of 1 of 2 papers.\n"
    [paper] = json.loads(archive("papers", "show", known, "--json").out)["papers"]
    assert paper["bylines"][0]["h_index"] == 31


def test_authors_that_are_left_out_by_the_settings_are_one_sentence(
    archive: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_SOURCES", "huggingface")

    result = archive("fetch", "authors")

    assert result.code == 1
    assert "DIGEST_SOURCES" in result.err


def test_figures_that_cannot_be_had_fail_nothing_unless_they_were_asked_for(
    archive: Run, services: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_SOURCES", "huggingface,authors")
    services.list_papers(today(), "Whales count")
    services.authors = LATE

    day = archive("fetch")
    figures = archive("fetch", "authors")

    assert day.code == 0
    assert "knew the authors of 0 of 1 paper.\n" in day.out
    assert day.err.startswith("digest: ")
    assert figures.code == 1
