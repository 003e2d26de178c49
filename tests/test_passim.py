"""passim's JSON: what is written is read again, and what passim itself writes is read."""

import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from annotate.errors import InputError
from annotate.reuse import reuse
from annotate.reuse.passim import compare_pairs, document_texts, read_passim, write_passim
from annotate.study.passages import passages_of, read_passages

EXAMPLE = Path(__file__).parent.parent / "tasks/example.json"
LORRIES = (
    "Eleven lorries with covered lamps drove past the old chapel towards the flooded quarry before dawn."
)
LAMPS = "A widow sold the light-house lens to a glazier of Ombrey for ninety crowns and a goat."


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def made(*documents: tuple[str, ...]) -> pd.DataFrame:
    tasks: list[Any] = []
    for name, *texts in documents:
        at = 0
        for number, text in enumerate(texts):
            data = {"passage_id": f"{name}{number}", "document_id": name, "source": name, "text": text}
            tasks.append({"data": data | {"start": at}})
            at += len(text) + 1
    return passages_of(tasks)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    for passages in (read_passages(EXAMPLE), made(("a", f"{LORRIES} {LAMPS}"), ("b", f"{LAMPS} {LORRIES}"))):
        pairs = reuse(passages)
        write_passim(tmp_path, passages, pairs)
        again = read_passim(tmp_path / "align.json", passages)
        columns = [name for name in pairs.columns if name not in ("n_spans", "spans")]
        names = ["a_item", "b_item"]
        for table in (pairs, again):
            assert (table["n_spans"] == table["spans"].map(len)).all()
        left, right = (table.sort_values(names, ignore_index=True) for table in (pairs, again))
        assert [sorted(map(str, one)) for one in left["spans"]] == [
            sorted(map(str, o)) for o in right["spans"]
        ]
        best = [
            "a_start",
            "a_end",
            "b_start",
            "b_end",
            "a_text",
            "b_text",
        ]  # of several, theirs is the longest
        kept = [name for name in columns if name not in best]
        pd.testing.assert_frame_equal(left[kept], right[kept], check_dtype=False)


def test_the_lines_are_passims(tmp_path: Path) -> None:
    passages = read_passages(EXAMPLE)
    write_passim(tmp_path, passages, reuse(passages))
    texts = {one["id"]: one["text"] for one in lines(tmp_path / "documents.json")}
    assert set(lines(tmp_path / "documents.json")[0]) >= {"id", "series", "text"}
    for row in passages.loc[passages["kind"] != "boilerplate"].itertuples():
        assert texts[row.document][row.start : row.end] == row.text
    for one in lines(tmp_path / "align.json"):
        assert len(one["s1"]) == len(one["s2"])
        for side, aligned in (("", "s1"), ("2", "s2")):
            text = texts[one[f"id{side}"]][one[f"begin{side}"] : one[f"end{side}"]]
            assert one[aligned].replace("-", "") == text.replace("-", "\u2010")
        assert 0 < one["matches"] == sum(a == b for a, b in zip(one["s1"], one["s2"], strict=True))


def of_passim(passages: pd.DataFrame, **more: Any) -> dict[str, Any]:
    """A line as passim writes it, over two passages of either document."""
    texts = document_texts(passages)
    both = {name: texts[name].replace("-", "\u2010") for name in ("a", "b")}
    begin2 = texts["b"].index(LORRIES[:20])
    two = both["b"][begin2:]
    one = both["a"][: len(two)]
    return {
        "uid": -5,
        "uid2": 9,
        "id": "a",
        "id2": "b",
        "begin": 0,
        "end": len(one),
        "begin2": begin2,
        "end2": begin2 + len(two),
        "s1": one,
        "s2": two,
        "matches": len(one),
        **more,
    }


def test_a_stretch_over_several_passages_is_one_of_each(tmp_path: Path) -> None:
    passages = made(("a", LORRIES, LAMPS), ("b", "It was so.", LORRIES, LAMPS))
    folder = tmp_path / "align.json"
    folder.mkdir()
    with gzip.open(folder / "part-00000-x.json.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(of_passim(passages)) + "\n")
    found = read_passim(folder, passages)
    assert set(zip(found["a_item"], found["b_item"], strict=True)) == {("a0", "b1"), ("a1", "b2")}
    assert set(found["a_text"]) == {LORRIES[:-1], LAMPS[:-1]}
    held = compare_pairs(reuse(passages), found)
    assert held["found_by"].tolist() == ["both", "both"]
    assert (held["their_score"] > 0.9).all()


def test_clusters_are_pairs_of_their_members(tmp_path: Path) -> None:
    passages = made(("a", LORRIES), ("b", "So.", LORRIES), ("c", LAMPS, LORRIES))
    texts = document_texts(passages)
    members = []
    for name, text in texts.items():
        begin = text.index(LORRIES)
        members.append({"id": name, "cluster": 7, "size": 3, "begin": begin, "end": begin + len(LORRIES)})
    path = tmp_path / "out.json"
    path.write_text("".join(json.dumps(one) + "\n" for one in members), encoding="utf-8")
    found = read_passim(path, passages)
    assert set(zip(found["a_item"], found["b_item"], strict=True)) == {
        ("a0", "b1"),
        ("a0", "c1"),
        ("b1", "c1"),
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "z"}, "line 1: document 'z' is not among these"),
        ({"end": 9999}, "line 1: 0 to 9999 is not a place in document a"),
        ({"begin": "0"}, "line 1: '0' to "),
        ({"s1": "something else"}, "line 1: document a has another text at 0 to"),
    ],
)
def test_what_is_of_other_documents_is_refused(tmp_path: Path, change: Any, message: str) -> None:
    passages = made(("a", LORRIES, LAMPS), ("b", "It was so.", LORRIES, LAMPS))
    path = tmp_path / "align.json"
    path.write_text(json.dumps(of_passim(passages, **change)), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_passim(path, passages)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "not a record"),
        ('{"id": "a"}', "neither a pair .id2. nor a member of a cluster"),
    ],
)
def test_what_is_not_passims_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "align.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_passim(path, made(("a", LORRIES)))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="a folder without files part-"):
        read_passim(tmp_path / "empty", made(("a", LORRIES)))


def test_the_command_writes_and_compares(run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "p"
    status, _, said = run("reuse", str(EXAMPLE), "--passim", str(folder))
    assert (status, "align.json" in said) == (0, True)
    status, out, said = run(
        "reuse", str(EXAMPLE), "--against", str(folder / "align.json"), "--format", "json"
    )
    assert status == 0
    assert {row["found_by"] for row in json.loads(out)} == {"both"}
    assert f"found by both: {len(json.loads(out))}, found by annotate: 0, found by passim: 0" in said
