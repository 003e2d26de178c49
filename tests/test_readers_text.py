# ruff: noqa: RUF001 - letters of many languages
"""Text in the old encodings of seventeen languages, found by its letters."""

from pathlib import Path

import pytest

from annotate.corpus.readers import read_documents
from annotate.corpus.readers.text import declared_in, decode

TEXTS = {
    "pl": "Sąd w Radomyśli wstrzymał w środę wycinkę sześciuset drzew, o którą od roku spierają się gmina i leśnicy. „To decyzja, na którą czekaliśmy”, powiedziała Maria Gil z komitetu mieszkańców. Nadleśnictwo twierdzi, że drzewa są chore, ale nie pokazało badań. Źródło nie zostało ujawnione, a następna rozprawa odbędzie się w październiku.",
    "cs": "Soud v Ústí ve středu zastavil kácení šesti set stromů, o které se obec a lesníci přou už rok. „Na to rozhodnutí jsme čekali,“ řekla Marie Žáková z výboru občanů. Lesní správa tvrdí, že stromy jsou nemocné, ale žádné výsledky neukázala. Příští jednání bude v říjnu a nikdo neví, kolik bude stát.",
    "hu": "A bíróság szerdán leállította hatszáz fa kivágását, amelyről a község és az erdészek egy éve vitatkoznak. „Erre a döntésre vártunk” – mondta Kovács Mária, a lakossági bizottság tagja. Az erdészet szerint a fák betegek, de nem mutatott be vizsgálatot. A következő tárgyalás októberben lesz, és senki sem tudja, mennyibe kerül. Őrült dolog ez, tűnődött a főnök.",
    "ro": "Tribunalul a oprit miercuri tăierea a șase sute de copaci. Primăria și pădurarii se ceartă de un an în privința lor. Ocolul silvic susține că pomii sînt bolnavi, dar nu a arătat nicio analiză. Următoarea ședință va avea loc în octombrie și nimeni nu știe cît va costa.".replace(
        "ș", "ş"
    ).replace("ț", "ţ"),
    "hr": "Sud je u srijedu zaustavio sječu šest stotina stabala, oko kojih se općina i šumari spore već godinu dana. Šumarija tvrdi da su stabla bolesna, ali nije pokazala nikakve nalaze. Sljedeće ročište bit će u listopadu i nitko ne zna koliko će stajati. Građani traže da se đaci zaštite.",
    "ru": "Суд остановил строительство моста в Приозёрске по иску жителей, сообщила в понедельник пресс-служба суда. Подрядчик заявил, что все разрешения получены, и обещал обжаловать решение. Мы три года писали письма, и никто не отвечал, сказала одна из истиц. Следующее заседание состоится в октябре.",
    "uk": "Суд зупинив будівництво мосту за позовом мешканців, повідомила в понеділок прес-служба суду. Підрядник заявив, що всі дозволи отримано, і обіцяв оскаржити рішення. Ми три роки писали листи, і ніхто не відповідав, сказала одна з позивачок. Наступне засідання відбудеться в жовтні.",
    "el": "Το δικαστήριο σταμάτησε την Τετάρτη την κοπή εξακοσίων δέντρων, για τα οποία ο δήμος και οι δασολόγοι διαφωνούν εδώ και έναν χρόνο. Το δασαρχείο υποστηρίζει ότι τα δέντρα είναι άρρωστα, αλλά δεν έδειξε καμία εξέταση. Η επόμενη δίκη θα γίνει τον Οκτώβριο.",
    "tr": "Mahkeme çarşamba günü altı yüz ağacın kesilmesini durdurdu. Belediye ile ormancılar bir yıldır tartışıyor. Orman müdürlüğü ağaçların hasta olduğunu söylüyor, ama hiçbir inceleme göstermedi. Bir sonraki duruşma ekim ayında yapılacak ve kimse ne kadar süreceğini bilmiyor. Işıklar söndü, İzmir sustu.",
    "de": "Das Gericht hat am Mittwoch die Fällung von sechshundert Bäumen gestoppt, über die Gemeinde und Förster seit einem Jahr streiten. Das Forstamt behauptet, die Bäume seien krank, hat aber keine Prüfung gezeigt. Die nächste Verhandlung findet im Oktober statt, und niemand weiß, was sie kostet.",
    "fr": "Le tribunal a arrêté mercredi l'abattage de six cents arbres, au sujet duquel la commune et les forestiers se disputent depuis un an. L'office affirme que les arbres sont malades, mais n'a montré aucune étude. La prochaine audience aura lieu en octobre, et personne ne sait ce qu'elle coûtera.",
    "es": "El tribunal detuvo el miércoles la tala de seiscientos árboles, sobre la que el municipio y los guardabosques discuten desde hace un año. La oficina sostiene que los árboles están enfermos, pero no mostró ningún análisis. La próxima sesión será en octubre y nadie sabe cuánto costará.",
    "he": "בית המשפט עצר ביום רביעי את כריתתם של שש מאות עצים, שעליהם מתווכחים העירייה והיערנים כבר שנה. משרד היערות טוען שהעצים חולים, אך לא הציג שום בדיקה. הדיון הבא ייערך באוקטובר ואיש אינו יודע כמה יעלה.",
    "ar": "أوقفت المحكمة يوم الأربعاء قطع ستمائة شجرة تتنازع عليها البلدية وحراس الغابات منذ عام. ويقول مكتب الغابات إن الأشجار مريضة لكنه لم يقدم أي فحص. وستعقد الجلسة القادمة في أكتوبر ولا أحد يعرف كم ستكلف.",
    "ja": "裁判所は水曜日、六百本の木の伐採を止めた。町と森林官は一年前から争っている。森林事務所は木が病気だと主張しているが、検査結果は示していない。次の審理は十月に開かれる。",
    "zh": "法院星期三停止了六百棵树的砍伐，镇政府和护林员为此争论了一年。林业办公室声称树木有病，但没有出示任何检查结果。下一次开庭将在十月举行，没有人知道要花多少钱。",
    "ko": "법원은 수요일 육백 그루의 나무를 베는 일을 중단시켰다. 마을과 산림관은 일 년 동안 다투어 왔다. 산림청은 나무가 병들었다고 주장하지만 검사 결과를 보여 주지 않았다. 다음 재판은 시월에 열린다.",
}
PAGES = {
    "pl": ["iso8859-2", "cp1250"],
    "cs": ["iso8859-2", "cp1250"],
    "hu": ["iso8859-2", "cp1250"],
    "ro": ["iso8859-2", "cp1250"],
    "hr": ["iso8859-2", "cp1250"],
    "ru": ["koi8-r", "cp1251", "iso8859-5", "cp866"],
    "uk": ["koi8-u", "cp1251"],
    "el": ["iso8859-7", "cp1253"],
    "tr": ["iso8859-9", "cp1254"],
    "de": ["cp1252"],
    "fr": ["cp1252"],
    "es": ["cp1252"],
    "he": ["cp1255", "iso8859-8"],
    "ar": ["cp1256"],
    "ja": ["shift_jis", "euc_jp"],
    "zh": ["gb18030", "big5"],
    "ko": ["euc_kr"],
}


