"""An export read as a stream gives what it gives when it is read whole, which is what these tests hold it to."""

import json
import tracemalloc
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.codebook.read import read_codebook
from annotate.study import streamed, study
from annotate.study.exports import Tables, tabulate
from annotate.study.queried import read_queried
from annotate.study.snapshot import write_snapshot
from annotate.study.streamed import NotStreamedError, TaskFile
from annotate.study.study import read_study
from tests.export_example import CONFIG, Json, annotation, choice, result, span, task

CODEBOOK = read_codebook(CONFIG)
ANY: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "_PIECE", 100)
    monkeypatch.setattr(streamed, "_PACKED", 7)


@given(
    values=st.lists(ANY, min_size=1, max_size=6),
    indent=st.sampled_from([None, 1]),
    ascii_only=st.booleans(),
    piece=st.integers(1, 40),
    mark=st.sampled_from([b"", b"\xef\xbb\xbf"]),
)
def test_the_elements_are_those_of_the_array(
    tmp_path_factory: pytest.TempPathFactory,
    values: list[Any],
    indent: int | None,
    ascii_only: bool,
    piece: int,
    mark: bytes,
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    text = json.dumps(values, indent=indent, ensure_ascii=ascii_only)
    path.write_bytes(mark + b" \r\n" + text.encode(errors="replace") + b"\n")
    whole = json.loads(path.read_text(encoding="utf-8-sig"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamed, "_PIECE", piece)
        tasks = TaskFile(path)
        assert [*tasks] == whole
        assert [tasks[number] for number in range(len(tasks))] == whole


@pytest.mark.parametrize(
    "written",
    [b"", b" ", b"{}", b"[", b"[1", b"[1,", b"[1,]", b"[1 2]", b"[1] 2", b"[]", b'["\xff"]', b"\xff\xfe[\x001\x00", b"[" * 9999],
)  # fmt: skip
def test_what_is_no_array_of_something_is_left_to_the_other_reader(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "e.json").write_bytes(written)
    with pytest.raises(NotStreamedError):
        list(TaskFile(tmp_path / "e.json"))


def odd_export() -> list[Json]:
    """Tasks in which everything occurs that is decided over several of them."""
    tasks = []
    for number in range(1, 41):
        first = annotation(3 * number, 1, choice("b" if number % 4 else "a"), span(0, 2, "He"))
        second = annotation(3 * number + 1, 2, choice("b"), result("comment", "textarea", text=["So."]))
        third = annotation(3 * number + 2, 3, choice("c" if number % 9 == 0 else "a"), span(3, 6, "sai"))
        second |= {"was_cancelled": number % 7 == 0, "ground_truth": number % 5 == 0, "lead_time": 3}
        third |= {"completed_by": {"email": f"x{number % 2}@example.org"}, "updated_by": None}
        first |= {"updated_by": 9, "ground_truth": True} if number % 6 == 0 else {}
        made = task(f"p{number}", first, second, third, uncertainty_rank="000001", page=number)
        made["id"] = number
        made["data"] |= {"country": "Öland"} if number % 3 else {"start": 3, "end": 9}
        if number % 8 == 0:
            del made["data"]["passage_id"]
            made["data"] |= {"n": number} if number % 16 else {}
        if number % 11 == 0:
            made["data"]["adjudication"] = "[]"
        tasks.append(made)
    for number in (2, 3, 12, 20, 22):
        again = json.loads(json.dumps(tasks[number - 1]))
        again["id"] += 100
        if number % 2:
            again["data"] |= {"repeat_of": f"p{number}", "passage_id": "r", "round": 2, "country": "Fårö"}
        tasks.insert(number * 3 % 10, again)
    tasks[5]["annotations"] = []
    return tasks


def write(path: Path, tasks: list[Json]) -> Path:
    path.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    return path


def the_same(one: Tables, other: Tables) -> None:
    for name in (field.name for field in fields(Tables)):
        found, wanted = getattr(one, name), getattr(other, name)
        if isinstance(wanted, pd.DataFrame):
            pd.testing.assert_frame_equal(found, wanted, obj=name)
        else:
            assert found == wanted, name


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("on_edited", ["keep", "exclude"])
def test_the_tables_are_those_of_a_list(tmp_path: Path, on_edited: Any) -> None:
    tasks = odd_export()
    wanted = tabulate(tasks, CODEBOOK, on_edited=on_edited)
    assert len(wanted.cautions) == 4 - (on_edited == "exclude")
    assert set(wanted.ratings["round"]) == {1, 2}
    assert {"cancelled", "adjudicated", "unknown_category"} <= set(wanted.exclusions["reason"])
    the_same(tabulate(TaskFile(write(tmp_path / "e.json", tasks)), CODEBOOK, on_edited=on_edited), wanted)


@pytest.mark.usefixtures("small_pieces")
def test_nulls_of_a_converter_are_read_as_in_a_list(tmp_path: Path) -> None:
    tasks = odd_export()
    for number, made in enumerate(tasks):
        if number % 5 == 0:
            made["annotations"] = None
        elif number % 3 == 0 and made["annotations"]:
            made["annotations"][0]["result"] = None
            made["annotations"][-1]["completed_by"] = [7, "n@example.org"]
    wanted = tabulate(tasks, CODEBOOK)
    assert "empty" in set(wanted.exclusions["reason"])
    assert "A7" in set(wanted.ratings["annotator"])
    the_same(tabulate(TaskFile(write(tmp_path / "e.json", tasks)), CODEBOOK), wanted)


@pytest.mark.usefixtures("small_pieces")
def test_a_table_that_holds_nothing_in_a_column_is_the_same(tmp_path: Path) -> None:
    tasks = [task(f"p{number}", annotation(number, 1, choice("a"))) for number in range(1, 30)]
    for made in tasks:
        del made["data"]["document_id"]
    read = tabulate(TaskFile(write(tmp_path / "e.json", tasks)), CODEBOOK)
    the_same(read, tabulate(tasks, CODEBOOK))


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("broken", ["json", "task", "other text", "control", "number", "huge"])
def test_messages_are_those_of_a_file_that_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    (tmp_path / "c.xml").write_text(CONFIG, encoding="utf-8")
    tasks = [task(f"p{number}", annotation(number, 1, choice("a"))) for number in range(1, 30)]
    if broken == "task":
        del tasks[20]["annotations"]
    elif broken == "other text":
        tasks[20]["data"] |= {"passage_id": "p1", "text": "Something else."}
    elif broken == "control":
        tasks[20]["annotations"][0]["result"][0]["from_name"] = "unknown"
    elif broken in ("number", "huge"):  # no error: what is past 64 bits is kept
        tasks[20]["data"] |= {"start": 10 ** (30 if broken == "huge" else 3), "end": 4}
    path = write(tmp_path / "e.json", tasks)
    if broken == "json":
        path.write_text(path.read_text(encoding="utf-8")[:-5], encoding="utf-8")

    def told(streamed_from: int) -> Any:
        monkeypatch.setattr(study, "STREAMED_FROM", streamed_from)
        try:
            return read_study(path, config=tmp_path / "c.xml").passages.to_dict("records")
        except Exception as error:  # noqa: BLE001 - whatever it is, it must be the same
            return type(error), str(error)

    assert str(told(0)) == str(told(2**40))


@pytest.mark.usefixtures("small_pieces")
def test_a_snapshot_or_an_export_is_counted_where_it_lies(tmp_path: Path) -> None:
    tasks = odd_export()
    folder, export = write_snapshot(tmp_path, "s", tasks, CONFIG, {}), write(tmp_path / "e.json", tasks)
    (tmp_path / "c.xml").write_text(CONFIG, encoding="utf-8")
    for path, config in ((folder, None), (export, tmp_path / "c.xml")):
        for on_edited in ("keep", "exclude"):
            asked: Any = {"config": config, "on_invalid": "exclude", "on_edited": on_edited}
            found, wanted = read_queried(path, **asked), read_study(path, **asked)
            columns = ["item", "annotator", "variable", "round", "category", "source", "document", "country"]
            pd.testing.assert_frame_equal(
                *(one.ratings[columns].sort_values(columns, ignore_index=True) for one in (found, wanted)),
                check_dtype=False,
            )
            for name in ("cautions", "left_out", "variables", "about"):
                assert getattr(found, name) == getattr(wanted, name), name
            pd.testing.assert_frame_equal(found.passages, wanted.passages)
    with pytest.raises(Exception, match="two annotations by one annotator") as refused:
        read_queried(export, config=tmp_path / "c.xml")
    with pytest.raises(type(refused.value)) as wanted_error:
        read_study(export, config=tmp_path / "c.xml")
    assert str(refused.value) == str(wanted_error.value)


def test_a_stream_takes_memory_for_a_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "_PIECE", 2**14)
    path = write(tmp_path / "e.json", [task(f"p{number}", text="word " * 200) for number in range(3000)])
    tracemalloc.start()
    try:
        assert sum(1 for _ in TaskFile(path)) == 3000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.stat().st_size > 3_000_000
    assert peak < 300_000
