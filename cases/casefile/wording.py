"""What the verifier says, in both languages; one sentence for each kind of finding. No Django."""

from __future__ import annotations

from cases.rules.text import Text

SENTENCES: dict[str, Text] = {
    "altered": Text(
        zh_hans="{name} 已被改动：内容与清单不符。",
        en="{name} was altered: its content is not what the manifest says.",
    ),
    "damaged": Text(
        zh_hans="{name} 已被改动或损坏：ZIP 中的校验值与内容不符。",
        en="{name} was altered or damaged: the check value in the ZIP does not fit its content.",
    ),
    "missing": Text(zh_hans="{name} 缺失。", en="{name} is missing."),
    "added": Text(
        zh_hans="{name} 是后来加入的：清单里没有它。",
        en="{name} was added: no manifest lists it.",
    ),
    "renamed": Text(
        zh_hans="{name} 被改名为 {other}。",
        en="{name} was renamed to {other}.",
    ),
    "malformed": Text(
        zh_hans="{name} 已被改动：{where}的格式不正确。",
        en="{name} was altered: {where} is not in the form it must have.",
    ),
    "too_long": Text(
        zh_hans="{name} 过长，未予读取：本系统制作的案件档案不会有这么长的文件。",
        en="{name} is too long and was not read: no case file holds one of that length.",
    ),
    "more": Text(zh_hans="另有 {count} 处未逐一列出。", en="And {count} more, not listed here."),
    "signature": Text(
        zh_hans="签名与清单不符：{name} 或 {other} 已被改动，或者清单被重做过。",
        en="The signature does not fit: {name} or {other} was altered, or the lists were made anew.",
    ),
    "tag_manifest": Text(
        zh_hans="{name} 已被改动：签名与它不符，它与所列文件也不符。",
        en="{name} was altered: neither the signature nor the files it lists fit it.",
    ),
    "other_key": Text(
        zh_hans="{name} 不是您给出的公钥的签名：本档案出自另一把密钥 {other}。",
        en="{name} was not made with the key you gave: this case file is signed with another key, {other}.",
    ),
    "key_unusable": Text(
        zh_hans="{name} 不是可用的公钥，签名无法核对。",
        en="{name} is not a usable public key, so the signature cannot be checked.",
    ),
    "stamp": Text(
        zh_hans="{name} 与清单不符：{where}",
        en="{name} does not hold: {where}",
    ),
    "document_signature": Text(
        zh_hans="{name} 中的签名与它不符：文件签名后被改动，或者用另一把密钥重新签过。",
        en="{name} does not fit the signature inside it: it was altered, or signed anew with another key.",
    ),
    "custody": Text(
        zh_hans="{name} 的保管链在第 {where} 条断开：该条被改动、删除、插入或调换过。",
        en="{name}: the chain does not hold at entry {where}: it was changed, removed, inserted or moved.",
    ),
    "custody_head": Text(
        zh_hans="{name} 的末尾与 {other} 所记的链头不符：有记录被删去或加入。",
        en="{name} does not end where {other} says: entries were cut off or added.",
    ),
    "contradiction": Text(
        zh_hans="{name} 与 {other} 相互矛盾：{where}。",
        en="{name} and {other} contradict each other: {where}.",
    ),
    "redacted": Text(
        zh_hans="{name} 是 {where} 的遮盖件。据本档案所记，原件由制作者保存，不在本档案中；"
        "其 SHA-256 为 {other}。",
        en="{name} is a redacted copy of {where}. By this case file the original is kept by whoever made it "
        "and is not in here; its SHA-256: {other}.",
    ),
    "left_out": Text(
        zh_hans="制作者没有把这些证据放进本档案：{where}。它们的 SHA-256 记在 {name} 中。",
        en="Whoever made this case file left these exhibits out: {where}. Their SHA-256 stand in {name}.",
    ),
    "unlisted_exhibit": Text(
        zh_hans="{name} 不属于任何证据：{other} 没有提到它。",
        en="{name} belongs to no exhibit: {other} does not name it.",
    ),
    "duplicate": Text(
        zh_hans="{name} 在 ZIP 中出现了不止一次。",
        en="{name} is in the ZIP more than once.",
    ),
    "outside": Text(
        zh_hans="{name} 指向档案之外的位置，未予读取。",
        en="{name} points outside the case file; it was not read.",
    ),
    "link": Text(
        zh_hans="{name} 是链接，不是文件，未予读取。",
        en="{name} is a link, not a file; it was not read.",
    ),
    "encrypted": Text(
        zh_hans="{name} 被加密，无法核对。",
        en="{name} is encrypted and cannot be checked.",
    ),
    "wrapper": Text(
        zh_hans="{name} 在 ZIP 目录中的登记被改动：与文件开头的记录不一致，或与原样不同。",
        en="The ZIP's own record of {name} was altered: its two copies differ, or are not as written.",
    ),
    "extra_bytes": Text(
        zh_hans="{name}：ZIP 中{where}有不属于任何文件的字节。",
        en="{name}: there are bytes in the ZIP that belong to no file ({where}).",
    ),
    # Notes: no alteration, but the reader should know.
    "packed_again": Text(
        zh_hans="这个 ZIP 是用别的程序重新打包的；已逐一核对其中的文件。",
        en="The ZIP was packed again by another program; the files in it were checked one by one.",
    ),
    "unknown_signer": Text(
        zh_hans="签名者未知：请通过另一条途径向制作者核对公钥指纹 {name}。",
        en="The signer is unknown: compare the key's fingerprint {name} with the maker's, by another way.",
    ),
    "own_time": Text(
        zh_hans="没有外部时间戳：时间是制作它的系统自己的时间。",
        en="No time stamp of an outside authority: the time is that of the installation that made it.",
    ),
    "stamp_unchecked": Text(
        zh_hans="时间戳称档案在 {where} 已存在，出具者：{name}；未用其根证书核对。",
        en="A time stamp says that it existed at {where}, by {name}; not checked against a root.",
    ),
    "stamp_checked": Text(
        zh_hans="时间戳证明档案在 {where} 已存在，出具者：{name}；已用给出的根证书核对。",
        en="A time stamp shows that it existed at {where}, by {name}; checked against the given root.",
    ),
    # Why it cannot be read at all.
    "no_file": Text(zh_hans="找不到 {name}。", en="{name} is not there."),
    "not_a_zip": Text(
        zh_hans="{name} 不是完整的 ZIP 文件：可能没有下载完，或者结尾被改动。",
        en="{name} is not a whole ZIP file: perhaps the download was cut off, or its end was altered.",
    ),
    "not_a_case_file": Text(
        zh_hans="{name} 不是案件档案：里面没有 {other}。",
        en="{name} is not a case file: there is no {other} in it.",
    ),
    "too_much": Text(
        zh_hans="{name} 声称的内容远大于其自身，未予读取：它不是本系统制作的案件档案。",
        en="{name} claims to hold far more than it can; it was not read. No case file is like that.",
    ),
    "no_access": Text(zh_hans="无法读取 {name}：{where}。", en="{name} cannot be read: {where}."),
}

