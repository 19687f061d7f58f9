"""How to take screenshots so that they count, whatever the channel; each channel's own is in its playbook."""

from __future__ import annotations

from datetime import date

from cases.rules.sources import Citation, Source
from cases.rules.text import Text

GENERAL = (
    Text(
        "整屏截图，不裁剪、不涂改；顶部的手机时钟和对方名称都要看得到。",
        "Take whole screens, neither cropped nor drawn on, with clock and name of the other side in sight.",
    ),
    Text(
        "整段对话从头截到尾，每张与上一张留两三行重叠，中间不缺。",
        "Take a conversation from beginning to end, each picture with two or three lines of the one before.",
    ),
    Text(
        "再截一张您的账号页和对方的主页，看得出是谁和谁在说话。",
        "Take the page of your own account and the other side's page: they show who talks to whom.",
    ),
    Text(
        "要紧的内容最好再录一段屏幕：从手机桌面打开应用，到账号页，再到对话，中途不停。",
        "For what matters most record the screen in one go: from the home screen into the app, to your "
        "account's page, to the conversation.",
    ),
    Text(
        "直接上传手机里的原图，不要用聊天软件转发过的：转发通常会压缩并去掉信息。",
        "Send the pictures straight from your phone, not by way of a chat app, which usually makes them "
        "smaller and takes information away.",
    ),
    Text(
        "聊天、订单和手机都先留着：对方质疑时，法院可能要看原始记录。",
        "Keep the chat, the order and the phone: when the other side doubts a picture, a court may want to "
        "see the record itself.",
    ),
)

_CHECKED = date(2026, 11, 22)
# Why: these are what courts in mainland China ask of electronic evidence. The habits above are practice
# advice that follows from them, no text of law.
WHY = (
    Citation(
        Source(
            "evidence-provisions",
            Text(
                "《最高人民法院关于民事诉讼证据的若干规定》（2019年修正）",
                "Provisions of the Supreme People's Court on Evidence in Civil Proceedings "
                "(as amended in 2019)",
            ),
            "",
        ),
        Text("第十五、二十三、九十条", "Arts. 15, 23, 90"),
        "V",
        _CHECKED,
    ),
    Citation(
        Source(
            "internet-courts",
            Text(
                "《最高人民法院关于互联网法院审理案件若干问题的规定》（2018年）",
                "Provisions of the Supreme People's Court on Cases in Internet Courts (2018)",
            ),
            "",
        ),
        Text("第十一条", "Art. 11"),
        "V",
        _CHECKED,
    ),
)
