import pytest

from vitrine.storefront.ranges import Answer, decide

SIZE = 1000
ETAG = "abc-1"


def asked(method: str = "GET", *, size: int = SIZE, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return decide(size, ETAG, method=method, headers=named)


WHOLE = Answer(status=200, start=0, end=SIZE, size=SIZE, etag=ETAG, has_body=True)
WHOLE_FOR_HEAD = Answer(status=200, start=0, end=SIZE, size=SIZE, etag=ETAG, has_body=False)
NOTHING_NEW = Answer(status=304, start=0, end=0, size=SIZE, etag=ETAG, has_body=False)
UNSATISFIABLE = Answer(status=416, start=0, end=0, size=SIZE, etag=ETAG, has_body=False)


def part(start: int, end: int) -> Answer:
    return Answer(status=206, start=start, end=end, size=SIZE, etag=ETAG, has_body=True)


def test_without_conditions_all_of_the_file_is_sent() -> None:
    assert asked() == WHOLE


@pytest.mark.parametrize(
    ("field", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=100-199", 100, 200),
        ("bytes=500-", 500, 1000),
        ("bytes=0-", 0, 1000),
        ("bytes=999-", 999, 1000),
        ("bytes=0-999", 0, 1000),
        ("bytes=990-5000", 990, 1000),
        ("bytes=-1", 999, 1000),
        ("bytes=-100", 900, 1000),
        ("bytes=-1000", 0, 1000),
        ("bytes=-5000", 0, 1000),
        ("bytes=007-010", 7, 11),
        ("BYTES=0-99", 0, 100),
        ("bytes= 0-99 ", 0, 100),
        ("bytes=,0-99,", 0, 100),
        pytest.param("bytes=0-" + "9" * 6000, 0, 1000, id="a very large last"),
        pytest.param("bytes=-" + "9" * 6000, 0, 1000, id="a very large suffix"),
    ],
)
def test_a_single_range_is_sent_as_a_part(field: str, start: int, end: int) -> None:
    assert asked(Range=field) == part(start, end)


@pytest.mark.parametrize(
    "field",
    [
        "bytes=1000-",
        "bytes=1000-1001",
        "bytes=5000-",
        "bytes=-0",
        pytest.param("bytes=" + "9" * 6000 + "-", id="a very large first"),
    ],
)
def test_a_range_beyond_the_end_cannot_be_satisfied(field: str) -> None:
    assert asked(Range=field) == UNSATISFIABLE


@pytest.mark.parametrize(
    "field",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=a-b",
        "bytes=5",
        "bytes=5-4",
        "bytes=5000-4000",
        "bytes=--5",
        "bytes=+1-2",
        "bytes=1-2-3",
        "bytes=1 - 2",
        "bytes=١-٢",
        "bytes =0-1",
        "bytes:0-1",
        "items=0-1",
        "0-1",
    ],
)
def test_a_range_that_cannot_be_read_is_ignored(field: str) -> None:
    assert asked(Range=field) == WHOLE


@pytest.mark.parametrize("field", ["bytes=0-1,5-6", "bytes=0-1, -5", "bytes=5000-,0-1", "bytes=0-,0-,0-"])
def test_several_ranges_are_answered_with_all_of_the_file(field: str) -> None:
    assert asked(Range=field) == WHOLE


def test_head_never_has_a_part_or_a_body() -> None:
    assert asked("HEAD") == WHOLE_FOR_HEAD
    assert asked("HEAD", Range="bytes=0-1") == WHOLE_FOR_HEAD
    assert asked("HEAD", Range="bytes=5000-") == WHOLE_FOR_HEAD


@pytest.mark.parametrize(("field", "status"), [("bytes=0-", 416), ("bytes=-5", 200), ("bytes=-0", 416)])
def test_an_empty_file_has_no_parts(field: str, status: int) -> None:
    answer = asked(size=0, Range=field)

    assert (answer.status, answer.start, answer.end) == (status, 0, 0)


@pytest.mark.parametrize(
    "field",
    [
        '"abc-1"',
        'W/"abc-1"',
        '"old", "abc-1"',
        '"old","abc-1"',
        '"with,comma" , W/"abc-1"',
        ', "abc-1"',
        "*",
        " * ",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_the_caller_has_is_not_sent_again(method: str, field: str) -> None:
    assert asked(method, If_None_Match=field) == NOTHING_NEW


@pytest.mark.parametrize(
    "field",
    ["", '"old"', "abc-1", '"abc-1', '"ABC-1"', 'w/"abc-1"', '"old,"abc-1"', '"*"', 'x"abc-1"', '""'],
)
def test_what_the_caller_does_not_have_is_sent(field: str) -> None:
    assert asked(If_None_Match=field) == WHOLE


def test_what_the_caller_has_comes_before_any_range() -> None:
    assert asked(If_None_Match='"abc-1"', Range="bytes=0-1", If_Range='"old"') == NOTHING_NEW
    assert asked(If_None_Match='"abc-1"', Range="bytes=5000-") == NOTHING_NEW
    assert asked(If_None_Match='"old"', Range="bytes=0-1") == part(0, 2)


def test_a_part_of_the_same_file_may_be_continued() -> None:
    assert asked(Range="bytes=500-", If_Range='"abc-1"') == part(500, 1000)


@pytest.mark.parametrize(
    "field",
    ['"old"', 'W/"abc-1"', "Wed, 21 Oct 2015 07:28:00 GMT", "abc-1", "*", "", '"abc-1", "abc-1"'],
)
@pytest.mark.parametrize("wanted", ["bytes=500-", "bytes=5000-"])
def test_a_part_of_another_file_is_replaced_by_all_of_it(wanted: str, field: str) -> None:
    assert asked(Range=wanted, If_Range=field) == WHOLE


def test_the_same_file_is_asked_for_in_vain_beyond_its_end() -> None:
    assert asked(Range="bytes=1000-", If_Range='"abc-1"') == UNSATISFIABLE


def test_if_range_without_a_range_means_nothing() -> None:
    assert asked(If_Range='"abc-1"') == WHOLE


@pytest.mark.parametrize(
    ("answer", "fields"),
    [
        (WHOLE, {"Content-Length": "1000"}),
        (WHOLE_FOR_HEAD, {"Content-Length": "1000"}),
        (part(100, 200), {"Content-Length": "100", "Content-Range": "bytes 100-199/1000"}),
        (NOTHING_NEW, {}),
        (UNSATISFIABLE, {"Content-Length": "0", "Content-Range": "bytes */1000"}),
    ],
    ids=["200", "200 HEAD", "206", "304", "416"],
)
def test_each_answer_has_the_fields_that_belong_to_it(answer: Answer, fields: dict[str, str]) -> None:
    assert answer.headers == {"ETag": '"abc-1"', "Accept-Ranges": "bytes", **fields}


@pytest.mark.parametrize(
    "field",
    ['"' * 60_000, "," * 60_000, '"a",' * 15_000 + "x", "W/" * 30_000],
    ids=["quotes", "commas", "tags", "weak"],
)
def test_a_hostile_field_is_read_quickly(field: str) -> None:
    assert asked(If_None_Match=field, If_Range=field, Range="bytes=" + field) == WHOLE
