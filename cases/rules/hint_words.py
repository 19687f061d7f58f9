"""What hints say: what was seen, why it may matter, what can be done. Gentle, and never a reproach."""

from __future__ import annotations

from cases.rules.text import Text

# code: (what was seen, why it may matter, what can be done)
WORDS: dict[str, tuple[Text, Text, Text]] = {
    "nearly_same": (
        Text(
            "{this} 与 {other} 识别出的文字几乎一样。", "Nearly the same text was read on {this} and {other}."
        ),
        Text(
            "重复的图片会让审阅的人多花时间，也容易让人以为缺了另一张。",
            "Doubles take the reader's time, and suggest that another picture was meant.",
        ),
        Text(
            "看看是不是传重了；如果各有用处，请分别写明它们证明什么。",
            "Look whether another picture was meant; if both matter, say what each of them shows.",
        ),
    ),
    "edited": (
        Text(
            "文件里留有图片编辑软件的名字：{programs}。",
            "The file names a program that edits pictures: {programs}.",
        ),
        Text(
            "只做裁剪或压缩也会留下这个名字；不过，法院要看原件，改动过的文件通常更容易受到质疑。",
            "Cropping or saving it smaller leaves that name, too. Still, a court asks for the original, and "
            "a file that was changed is usually easier to doubt.",
        ),
        Text(
            "如果手机里还有没动过的原图，请一并上传；这一份可以留着。要盖住私人信息，用这里的“遮盖”，原件不会被改动。",
            "If the untouched picture is still on your phone, add it as well; this one may stay. To hide "
            "something private, black it out here: that leaves the original as it is.",
        ),
    ),
    "clock_differs": (
        Text(
            "屏幕上的时钟是 {clock}，您填写的时间是 {claimed}。",
            "The clock on the screen says {clock}, the time you state is {claimed}.",
        ),
        Text(
            "对方或平台可能会问哪个时间才对。",
            "The other side or the platform may ask which of the two is right.",
        ),
        Text(
            "核对一下您填写的时间；如果截图时手机是别的时区，在说明里写一句。",
            "Check the time you stated; if the phone was in another time zone, say so in the description.",
        ),
    ),
    "camera_differs": (
        Text(
            "文件自带的拍摄时间是 {taken}，您填写的时间是 {claimed}。",
            "The file itself says it was taken on {taken}, you state {claimed}.",
        ),
        Text(
            "两个时间对不上，证明力可能会打折扣；文件自带的时间也可能不准。",
            "Two times that differ may weaken it. The time in the file may be the wrong one, too.",
        ),
        Text(
            "核对一下您填写的时间，或在说明里写明为什么不同。",
            "Check the time you stated, or say in the description why the two differ.",
        ),
    ),
    "later_than_received": (
        Text(
            "您填写的时间是 {claimed}，而文件在 {received} 就已收到。",
            "You state {claimed}, but the file came in on {received}, before that.",
        ),
        Text("图片不可能在收到之后才拍。", "A picture cannot be taken after it came in."),
        Text("请核对日期和时间。", "Check the date and the time."),
    ),
    "no_clock": (
        Text("这张截图里没有看到手机时钟。", "No clock is in sight on this screenshot."),
        Text(
            "画面里有时钟，就能看出截图是什么时候截的，更有说服力。",
            "With the clock in the picture anybody can see when it was taken.",
        ),
        Text(
            "如果内容还在，请带上屏幕顶部的时钟再截一张；这一张也留着。",
            "If it is still there, take it again with the clock at the top in sight; keep this one, too.",
        ),
    ),
    "no_name": (
        Text(
            "这段聊天里没有看到对方的名称。",
            "The name of the other side is not in sight in this chat.",
        ),
        Text(
            "看不出在和谁说话的聊天记录，对方可能会否认。",
            "Where nobody can see who is talking, the other side may say that it was not them.",
        ),
        Text(
            "请带上屏幕顶部对方的名称再截一张；再截一张店铺或对方的主页，更清楚。",
            "Take it again with the name at the top in sight; a picture of the shop's or the person's own "
            "page helps, too.",
        ),
    ),
    "cut_out": (
        Text(
            "这段聊天里既没有看到手机时钟，也没有看到对方的名称，像是裁剪过的。",
            "Neither a clock nor the name of the other side is in sight in this chat; it looks like a part "
            "that was cut out.",
        ),
        Text(
            "看不出时间和对象的片段，单独拿出来通常说服力较弱。",
            "A part without time and name is usually weak when it stands alone.",
        ),
        Text(
            "如果聊天还在，请不要裁剪，整屏再截一张；这一张也留着。",
            "If the chat is still there, take the whole screen again, uncropped; keep this one, too.",
        ),
    ),
    "gap": (
        Text(
            "{this} 结尾的内容没有出现在 {other} 的开头，中间可能缺了一段。",
            "What {this} ends with was not found on {other}; a part in between may be missing.",
        ),
        Text(
            "对话缺一段，对方可能会说关键的话正在缺的那一段里。",
            "Where a part is missing, the other side may say that it held what matters.",
        ),
        Text(
            "如果聊天还在，请补上中间的部分：每次滚动时留两三行重叠，或者录一段连续的屏幕。",
            "If the chat is still there, add the part in between: leave two or three lines in common each "
            "time you scroll, or record the screen in one go.",
        ),
    ),
}
