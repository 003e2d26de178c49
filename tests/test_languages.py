# ruff: noqa: RUF001 - texts of six languages
"""Articles in six languages besides English: told apart, cut, hashed and compared, and what is not read is said."""

import json
from collections import Counter
from typing import Any

import pandas as pd
import pytest

from annotate.corpus import ingest
from annotate.corpus.languages import FUNCTION_WORDS, LANGUAGES, language_of, told
from annotate.reuse import reuse
from annotate.reuse.stems import read_words

# Sentences are cut at ¦.
ARTICLES = {
    "german": (
        "Die Gewerkschaft sagte am 3. Mai, dass vierzig Lastwagen am Tor angehalten wurden. ¦ „Wir warteten drei Wochen“, "
        "sagte ein Fahrer. ¦ Niemand weiß, wer das z. B. befahl oder warum die Waage stillstand."
    ),
    "french": (
        "Le syndicat a dit lundi que quarante camions avaient été arrêtés à la porte du port. ¦ « Nous avons attendu ! » dit "
        "un chauffeur. ¦ M. Kell ne sait pas qui a donné l’ordre ni pour quelle raison."
    ),
    "spanish": (
        "El sindicato dijo el lunes que cuarenta camiones fueron detenidos en la puerta del puerto. ¦ ¿Quién dio la orden? "
        "¦ Nadie lo sabe. ¦ La Sra. Gil tampoco pudo decir por qué no había nadie en la báscula."
    ),
    "russian": (
        "Профсоюз заявил в понедельник, что сорок грузовиков были остановлены у ворот порта. ¦ «Мы ждали три недели!» — "
        "сказал водитель. ¦ Никто не знает, кто отдал приказ. ¦ В 2021 г. было хуже, т. е. дольше."
    ),
    "arabic": (
        "قالت النقابة يوم الاثنين إن أربعين شاحنة أُوقفت عند بوابة الميناء منذ الفجر. ¦ من أعطى الأمر؟ ¦ لا أحد يعرف. ¦ "
        "وقال د. سالم إن الأوراق كانت سليمة وإن كل شيء كان في مكانه."
    ),
    "chinese": (
        "码头工会周一表示，四十辆卡车在大门口被拦下。¦“我们等了三个星期！”一名司机说。¦没有人知道是谁下的命令。"
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ARTICLES)
def test_an_article_is_told_cut_and_hashed(tmp_path: Any, language: str) -> None:
    pieces = [piece.strip() for piece in ARTICLES[language].split("¦")]
    text = ("" if language == "chinese" else " ").join(pieces)
    assert language_of(text) == language
    path = tmp_path / "article.txt"
    path.write_text(text, encoding="utf-8")
    made = ingest([path], config_sha256="0", source="S")
    assert [task["data"]["text"] for task in made.tasks] == pieces
    assert len({task["data"]["passage_id"] for task in made.tasks}) == len(pieces)
    again = ingest([path], config_sha256="0", source="S")
    assert [task["data"] for task in again.tasks] == [task["data"] for task in made.tasks]


CUT = {
    "german": "Im 2. Weltkrieg war das anders. ¦ Die Firma aus St. Pölten zahlte ca. 40 Mio. Euro, d. h. mehr als geplant. ¦ "
    "Die Zahl stieg auf 12. ¦ Niemand weiß warum. ¦ Siehe Abs. 2 Nr. 4 der Verordnung. ¦ Das 19. Jahrhundert war lang.",
    "french": "M. Kell et Mme. Orn arrivent au no. 4 de l'av. Foch. ¦ Voir p. 12 et chap. 3 du livre. ¦ Rien n'a changé.",
    "spanish": "El Sr. Gil vive en la av. Mayor. ¦ Véase el art. 5 y la pág. 7 de la ley. ¦ Nadie lo sabe.",
    "russian": "На ул. Ленина в г. Омске стоит дом. ¦ Он заплатил 5 млн руб. за землю. ¦ Это было в 1998 г. ¦ Потом он уехал.",
    "polish": "Np. ul. Długa nr 4 jest zamknięta. ¦ Prof. Nowak m.in. powiedział nie. ¦ Było to w 1998 r. ¦ Potem wyjechał.",
    "arabic": "قال د. سالم ذلك. ¦ من أعطى الأمر؟",
    "chinese": "部长说不。¦为什么？¦没有人知道！",
}  # fmt: skip


@pytest.mark.parametrize("language", CUT)
def test_abbreviations_and_ordinals_of_a_language_end_no_sentence(
    tmp_path: Any, run: Any, language: str
) -> None:
    pieces = [piece.strip() for piece in CUT[language].split("¦")]
    (tmp_path / "a.txt").write_text(("" if language == "chinese" else " ").join(pieces), encoding="utf-8")
    code, _, _ = run("ingest", "a.txt", "--source", "S", "--output", "t.json", "--language", language)
    assert code == 0
    tasks = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    assert [task["data"]["text"] for task in tasks] == pieces


def test_a_language_of_which_nothing_is_known_is_refused_in_one_line(tmp_path: Any, run: Any) -> None:
    (tmp_path / "a.txt").write_text("One. Two.", encoding="utf-8")
    code, _, err = run("ingest", "a.txt", "--source", "S", "--output", "t.json", "--language", "klingon")
    assert code == 1
    assert "nothing is known of it; known are german" in err
    assert len(err.splitlines()) == 1


def test_what_is_too_short_or_of_another_language_is_not_guessed_at() -> None:
    assert language_of("Vierzig Lastwagen am Tor.") is None
    assert language_of("日本の港湾労働組合は月曜日に四十台のトラックが止められたと発表した。") is None
    assert (
        language_of(
            "Raportti kertoo, että neljäkymmentä kuorma-autoa pysäytettiin portille eilen illalla ennen sadetta."
        )
        is None
    )
    assert language_of("") is None
    assert (
        language_of("The union said that it was told on Monday why the gate had been shut to all of them.")
        == "english"
    )


def test_each_language_has_words_of_its_own_and_a_stemmer() -> None:
    for language in LANGUAGES:
        assert len(FUNCTION_WORDS[language]) >= 50
        words = read_words(["42"], language)
        assert words.n_stems == 1


@pytest.mark.parametrize("language", ARTICLES)
def test_a_sentence_taken_over_is_found_in_each_language(language: str) -> None:
    first, *others = [piece.strip() for piece in ARTICLES[language].split("¦")]
    rows = [("a", first), ("b", f"{others[-1]} {first}"), ("c", others[0])]
    table = pd.DataFrame(
        [{"item": name, "document": name, "source": name, "text": text, "start": 0, "end": len(text),
          "title": None, "published": None, "url": None, "kind": "body"} for name, text in rows]
    )  # fmt: skip
    found = reuse(table, language=language)
    pairs = {(row["a_item"], row["b_item"]) for row in found.to_dict("records")}
    assert ("a", "b") in pairs
    assert ("a", "c") not in pairs


def test_the_commands_say_in_one_line_of_which_documents_they_do_not_know_the_language(
    tmp_path: Any, run: Any
) -> None:
    tasks = [
        {"data": {"passage_id": name, "document_id": name, "source": name, "text": text.replace("¦", "")}}
        for name, text in ARTICLES.items()
    ]
    (tmp_path / "tasks.json").write_text(json.dumps(tasks), encoding="utf-8")
    for command in (("quantities",), ("reuse", "--language", "german")):
        code, _, err = run(command[0], tmp_path / "tasks.json", *command[1:])
        assert code == 0
        lines = [line for line in err.splitlines() if "documents are not in" in line]
        assert len(lines) == 1
        assert f"{6 if command[0] == 'quantities' else 5} of 6 documents are not in" in lines[0]
    code, _, err = run("reuse", tmp_path / "tasks.json", "--language", "klingon")
    assert code == 1
    assert "there is no stemmer for it" in err


def test_nothing_is_said_where_all_is_english_or_too_short() -> None:
    assert told(Counter({"english": 3}), "english") == ""
    assert told(Counter({"english": 3, None: 2}), "english") == ""
    assert (
        told(Counter({"english": 1, "german": 2}), "english")
        == "2 of 3 documents are not in English (2 German)"
    )
