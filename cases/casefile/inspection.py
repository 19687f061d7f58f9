"""One reading of one case file: every file once, then the lists, the signature, the contents. No Django."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from cases.casefile import layout
from cases.casefile.box import MOST_FILES, Box, Damaged, Unreadable, Wrong
from cases.casefile.contents import Contents
from cases.casefile.sign import KeyUnusable, fingerprint, is_signed, public_key
from cases.casefile.signed_pdf import TAIL, does_fit, find_signature, is_document
from cases.casefile.timestamp import NoStamp, Stamp, read_stamp
from cases.casefile.wording import PLACES

# What is looked into besides being hashed. A longer file than this is none of ours; read as JSON it
# would take some thirty times its size in memory.
LARGEST_TEXT = 2 * 1024 * 1024
LARGEST_RECORD = 8 * 1024 * 1024
LARGEST = dict.fromkeys((layout.CASE_JSON, layout.CUSTODY, *layout.ORIGIN_FILES), LARGEST_RECORD)
LOOKED_INTO = frozenset({*layout.REQUIRED, *layout.ORIGIN_FILES, layout.TIMESTAMP, layout.TSA_CHAIN}) - {
    layout.DOCUMENT,
    layout.CONTACTS_CSV,
}


class Inspection:
    """What is wrong, by (code, name), in the order in which it was found; and what else is to be told."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.wrong: dict[tuple[str, str], Wrong] = {}
        self.notes: list[Wrong] = list(box.notes)
        self.digests: dict[str, str] = {}
        self.texts: dict[str, bytes] = {}
        self.tails: dict[str, bytes] = {}
        self.contents = Contents({}, {}, {}, frozenset())
        self.stamp: Stamp | None = None
        self.fingerprint = ""
        self.is_signer_known = False
        for found in box.findings:
            self._find(found)

    def run(self, *, pinned: EllipticCurvePublicKey | None, stamp_root: Path | None) -> None:
        """Read everything once; raises Unreadable for lists that no case file could have."""
        for name in self.box.names():
            self._read(name)
        self._compare_with_manifests()
        self._check_signature(pinned)
        self._check_stamp(stamp_root)
        self._check_document_signatures()
        renamed = [
            str(found.values["other"]) for (code, _name), found in self.wrong.items() if code == "renamed"
        ]
        unsound = frozenset((*renamed, *(name for _code, name in self.wrong)))
        sizes = {name: self.box.size(name) for name in self.digests}
        self.contents = Contents(self.texts, self.digests, sizes, unsound)
        for found in self.contents.check():
            self._find(found)
        self.notes += self.contents.notes

    def _find(self, found: Wrong) -> None:
        self.wrong.setdefault((found.code, found.name), found)

    def _read(self, name: str) -> None:
        digest, kept, tail = hashlib.sha256(), bytearray(), b""
        keep = name in LOOKED_INTO
        if keep and self.box.size(name) > self._largest(name):
            self._find(Wrong("too_long", name))
            keep = False
        try:
            for chunk in self.box.chunks(name):
                digest.update(chunk)
                if keep:
                    kept += chunk
                if is_document(name):
                    tail = (tail + chunk)[-TAIL:]
        except Damaged:
            self._find(Wrong("damaged", name))
            return
        self.digests[name] = digest.hexdigest()
        if keep:
            self.texts[name] = bytes(kept)
        if tail:
            self.tails[name] = tail

    def _largest(self, name: str) -> int:
        """Of one file that is looked into; of chains of origins also what those before it left."""
        largest = LARGEST.get(name, LARGEST_TEXT)
        if name not in layout.ORIGIN_FILES:
            return largest
        looked_into = sum(len(self.texts.get(other, b"")) for other in layout.ORIGIN_FILES)
        return min(largest, layout.ORIGIN_BYTES - looked_into)

    def _compare_with_manifests(self) -> None:
        listed = self._listed()
        there = {*self.digests, *(name for code, name in self.wrong if code == "damaged")}
        outside = {*listed, *layout.OUTSIDE_THE_MANIFESTS}
        added: dict[str, list[str]] = {}
        for name, digest in self.digests.items():
            if name not in outside:
                added.setdefault(digest, []).append(name)
        for name in dict.fromkeys((*listed, *layout.REQUIRED)):
            if name in there:
                if (
                    self.digests.get(name) != listed.get(name, self.digests.get(name))
                    and name in self.digests
                ):
                    self._find(Wrong("altered", name))
                continue
            same = added.get(listed.get(name, ""))
            if same:
                self._find(Wrong("renamed", name, {"other": same.pop(0)}))
            else:
                self._find(Wrong("missing", name))
        for names in added.values():
            for name in names:
                self._find(Wrong("added", name))

    def _listed(self) -> dict[str, str]:
        """What the two manifests list, path to SHA-256; lines that cannot be are findings."""
        listed: dict[str, str] = {}
        for manifest in (layout.MANIFEST, layout.TAG_MANIFEST):
            is_payload, content = manifest == layout.MANIFEST, self.texts.get(manifest, b"")
            if content.count(b"\n") > MOST_FILES:
                raise Unreadable("too_much", name=manifest)
            for line in layout.read_manifest(content):
                belongs = bool(line.path) and line.path.startswith(layout.PAYLOAD) is is_payload
                if not belongs or line.path in listed or line.path in layout.OUTSIDE_THE_MANIFESTS:
                    where = PLACES["line"].fill(number=str(line.number))
                    self._find(Wrong("malformed", manifest, {"where": where}))
                else:
                    listed[line.path] = line.sha256
        return listed

    def _check_signature(self, pinned: EllipticCurvePublicKey | None) -> None:
        own = self._own_key()
        key = pinned or own
        content, signature = self.texts.get(layout.TAG_MANIFEST), self.texts.get(layout.SIGNATURE)
        if key is None or content is None or signature is None:
            return  # Each of these has its finding: missing, damaged or not a key.
        if is_signed(content, signature, key):
            self.is_signer_known = pinned is not None
            if pinned is None:
                self.notes.append(Wrong("unknown_signer", self.fingerprint))
            return
        if pinned and own and is_signed(content, signature, own):
            self._find(Wrong("other_key", layout.SIGNATURE, {"other": self.fingerprint}))
            return
        tags = {name for _code, name in self.wrong if not name.startswith(layout.PAYLOAD)}
        self._find(Wrong("signature", layout.SIGNATURE, {"other": layout.TAG_MANIFEST}))
        if tags:
            # The list fits neither its signature nor its files: it is the list that was changed.
            self._find(Wrong("tag_manifest", layout.TAG_MANIFEST))

    def _own_key(self) -> EllipticCurvePublicKey | None:
        """The key that lies in the case file; it shows who signed only to those who know it."""
        pem = self.texts.get(layout.PUBLIC_KEY)
        if pem is None:
            return None
        try:
            key = public_key(pem)
        except KeyUnusable:
            self._find(Wrong("key_unusable", layout.PUBLIC_KEY))
            return None
        self.fingerprint = fingerprint(key)
        return key

    def _check_stamp(self, root: Path | None) -> None:
        token, manifest = self.texts.get(layout.TIMESTAMP), self.texts.get(layout.MANIFEST)
        if token is None:
            self.notes.append(Wrong("own_time", layout.TIMESTAMP))
            return
        if manifest is None or ("altered", layout.MANIFEST) in self.wrong:
            return  # A stamp cannot fit a manifest that was changed; that is one finding, not two.
        try:
            self.stamp = read_stamp(token, manifest, root, chain=self.texts.get(layout.TSA_CHAIN, b""))
        except NoStamp as error:
            self._find(Wrong("stamp", layout.TIMESTAMP, {"where": error.text}))
            return
        code = "stamp_checked" if self.stamp.is_checked else "stamp_unchecked"
        at = self.stamp.at.strftime("%Y-%m-%d %H:%M:%S UTC")
        self.notes.append(Wrong(code, self.stamp.authority, {"where": at}))

    def _check_document_signatures(self) -> None:
        """Each document's own signature, where the case file says that its documents have one."""
        pem, info = self.texts.get(layout.PUBLIC_KEY), self.texts.get(layout.BAG_INFO, b"")
        unsound = {name for _code, name in self.wrong}
        if (
            pem is None
            or layout.PUBLIC_KEY in unsound
            or f"\n{layout.DOCUMENT_SIGNATURE}: ".encode() not in info
        ):
            return  # Case files of earlier editions had none; the lists cover the document all the same.
        for name, tail in self.tails.items():
            if name in unsound:
                continue
            found = find_signature(tail, self.box.size(name))
            if found is None or not does_fit(found, self.box.chunks(name), public_key(pem)):
                self._find(Wrong("document_signature", name))
