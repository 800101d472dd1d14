"""Files as people have them, good and bad, made here: a PDF by hand, a Word document, an archive that would explode."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>
<Override PartName="/word/document.xml"
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0"?><Relationships
xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Target="word/document.xml"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>"""
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PICTURES = """<?xml version="1.0"?><Relationships
xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="p1" Target="media/image1.png"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/></Relationships>"""
_PICTURE = """<w:p><w:r><w:drawing><wp:inline
xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">
<wp:docPr id="1" name="1" descr="A box"/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData>
<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="p1"/></pic:blipFill></pic:pic>
</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"""


def pdf(
    path: Path,
    pages: Sequence[Sequence[str]],
    *,
    title: str = "",
    outline: Sequence[tuple[str, int]] = (),
    encrypted: bool = False,
) -> Path:
    """A PDF of text lines; `outline` names pages from 0."""
    objects: list[bytes] = [b"", b""]  # catalogue and page tree come last
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    numbers = []
    for lines in pages:
        shown = b" ".join(b"(" + _escaped(line) + b") Tj T*" for line in lines)
        stream = b"BT /F1 11 Tf 14 TL 60 740 Td " + shown + b" ET"
        objects.append(b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream")
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R" % len(objects)
        objects.append(page + b" /Resources << /Font << /F1 3 0 R >> >> >>")
        numbers.append(len(objects))
    first = len(objects) + 1
    for place, (name, page_index) in enumerate(outline):
        near = b"".join(
            b" /%s %d 0 R" % (word, first + 1 + place + step)
            for word, step in ((b"Prev", -1), (b"Next", 1))
            if 0 <= place + step < len(outline)
        )
        target = b"<< /Title (%s) /Parent %d 0 R /Dest [%d 0 R /Fit]" % (_escaped(name), first, numbers[page_index])
        objects.append(b"") if not place else None
        objects.append(target + near + b" >>")
    if outline:
        objects[first - 1] = b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>" % (
            first + 1,
            first + len(outline),
            len(outline),
        )
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R" + (b" /Outlines %d 0 R" % first if outline else b"") + b" >>"
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    objects[1] = b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % len(numbers)
    objects.append(b"<< /Title (" + _escaped(title) + b") >>")
    trailer = b"/Size %d /Root 1 0 R /Info %d 0 R" % (len(objects) + 1, len(objects))
    if encrypted:
        trailer += b" /ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (
            b"11" * 32,
            b"22" * 32,
        )
    path.write_bytes(_file(objects, trailer))
    return path


def _file(objects: Sequence[bytes], trailer: bytes) -> bytes:
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer << " + trailer + b" >>\nstartxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def _escaped(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def docx(path: Path, paragraphs: Sequence[tuple[str, str]], picture: bytes = b"") -> Path:
    """A Word document of (style, text), with a PNG at its end that shows a box."""
    body = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'
        for style, text in paragraphs
    )
    body += _PICTURE if picture else ""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        if picture:
            archive.writestr("word/_rels/document.xml.rels", _PICTURES)
            archive.writestr("word/media/image1.png", picture)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>')
    return path


def bomb(path: Path, name: str = "word/document.xml", megabytes: int = 210) -> Path:
    """A small archive that unpacks to a great many zeros."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w", force_zip64=True) as out:
        for _megabyte in range(megabytes):
            out.write(bytes(1 << 20))
    return path
