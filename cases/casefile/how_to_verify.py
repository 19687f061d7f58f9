"""HOW-TO-VERIFY.txt: how to check a case file without this site, in both languages."""

from __future__ import annotations

from cases.casefile import layout
from cases.rules.text import Text

_CHINESE = """\
如何核对本案件档案
==================

本档案由若干文件组成。下面的步骤可以查明：自档案制作之后，其中有没有任何文件被改动、删除、
增加或改名。核对不需要本网站。核对说明的是“此后未被改动”，不说明内容是否属实。

最省事的办法：用浏览器打开本文件夹中的 {verify_page}，把 ZIP 拖进去；不需要网络。它会一并核对保管链和
ZIP 的结构。但它与档案在同一个 ZIP 里：能改动档案的人，也能改动它。事关重大时，请照下面的步骤，
用您自己的程序核对。

先把 ZIP 解压到一个空文件夹，在该文件夹中打开终端。

1. 文件是否被改动
   Linux：         sha256sum -c {manifest}
                   sha256sum -c {tag_manifest}
   macOS：         shasum -a 256 -c {manifest}
                   shasum -a 256 -c {tag_manifest}
   Windows：       certutil -hashfile data\\case-file.pdf SHA256
                   （逐个文件运行，与 {manifest} 中同名一行比较）
   每一行都应显示 OK（或 成功）。文件夹中不应有清单之外的文件，
   只有 {tag_manifest} 和 {signature} 不在清单里。

2. 清单是否被重做（签名）
   openssl dgst -sha256 -verify {public_key} -signature {signature} {tag_manifest}
   应显示 Verified OK。签名覆盖 {tag_manifest}，
   它列出 {manifest}，后者列出全部内容：一个字节都在签名之内。
   每个 PDF 另有自己的签名（PAdES）：在 PDF 阅读器的签名面板中查看，或运行
   pdfsig data/case-file.pdf
   应显示文件自签名后未被修改（Signature is Valid、Total document signed）。
   阅读器会提示不认识签发者：证书是该系统自己签发的，是谁的签名见第 3 步。

3. 是谁的签名
   公钥指纹（SHA-256，DER）：
   {fingerprint}
   openssl pkey -pubin -in {public_key} -outform DER | openssl dgst -sha256
   请通过另一条途径（电话、网站页面、此前收到的档案）向制作者核对该指纹。
   指纹一致，才说明签名出自该系统；只凭本档案自带的公钥不能说明是谁签的。

4. 时间
   {time}

5. 保管链
   data/custody.jsonl 每行一条记录：entry 是内容，hash 是其规范 JSON（RFC 8785）的 SHA-256；
   每条记录含有上一条的 hash，第一条为 64 个 0。
   {verify_page}、manage.py verify_case_file 以及网站的 /verify/ 页面会一并核对保管链和 ZIP 的结构。
"""

