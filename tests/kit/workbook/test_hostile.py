"""Files made to harm: one sentence at most, and this process lives on in little memory."""

from __future__ import annotations

import random
import sys
import time
import zipfile
from pathlib import Path

import pytest

from app.kit.workbook.inspection import inspect
from app.kit.workbook.reading import HostileWorkbook, read_sheets
from tests.kit.workbook import hostile

SAMPLE = Path(__file__).parents[2] / "data" / "huarong" / "含错误的名册.xlsx"


def resident() -> int:
    """Bytes this process holds now (Linux), else nothing."""
    if not sys.platform.startswith("linux"):
        return 0
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def read_all(path: Path, **limits: int) -> str:
    """Read every cell; the sentence if the file is refused."""
    try:
        for sheet in read_sheets([path], **limits):
            for _row in sheet.rows:
                pass
    except HostileWorkbook as error:
        assert path.name in str(error)
        assert str(error).endswith("。")
        return str(error)
    return ""


@pytest.mark.parametrize("make", hostile.REFUSED.values(), ids=hostile.REFUSED)
def test_refused_before_parsing(make, tmp_path):
    path = tmp_path / "上传.xlsx"
    path.write_bytes(make())
    before = resident()
    with pytest.raises(HostileWorkbook) as refusal:
        inspect(path)
    assert path.name in str(refusal.value)
    assert resident() - before < 64 * 2**20


@pytest.mark.parametrize("make", hostile.SURVIVED.values(), ids=hostile.SURVIVED)
def test_survived_while_parsing(make, tmp_path):
    path = tmp_path / "上传.xlsx"
    path.write_bytes(make())
    before = resident()
    read_all(path, memory_mb=512, seconds=60)
    assert resident() - before < 64 * 2**20


@pytest.mark.parametrize(
    ("make", "word"),
    [
        ("a password", "去掉密码"),
        ("parts encrypted", "去掉密码"),
        ("text", "另存为"),
        ("a cell at XFD1048576", "只粘贴值"),
        ("half a workbook", "已损坏"),
    ],
)
def test_the_sentence_says_what_to_do(make, word, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(hostile.REFUSED[make]())
    assert word in read_all(path)


def test_too_many_bytes(tmp_path):
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(51 * 2**20)
    assert "50 MB" in read_all(path)


def test_a_file_that_is_not_there(tmp_path):
    assert "无法读取" in read_all(tmp_path / "a.xlsx")
    assert "无法读取" in read_all(tmp_path)


def test_formatted_empty_cells_may_lie_anywhere(tmp_path):
    """WPS writes them to column XFD where a whole row was formatted."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        hostile.repacked(
            {hostile.SHEET: hostile.sheet('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row>')}
        )
    )
    [[row]] = [list(sheet.rows) for sheet in read_sheets([path])]
    assert row == (1.0,)


def test_text_may_look_like_a_far_cell(tmp_path):
    path = tmp_path / "a.xlsx"
    text = ' r="XFD1048576" <c r="XFD1"> '
    path.write_bytes(hostile.workbook([[text]]))
    assert [list(sheet.rows) for sheet in read_sheets([path])] == [[(text,)]]


def test_macros_are_neither_refused_nor_run(tmp_path):
    path = tmp_path / "a.xlsm"
    path.write_bytes(hostile.repacked({"xl/vbaProject.bin": b"Sub Auto_Open()"}))
    assert inspect(path).macros
    assert read_all(path) == ""


def test_a_child_that_takes_too_long_is_stopped(tmp_path, monkeypatch):
    sleeper = tmp_path / "child.py"
    sleeper.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr("app.kit.workbook.reading._CHILD", sleeper)
    began = time.monotonic()
    assert "用时过长" in read_all(SAMPLE, seconds=1)
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "says",
    [
        "sys.stdout.buffer.write(b'S' + (10**9).to_bytes(4, 'big'))",
        "sys.stdout.buffer.write(b'S' + (100).to_bytes(4, 'big') + b'short')",
        "code = b'cos\\nsystem\\n(S\"touch taken\"\\ntR.'\n"
        "sys.stdout.buffer.write(b'S' + len(code).to_bytes(4, 'big') + code)",
        "sys.stdout.buffer.write(b'?' + bytes(4))",
        "os.kill(os.getpid(), 9)",
    ],
)
def test_a_child_taken_over_by_its_file_is_not_believed(says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    child = tmp_path / "child.py"
    child.write_text(f"import os, sys\n{says}\n")
    monkeypatch.setattr("app.kit.workbook.reading._CHILD", child)
    assert read_all(SAMPLE) != ""
    assert not (tmp_path / "taken").exists()


def test_the_child_knows_no_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("LVZHI_SECRET_KEY", "secret")
    child = tmp_path / "child.py"
    child.write_text(f"import os\nopen({str(tmp_path / 'seen')!r}, 'w').write(repr(dict(os.environ)))\n")
    monkeypatch.setattr("app.kit.workbook.reading._CHILD", child)
    read_all(SAMPLE)
    assert "secret" not in (tmp_path / "seen").read_text()


def mutated(content: bytes, seed: int) -> bytes:
    """The content with some bytes changed, removed, doubled or moved."""
    chance = random.Random(seed)
    changed = bytearray(content)
    for _change in range(chance.choice((1, 1, 2, 8, 64))):
        at = chance.randrange(len(changed))
        length = chance.choice((1, 2, 4, 16, 200))
        match chance.randrange(5):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[at : at + length]
            case 3:
                changed[at : at + length] = chance.randbytes(length)
            case _:
                changed[at : at + length] = bytes([chance.choice((0, 255))]) * length
    return bytes(changed)


@pytest.mark.parametrize("series", range(10))
def test_mutations_of_a_real_workbook(series, tmp_path):
    """Half of them change the zip, half the XML of a part that is zipped again."""
    healthy = SAMPLE.read_bytes()
    parts = (hostile.SHEET, hostile.STRINGS, "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    path = tmp_path / "上传.xlsx"
    for number in range(30):
        seed = series * 1000 + number
        if number % 2:
            path.write_bytes(mutated(healthy, seed))
        else:
            part = random.Random(seed).choice(parts)
            path.write_bytes(hostile.repacked({part: mutated(original(part), seed)}, base=healthy))
        read_all(path, memory_mb=256, seconds=20)


def original(part: str) -> bytes:
    """A part of the sample workbook."""
    with zipfile.ZipFile(SAMPLE) as source:
        return source.read(part) if part in source.namelist() else b"<x/>"
