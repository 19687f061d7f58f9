"""What verify.html says besides the verifier's own sentences, in both languages. No Django."""

from __future__ import annotations

from cases.rules.text import Text

# Findings and notes that only a browser has.
SENTENCES_OF_THE_PAGE: dict[str, Text] = {
    "signature_unchecked": Text(
        "这个浏览器不能核对 {name}：请按 HOW-TO-VERIFY.txt 第 2 步用 openssl 核对签名。",
        "This browser cannot check {name}: check the signature with openssl, step 2 of HOW-TO-VERIFY.txt.",
    ),
    "other_fingerprint": Text(
        "文件与 {name} 相符，但公钥指纹与您输入的不同：签名出自另一把密钥。",
        "The files fit {name}, but the key's fingerprint is not the one you typed in: another key signed.",
    ),
    "cannot_unpack": Text(
        "{name} 被别的程序压缩过，这个浏览器不能读取：请先解压，再选择解压后的文件夹。",
        "{name} was squeezed by another program and this browser cannot read that: unpack it, then choose "
        "the folder.",
    ),
    "stamp_claims": Text(
        "时间戳 {name} 称清单在 {where} 已存在；本页只查明它针对的正是这份清单。"
        "它是否确由该机构出具，请用 openssl ts -verify 核对（HOW-TO-VERIFY.txt 第 4 步）。",
        "The time stamp {name} says that the manifest existed at {where}; this page checked only that it is "
        "about this manifest. Whether the authority really gave it, openssl ts -verify checks "
        "(HOW-TO-VERIFY.txt, step 4).",
    ),
}

PAGE: dict[str, Text] = {
    "title": Text("核对案件档案", "Check a case file"),
    "intro": Text(
        "本页在您自己的设备上查明：案件档案制作之后，有没有文件被改动、删除、增加或改名。"
        "不需要网络，任何内容都不会离开您的设备。",
        "This page finds out, on your own device, whether any file of a case file was altered, removed, "
        "added or renamed since it was made. It needs no network, and nothing leaves your device.",
    ),
    "drop": Text(
        "把案件档案（ZIP）或解压后的文件夹拖到这里，或者选择：",
        "Drag the case file (ZIP), or the folder it was unpacked into, here; or choose:",
    ),
    "pick_zip": Text("选择 ZIP 文件", "Choose the ZIP"),
    "pick_folder": Text("选择解压后的文件夹", "Choose the unpacked folder"),
    "reading": Text("正在读取每一个文件……", "Reading every file …"),
    "fits": Text(
        "全部 {count} 个文件与清单和签名相符。",
        "All {count} files fit the lists and the signature.",
    ),
    "condition": Text(
        "如果下面的公钥指纹确实是制作者的，那么本档案自 {since} 制作以来未被改动。请在下面比较。",
        "If the key's fingerprint below is the maker's, it is unchanged since it was made at {since}. "
        "Compare it below.",
    ),
    "made_by": Text(
        "由持有密钥 {fingerprint} 的系统制作。",
        "Made by the installation with key {fingerprint}.",
    ),
    "unchecked": Text(
        "文件与清单相符，但签名没有核对。",
        "The files fit the lists, but the signature was not checked.",
    ),
    "reference": Text("档案编号", "Case file"),
    "since": Text("档案所称的制作时间", "Made at, as it states itself"),
    "fingerprint": Text("签名公钥的指纹（SHA-256）", "Fingerprint of the signing key (SHA-256)"),
    "known_label": Text("制作者告诉您的公钥指纹", "The fingerprint that the maker told you"),
    "known_hint": Text(
        "请通过另一条途径取得：电话、制作者的网站、此前收到的档案；不要从这个 ZIP 里抄。",
        "Get it another way: by phone, from their site, from an earlier case file; not from this ZIP.",
    ),
    "same": Text("指纹一致。", "The fingerprints are the same."),
    "not_same": Text("指纹不一致。", "The fingerprints are not the same."),
    "notes_title": Text("另请注意", "Please note"),
    "trust_title": Text("可以相信这个页面吗？", "Can this page be trusted?"),
    "trust": Text(
        "这个页面与档案在同一个 ZIP 里：能改动档案的人，也能改动这个页面。事关重大时，请再用别的办法核对：",
        "This page came in the same ZIP: whoever could alter the case file could alter this page as well. "
        "Where much depends on it, check in another way too:",
    ),
    "trust_elsewhere": Text(
        "用另一来源的 verify.html（例如从可信途径收到的另一份档案里的）核对这个 ZIP；",
        "with a verify.html from elsewhere, as one of another case file that you got in a way you trust;",
    ),
    "trust_commands": Text(
        "按 HOW-TO-VERIFY.txt 用您系统自带的程序（sha256sum、shasum、certutil、openssl）核对；",
        "with programs of your own system, as HOW-TO-VERIFY.txt says (sha256sum, shasum, certutil, openssl);",
    ),
    "trust_site": Text(
        "在制作它的网站的 /verify/ 页面上核对，或在任何一处安装上运行 manage.py verify_case_file。",
        "on the page /verify/ of the site that made it, or with manage.py verify_case_file anywhere else.",
    ),
    "says": Text(
        "核对说明的是“此后未被改动”，不说明内容是否属实。",
        "What a check shows is “unchanged since then”; whether the content is true, it does not show.",
    ),
    "no_script": Text(
        "本页需要 JavaScript。没有它时，请按 HOW-TO-VERIFY.txt 核对。",
        "This page needs JavaScript. Without it, check as HOW-TO-VERIFY.txt says.",
    ),
}