_ENGLISH = """\
How to check this case file
===========================

A case file is a set of files. The steps below show whether any of them was changed, removed, added
or renamed since the case file was made. They do not need the site it was made on. What they show is
"unchanged since then"; whether the content is true, they do not show.

The easiest way: open {verify_page}, here in this folder, in a browser and drag the ZIP into it; no network
is needed. It checks the chain of custody and the structure of the ZIP as well. But it came in the same ZIP:
whoever could alter the case file could alter that page too. Where much depends on it, take the steps below,
with programs of your own.

Unpack the ZIP into an empty folder and open a terminal in that folder.

1. Were files changed?
   Linux:          sha256sum -c {manifest}
                   sha256sum -c {tag_manifest}
   macOS:          shasum -a 256 -c {manifest}
                   shasum -a 256 -c {tag_manifest}
   Windows:        certutil -hashfile data\\case-file.pdf SHA256
                   (file by file; compare with the line of that name in {manifest})
   Every line must say OK. There must be no file that is not listed, other than
   {tag_manifest} and {signature}.

2. Were the lists made anew? (signature)
   openssl dgst -sha256 -verify {public_key} -signature {signature} {tag_manifest}
   must say: Verified OK. The signature covers {tag_manifest}, which lists
   {manifest}, which lists all content: not one byte is outside it.
   Each PDF has a signature of its own besides (PAdES): look into the signature panel of your PDF
   reader, or run
   pdfsig data/case-file.pdf
   It must say that the file was not changed since (Signature is Valid, Total document signed). The
   reader will not know the issuer: the certificate is the installation's own. Whose it is: step 3.

3. Whose signature is it?
   Fingerprint of the public key (SHA-256 of its DER form):
   {fingerprint}
   openssl pkey -pubin -in {public_key} -outform DER | openssl dgst -sha256
   Compare it, by another way (by phone, on their page, with an earlier case file), with the one that
   the maker names. Only then does it show that their installation signed; the key that lies in this
   case file cannot show that by itself.

4. Time
   {time}

5. Chain of custody
   data/custody.jsonl holds one act a line: "entry" is what happened, "hash" the SHA-256 of its
   canonical JSON (RFC 8785); each entry holds the hash of the one before, the first 64 zeros.
   {verify_page}, manage.py verify_case_file and the page /verify/ of the site check the chain and the
   structure of the ZIP as well.
"""

_STAMPED = Text(
    "{timestamp} 是外部时间戳机构对 {manifest} 的 RFC 3161 时间戳。\n"
    "   openssl ts -reply -in {timestamp} -text\n"
    "   其证书直至根证书之下都在 {tsa_chain} 中。根证书“{root}”请向该机构索取\n"
    "   （或取自您的系统），存为本文件夹旁边的 tsa-root.pem，然后运行：\n"
    "   openssl ts -verify -data {manifest} -in {timestamp} -untrusted {tsa_chain} -CAfile ../tsa-root.pem\n"
    "   应显示 Verification: OK。",
    "{timestamp} is a time stamp (RFC 3161) of an outside authority over {manifest}.\n"
    "   openssl ts -reply -in {timestamp} -text\n"
    "   Its certificates, up to the root, are in {tsa_chain}. Get the root, “{root}”, from\n"
    "   that authority (or from your system), save it beside this folder as tsa-root.pem, and run:\n"
    "   openssl ts -verify -data {manifest} -in {timestamp} -untrusted {tsa_chain} -CAfile ../tsa-root.pem\n"
    "   It must say: Verification: OK.",
)
_OWN_TIME = Text(
    "没有外部时间戳机构的时间戳：本档案中的时间是制作它的系统自己的时间。",
    "There is no time stamp of an outside authority: the time is this installation's own.",
)
_NOT_REACHED = Text(
    "请求过外部时间戳，但没有得到。{no_stamp}\n   因此本档案中的时间是制作它的系统自己的时间。",
    "A time stamp of an outside authority was asked for but not given. {no_stamp}\n"
    "   The time is therefore this installation's own.",
)


def how_to_verify(*, fingerprint: str, stamp_root: str = "", no_stamp: Text | None = None) -> str:
    """The whole text.

    `stamp_root` names the root of the time stamp, where there is one; `no_stamp` is why there is none
    although one was asked for.
    """
    names = {
        "manifest": layout.MANIFEST,
        "tag_manifest": layout.TAG_MANIFEST,
        "signature": layout.SIGNATURE,
        "public_key": layout.PUBLIC_KEY,
        "timestamp": layout.TIMESTAMP,
        "tsa_chain": layout.TSA_CHAIN,
        "root": stamp_root,
        "verify_page": layout.VERIFY_PAGE,
        "fingerprint": fingerprint,
    }
    time = _STAMPED if stamp_root else _NOT_REACHED if no_stamp else _OWN_TIME
    time = time.fill(no_stamp=no_stamp or "", **names)
    text = Text(_CHINESE, _ENGLISH).fill(time=time, **names)
    return f"{text.zh_hans}\n\n{text.en}"
