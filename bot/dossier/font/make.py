#!/usr/bin/env python3
"""Makes tixian-sans.ttf: the font that the files of the pack are set in.

    apt-get install fonts-noto-cjk fonttools unicode-data
    python3 make.py            # writes tixian-sans.ttf beside this script

It takes the simplified Chinese face of Noto Sans CJK (SIL Open Font License
1.1, see OFL.txt), keeps the characters named below, turns the outlines into
TrueType ones, which the PDF library wants, and gives the result a name of its
own. The same packages give the same bytes.
"""
import bz2
import os
import pathlib

os.environ.setdefault("SOURCE_DATE_EPOCH", "1640995200")

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, newTable

NOTO = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
FACE = "Noto Sans CJK SC"
UNIHAN = "/usr/share/unicode/Unihan_OtherMappings.txt.bz2"
NAME = "Tixian Sans"
MAX_ERROR = 1.0  # of an outline, in thousandths of an em

# Blocks that are kept as far as the face has them.
BLOCKS = [
    (0x0020, 0x007E), (0x00A0, 0x017F),  # Latin, pinyin
    (0x01CD, 0x01DC), (0x0251, 0x0261),
    (0x0370, 0x03FF), (0x0400, 0x045F),  # Greek, Cyrillic
    (0x1E3E, 0x1E3F),
    (0x2010, 0x2027), (0x2030, 0x205E), (0x20A0, 0x20BF),  # punctuation, money
    (0x2100, 0x22FF), (0x2300, 0x23FF), (0x2460, 0x27BF),  # signs, arrows, boxes
    (0x2E80, 0x2FDF), (0x3001, 0x33FF),  # radicals, kana, bopomofo, enclosed
    (0x4E00, 0x9FFF),  # every character of GB 2312, GBK and Big5
    (0xF900, 0xFAFF), (0xFE10, 0xFE6F), (0xFF01, 0xFFEF),  # compatibility, full width
    (0x20000, 0x3FFFF),  # rarer ones, in names of persons and places
]


def characters():
    """The blocks, and the table of general standard characters of 2013."""
    wanted = {c for first, last in BLOCKS for c in range(first, last + 1)}
    with bz2.open(UNIHAN, "rt", encoding="utf-8") as lines:
        for line in lines:
            fields = line.split("\t")
            if len(fields) > 1 and fields[1] == "kTGH":
                wanted.add(int(fields[0][2:], 16))
    return wanted | {0x3000}


def cut(font):
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.desubroutinize = True
    options.notdef_outline = True
    options.glyph_names = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.name_languages = [0x409]
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx", "VVAR", "DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)


def outline(font):
    """Replaces the CFF outlines by quadratic ones."""
    order, shapes = font.getGlyphOrder(), font.getGlyphSet()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(shapes)
        shapes[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, glyphs
    del font["CFF "]
    glyf.compile(font)
    font["maxp"] = maxp = newTable("maxp")
    maxp.tableVersion = 0x00010000
    for field in ("maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
                  "maxStackElements", "maxSizeOfInstructions", "maxComponentElements"):
        setattr(maxp, field, 1 if field == "maxZones" else 0)
    maxp.compile(font)
    post = font["post"]
    post.formatType, post.extraNames, post.mapping = 3.0, [], {}
    font["hmtx"].compile(font)
    font.sfntVersion = "\000\001\000\000"


def rename(font):
    names = font["name"]
    names.names = [n for n in names.names if n.platformID == 3]
    for n in names.names:
        text = {1: NAME, 2: "Regular", 3: NAME + " 1", 4: NAME, 6: NAME.replace(" ", "")}.get(n.nameID)
        if text:
            n.string = text


def main():
    faces = TTCollection(NOTO)
    font = next(f for f in faces.fonts if f["name"].getDebugName(4) == FACE)
    cut(font)
    outline(font)
    rename(font)
    out = pathlib.Path(__file__).parent / "tixian-sans.ttf"
    font.recalcTimestamp = False
    font.save(out)
    print(out, out.stat().st_size, "bytes,", len(font.getBestCmap()), "characters")


if __name__ == "__main__":
    main()
