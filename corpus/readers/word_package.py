"""Word packages as they come -> one that python-docx opens: the parts that hold text, under the usual names.

Word finds the main part by its relation, skips relations to what is not there, and reads templates and the strict
variant; python-docx does none of that.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree

_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/"
# ISO/IEC 29500 part 1, the strict variant: other namespaces for the same elements.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/officeDocument/", _TRANSITIONAL.encode()),
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)
_MAIN = "word/document.xml"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_KEPT = ("styles", "numbering")
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_RELATION = '<Relationship Id="{0}" Type="' + _TRANSITIONAL + 'relationships/{1}" Target="{2}"/>'
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>{}</Types>'
)
_TYPE = '<Override PartName="/{0}" ContentType="' + _WORD + '.{1}+xml"/>'


def plain_package(archive: zipfile.ZipFile) -> IO[bytes]:
    """The main part of a Word file with its styles and numbering, and nothing else, as a package of its own."""
    names = set(archive.namelist())
    main = main_part(archive) or _MAIN
    parts = {_MAIN: archive.read(main)}
    kept = {kind: target for kind, target in _relations(archive, main) if kind in _KEPT and target in names}
    for kind, target in kept.items():
        parts[f"word/{kind}.xml"] = archive.read(target)
    types = "".join(_TYPE.format(f"word/{kind}.xml", kind) for kind in kept)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr("[Content_Types].xml", _TYPES.format(_TYPE.format(_MAIN, "document.main") + types))
        out.writestr("_rels/.rels", _RELATIONS.format(_RELATION.format("main", "officeDocument", _MAIN)))
        relations = "".join(_RELATION.format(kind, kind, f"{kind}.xml") for kind in kept)
        out.writestr("word/_rels/document.xml.rels", _RELATIONS.format(relations))
        for name, content in parts.items():
            out.writestr(name, _transitional(content))
    packed.seek(0)
    return packed


def main_part(archive: zipfile.ZipFile) -> str | None:
    """The name of the part that holds the document; None when the archive names none that is there."""
    main = next((target for kind, target in _relations(archive, "") if kind == "officeDocument"), _MAIN)
    return main if main in archive.namelist() else None


def _relations(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str]]:
    """The kind and the target, as a name in the archive, of a part's relations ('' for those of the package)."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in archive.namelist():
        return
    for relation in ElementTree.fromstring(archive.read(path)):
        target = relation.get("Target", "")
        if relation.get("TargetMode") != "External":
            yield (
                relation.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, target))[1:],
            )


def _transitional(content: bytes) -> bytes:
    for strict, transitional in _STRICT:
        content = content.replace(strict, transitional)
    return content