@pytest.mark.parametrize("length", [90, 400])
@pytest.mark.parametrize(
    ("language", "encoding"), [(language, page) for language, pages in PAGES.items() for page in pages]
)
def test_the_encoding_of_a_text_is_told_by_its_letters(language, encoding, length):
    text = TEXTS[language][:length].encode(encoding, "ignore").decode(encoding)
    found, notices = decode(text.encode(encoding), Path("a.txt"))
    assert found == text
    assert "which is a guess" in notices[0]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("СУД ОСТАНОВИЛ СТРОИТЕЛЬСТВО МОСТА В ПРИОЗЁРСКЕ", "koi8-r"),
        ("ΤΟ ΔΙΚΑΣΤΗΡΙΟ ΣΤΑΜΑΤΗΣΕ ΤΗΝ ΚΟΠΗ ΤΩΝ ΔΕΝΤΡΩΝ", "iso8859-7"),
        ("Müller of the Café El Niño wore a façade of naïve calm.", "cp1252"),
        ("Mr. Żak paid € 40 to Łódź.", "cp1250"),
        ("The price was £40 – or “less”.", "cp1252"),
        ("Björk Guðmundsdóttir fæddist í Reykjavík þann dag.", "cp1252"),
        ("Lãnh đạo".encode("cp1252", "ignore").decode("cp1252"), "cp1252"),
    ],
)
def test_a_few_words_are_enough(text, encoding):
    assert decode(text.encode(encoding), Path("a.txt"))[0] == text


@pytest.mark.parametrize(
    ("label", "codec"),
    [("latin1", "cp1252"), ("ISO-8859-9", "cp1254"), ("x-sjis", "cp932"), ("gb2312", "gb18030"), ("KOI8-R", "koi8-r"), ("ks_c_5601-1987", "cp949"), ("utf8", "utf-8"), ("base64", None), ("nonsense", None)],
)  # fmt: skip
def test_what_a_page_declares_means_what_browsers_take_it_for(label, codec):
    assert declared_in(f'<meta charset="{label}">'.encode()) == codec


def test_what_markdown_says_before_its_text_is_guessed_and_no_text(tmp_path):
    said = '---\ntitle: "The mill"\nDate: 2024-05-13\ntags: [a, b]\nauthor: Ann Orn\n---\n\n# A heading\n\nIt is shut.\n'
    path = tmp_path / "a.md"
    path.write_text(said, encoding="utf-8")
    (made,) = read_documents(path)
    assert made.text.split() == ["#", "A", "heading", "It", "is", "shut."]
    assert made.guessed == {"title": "The mill", "author": "Ann Orn", "published": "2024-05-13"}
    assert made.notices == (f"{path}: left out: 4 lines about the document before its text",)


@pytest.mark.parametrize("text", ["---\n\nIt is shut.\n", "It is shut.\n---\ntitle: a\n---\n"])
def test_a_rule_in_markdown_is_text(tmp_path, text):
    path = tmp_path / "a.md"
    path.write_text(text, encoding="utf-8")
    (made,) = read_documents(path)
    assert made.text == text
    assert made.notices == ()