# Where in a file, and what of it: goes into the sentences above.
PLACES: dict[str, Text] = {
    "front": Text("开头", "at its beginning"),
    "between": Text("文件之间", "between files"),
    "behind": Text("末尾之后", "behind its end"),
    "line": Text("第 {number} 行", "line {number}"),
    "text": Text("内容", "its text"),
    "content": Text("内容", "its content"),
    "total": Text("总字节数", "the total of bytes"),
    "stamp_other": Text("时间戳针对的是别的内容。", "The time stamp is about other bytes."),
    "stamp_unreadable": Text("时间戳无法读取。", "The time stamp cannot be read."),
}

SUMMARIES: dict[str, Text] = {
    "unaltered": Text(
        zh_hans="自 {since} 制作以来未被改动：{count} 个文件全部与清单和签名相符。",
        en="Unchanged since it was made at {since}: all {count} files fit the lists and the signature.",
    ),
    "unknown": Text(
        zh_hans="档案内部前后一致，但这里不认识签名者。",
        en="It agrees with itself; the signer is not known here.",
    ),
    "altered": Text(
        zh_hans="制作之后有改动，发现 {count} 处：",
        en="Not as it was made. Findings: {count}.",
    ),
    "unreadable": Text(
        zh_hans="无法读取为案件档案。",
        en="It cannot be read as a case file.",
    ),
}


def sentence(code: str, **values: str | Text) -> Text:
    """The sentence for `code`; names from strangers' files are made harmless to a screen first."""
    return SENTENCES[code].fill(
        **{name: _printable(value) if isinstance(value, str) else value for name, value in values.items()}
    )


def _printable(value: str) -> str:
    """Names come from files of strangers: nothing in them may move the cursor or reverse a line."""
    return "".join(sign if sign.isprintable() else f"[U+{ord(sign):04X}]" for sign in value)[:300]
