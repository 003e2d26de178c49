"""PDF files as small as they can be: lines of text at their places on pages."""

from collections.abc import Sequence

Placed = tuple[float, float, float, str]  # x, y, size, text


def pdf(pages: Sequence[Sequence[Placed]], info: str = "", *, image: bool = False) -> bytes:
    """Make a PDF file with Helvetica in the Windows encoding; ``image`` shows a grey picture on each page."""
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< {info} >>".encode("latin-1"),
    ]
    for number, lines in enumerate(pages):
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] {resources} /Contents {6 + 2 * number} 0 R >>"
        picture = b"q 300 0 0 300 50 50 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q\n" if image else b""
        shown = picture + b"".join(
            b"BT /F1 %g Tf 1 0 0 1 %g %g Tm (%b) Tj ET\n" % (size, x, y, _escaped(text))
            for x, y, size, text in lines
        )
        objects += [page.encode(), b"<< /Length %d >>\nstream\n%b\nendstream" % (len(shown), shown)]
    return _written(objects)


def column(text: str, *, top: float = 500, x: float = 50, size: float = 10, gap: float = 12) -> list[Placed]:
    """Set lines below each other; an empty line leaves a gap."""
    return [(x, top - gap * number, size, line) for number, line in enumerate(text.split("\n")) if line]


def _escaped(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _written(objects: list[bytes]) -> bytes:
    data = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    trailer = b"trailer << /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(data))
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer
