"""Readers: a file of each format in, its lines out; and a clear word for each file that cannot be read."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import index.readers as readers
from index.articles import read_articles
from index.errors import UnreadableFile
from index.readers import SUFFIXES, read_document
from tests.reading_fixtures import written

TEXT = "沿江的粮仓今年又添了三座。粮食从上游来，先存在这里，再分往各地的加工厂和批发市场。\n第二行：路也修宽了。\n"
TRADITIONAL = "沿江的糧倉今年又添了三座。糧食從上游來，先存在這裡，再分往各地的加工廠和批發市場。\n"


def lines(path: Path) -> list[str]:
    return [line.text for line in read_document(path, path.name).lines if line.text]


def refusal(path: Path) -> str:
    with pytest.raises(UnreadableFile) as error:
        read_document(path, path.name)
    return str(error.value)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_a_chinese_text_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    assert lines(written(tmp_path, "仓.txt", TEXT.encode(encoding))) == TEXT.split("\n")[:2]


def test_traditional_chinese_in_big5_is_read(tmp_path: Path) -> None:
    assert lines(written(tmp_path, "a.txt", TRADITIONAL.encode("big5"))) == [TRADITIONAL.strip()]


def test_a_broken_character_does_not_make_a_whole_text_unreadable(tmp_path: Path) -> None:
    data = bytearray((TEXT * 20).encode())
    data[200] = 0xFF
    got = lines(written(tmp_path, "a.txt", bytes(data)))
    assert len(got) == 40
    assert sum(line.count("\ufffd") for line in got) in (1, 2, 3)


def test_english_with_windows_quotes_is_read(tmp_path: Path) -> None:
    text = "The port’s “new” granary holds 30 tons – more than the old one could ever hold."
    assert lines(written(tmp_path, "a.txt", text.encode("cp1252"))) == [text]


def test_lines_are_numbered_from_one_and_form_feeds_count_pages(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "a.txt", "甲\r\n乙\n\f丙\n".encode()), "a.txt")
    assert [(line.number, line.text, line.page) for line in document.lines][:3] == [
        (1, "甲", 1),
        (2, "乙", 1),
        (3, "丙", 2),
    ]


def test_markdown_gives_headings_items_and_table_rows_with_their_lines(tmp_path: Path) -> None:
    text = "# 粮仓\n\n一座*新*仓，[三](http://a.b)层\n高。\n\n- 东仓\n- 西仓\n\n| 仓 | 容量 |\n|---|---|\n| 东 | 3 |\n"
    document = read_document(written(tmp_path, "a.md", text.encode()), "a.md")
    assert [(line.number, line.text, line.style) for line in document.lines] == [
        (1, "粮仓", "h1"),
        (3, "一座新仓，三层高。", None),
        (6, "东仓", "li"),
        (7, "西仓", "li"),
        (9, "仓\t容量", "table"),
        (11, "东\t3", "table"),
    ]


PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>粮仓三问 - 粮食网</title><style>p{}</style></head>
<body><nav><a href="/">首页</a></nav><div class="breadcrumb">首页 / 粮仓</div><article><h1>粮仓三问</h1>
<p>粮仓建在<b>江边</b>。<br>船到就卸。</p><script>var a = 1;</script><h2>容量</h2>
<table><tr><th>仓</th><th>容量</th></tr><tr><td>东仓</td><td>3 万吨</td></tr></table>
<ul><li>东仓</li></ul></article><footer>版权所有</footer></body></html>"""


def test_html_gives_its_text_without_navigation_scripts_and_footer(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "a.html", PAGE.encode()), "a.html")
    assert document.title == "粮仓三问"
    assert [(line.text, line.style) for line in document.lines] == [
        ("粮仓三问", "h1"),
        ("粮仓建在江边。", None),
        ("船到就卸。", None),
        ("容量", "h2"),
        ("仓\t容量", "table"),
        ("东仓\t3 万吨", "table"),
        ("东仓", "li"),
    ]


def test_html_in_its_declared_encoding_is_read(tmp_path: Path) -> None:
    page = PAGE.replace("utf-8", "gb2312").encode("gbk")
    assert "粮仓建在江边。" in lines(written(tmp_path, "a.htm", page))


@pytest.mark.parametrize("declared", ["utf-16", "undefined", "unicode_escape", "zlib", "nonsense"])
def test_html_that_declares_what_it_cannot_be_in_is_read_in_what_it_is(tmp_path: Path, declared: str) -> None:
    page = PAGE.replace("utf-8", declared).encode()
    for length in (page, page + b" "):  # UTF-16 reads an even number of bytes, as nonsense
        assert "粮仓建在江边。" in lines(written(tmp_path, "a.html", length))


def test_html_without_a_headline_takes_its_title_without_the_site(tmp_path: Path) -> None:
    page = PAGE.replace("<h1>粮仓三问</h1>", "")
    (article,) = read_articles(written(tmp_path, "a.html", page.encode()), "a.html").articles
    assert article.title == "粮仓三问"


def test_deeply_nested_html_is_read(tmp_path: Path) -> None:
    page = "<html><body>" + "<div>" * 3000 + "深处的粮仓" + "</div>" * 3000 + "</body></html>"
    assert lines(written(tmp_path, "a.html", page.encode())) == ["深处的粮仓"]


def word_file(path: Path) -> Path:
    import docx

    document = docx.Document()
    document.add_paragraph("粮仓三问", style="Title")
    document.add_heading("容量", level=1)
    document.add_paragraph("东仓最大。")
    table = document.add_table(rows=2, cols=2)
    for row, texts in zip(table.rows, (("仓", "容量"), ("东仓", "3万吨")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.add_paragraph("西仓", style="List Bullet")
    document.save(str(path))
    return path


def test_word_gives_paragraphs_headings_and_tables_in_order(tmp_path: Path) -> None:
    document = read_document(word_file(tmp_path / "a.docx"), "a.docx")
    assert [(line.text, line.style) for line in document.lines] == [
        ("粮仓三问", "title"),
        ("容量", "h1"),
        ("东仓最大。", None),
        ("仓\t容量", "table"),
        ("东仓\t3万吨", "table"),
        ("西仓", "li"),
    ]


def rewritten(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Return the Word file with one part of it changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, change(data) if name == part else data)
    return path


def test_a_word_table_that_claims_a_million_columns_is_refused(tmp_path: Path) -> None:
    span = b'<w:tcPr><w:gridSpan w:val="1000000"/>'
    path = rewritten(word_file(tmp_path / "a.docx"), "word/document.xml", lambda data: data.replace(b"<w:tcPr>", span))
    assert "damaged" in refusal(path)


def test_a_word_file_that_unpacks_to_more_than_any_article_is_refused(tmp_path: Path) -> None:
    path = rewritten(word_file(tmp_path / "a.docx"), "word/styles.xml", lambda data: data + b" " * 65 * 2**20)
    assert path.stat().st_size < 2**20
    assert "unpacks" in refusal(path)


def test_footnotes_of_a_word_file_stand_at_its_end(tmp_path: Path) -> None:
    path = word_file(tmp_path / "a.docx")
    note = (
        '<?xml version="1.0"?><w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:footnote w:id="1"><w:p><w:r><w:t>东仓：1998年建成。</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    noted = tmp_path / "b.docx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(noted, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "[Content_Types].xml":
                part = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
                data = data.replace(b"</Types>", part.encode())
            if name == "word/_rels/document.xml.rels":
                link = f'<Relationship Id="rIdNote" Type="{relation}" Target="footnotes.xml"/></Relationships>'
                data = data.replace(b"</Relationships>", link.encode())
            new.writestr(name, data)
        new.writestr("word/footnotes.xml", note)
    assert lines(noted)[-2:] == ["注释", "[1] 东仓：1998年建成。"]


def pdf_file(path: Path, pages: list[list[tuple[float, float, float, str]]]) -> Path:
    """Write a PDF; each page is a list of (left, top, size, text)."""
    import pypdfium2
    from pypdfium2 import raw

    pdf = pypdfium2.PdfDocument.new()
    for content in pages:
        page = pdf.new_page(400, 600)
        for left, top, size, text in content:
            printed = raw.FPDFPageObj_NewTextObj(pdf, b"Helvetica", size)
            encoded = (text + "\0").encode("utf-16-le")
            raw.FPDFText_SetText(printed, (raw.FPDF_WCHAR * (len(encoded) // 2)).from_buffer_copy(encoded))
            raw.FPDFPageObj_Transform(printed, 1, 0, 0, 1, left, 600 - top)
            raw.FPDFPage_InsertObject(page, printed)
        page.gen_content()
        page.close()
    pdf.save(path)
    pdf.close()
    return path


def paper(path: Path) -> Path:
    """Write a paper of three pages with a title, a running head, page numbers and a paragraph over a page break."""
    body = [
        "Grain arrives from upstream and is stored in granaries beside",
        "the river port before it is sent on. Workers load the barges in",
        "shifts at night, and the mills grind in the day. Whatever the",
    ]
    end = ["weather may bring, the grain keeps for three years in dry and", "cool rooms that are far above the water."]
    first = [(40.0, 60.0, 20.0, "Granaries on the river")] + [
        (40.0, 120.0 + 14 * i, 10.0, t) for i, t in enumerate(body)
    ]
    second = [(40.0, 80.0 + 14 * i, 10.0, text) for i, text in enumerate([*end])]
    third = [(40.0, 80.0 + 14 * i, 10.0, text) for i, text in enumerate([*body[:2], "shifts at night."])]
    pages = [first, second, third]
    head = [[(150.0, 20.0, 8.0, "River Quarterly"), (190.0, 580.0, 8.0, f"- {n} -")] for n in (1, 2, 3)]
    return pdf_file(path, [[top, *page, foot] for page, (top, foot) in zip(pages, head, strict=True)])


def test_a_pdf_gives_every_line_with_page_and_box(tmp_path: Path) -> None:
    document = read_document(paper(tmp_path / "a.pdf"), "a.pdf")
    title = next(line for line in document.lines if line.text.startswith("Granaries"))
    assert title.page == 1
    assert title.style == "title"
    assert title.box is not None
    assert 35 < title.box[0] < 45
    assert title.box[1] < 60 < title.box[3]


def test_a_pdf_reads_as_running_text_without_running_heads_and_page_numbers(tmp_path: Path) -> None:
    (article,) = read_articles(paper(tmp_path / "a.pdf"), "a.pdf").articles
    assert article.title == "Granaries on the river"
    assert article.pages == (1, 3)
    assert "Whatever the weather may bring, the grain keeps" in article.text
    assert "River Quarterly" not in article.text
    assert "- 2 -" not in article.text


def test_the_sample_pdf_reads_as_running_text(sample: Path) -> None:
    path = next(sample.rglob("*.pdf"))
    (article,) = read_articles(path, path.name).articles
    assert article.pages is not None
    assert article.pages[1] > 1
    paragraphs = [line for line in article.text.split("\n") if len(line) > 40]
    assert all(line.endswith(("。", "！", "？", "”", "：")) for line in paragraphs)


def test_every_readable_ending_is_listed() -> None:
    assert {".txt", ".text", ".md", ".markdown", ".html", ".htm", ".pdf", ".docx"} == SUFFIXES


LOCKED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    b"4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]/Size 5>>\n%%EOF\n"
)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b"  \n\n ", "no text"),
        ("a.txt", bytes(range(256)) * 40, "binary"),
        ("a.txt", b"%PDF-1.4\n", "a PDF"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(99), "an image"),
        ("a.txt", b"\xff\xfe" + "粮仓".encode("utf-16-le") + b"\x00", "utf-16"),
        ("a.pdf", b"not a pdf at all", "damaged"),
        ("a.pdf", LOCKED, "password"),
        ("a.docx", b"PK\x03\x04 cut short", "damaged"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + bytes(600), "password"),
        ("a.xlsx", b"PK\x03\x04", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_reason_and_what_to_do(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    message = refusal(written(tmp_path, name, data))
    assert message.startswith(f"{name}: ")
    assert reason in message
    assert message.count(".") >= 2


def test_a_pdf_of_pictures_is_refused_as_a_scan(tmp_path: Path) -> None:
    assert "scan" in refusal(pdf_file(tmp_path / "a.pdf", [[], []]))


def test_a_truncated_pdf_and_a_truncated_word_file_are_refused(tmp_path: Path) -> None:
    whole = paper(tmp_path / "a.pdf").read_bytes()
    assert "damaged" in refusal(written(tmp_path, "b.pdf", whole[: len(whole) // 20]))
    whole = word_file(tmp_path / "a.docx").read_bytes()
    assert "damaged" in refusal(written(tmp_path, "b.docx", whole[: len(whole) // 2]))


@pytest.mark.parametrize("at", [0.3, 0.6, 0.9])
def test_a_word_file_with_broken_bytes_inside_is_refused(tmp_path: Path, at: float) -> None:
    data = bytearray(word_file(tmp_path / "a.docx").read_bytes())
    place = data.index(b"word/document.xml") + int(at * 400) + 20
    data[place : place + 40] = bytes(40)
    assert "damaged" in refusal(written(tmp_path, "b.docx", bytes(data)))


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "LARGEST", 10)
    assert "Split it" in refusal(written(tmp_path, "a.txt", b"x" * 11))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "Check that the file is there" in refusal(tmp_path / "none.txt")


def test_bytes_in_no_encoding_are_refused(tmp_path: Path) -> None:
    noise = bytes((i * 37 + 129) % 127 + 128 for i in range(999))
    assert "UTF-8" in refusal(written(tmp_path, "a.txt", noise))
