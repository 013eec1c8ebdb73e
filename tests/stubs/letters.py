"""Two kinds of letters that only the tests know."""

from notifications.kinds import LetterKind

NOTE = LetterKind(
    name="test.note",
    title="نامهٔ آزمایشی",
    variables=("subject",),
    sms="خبر تازه: {subject}\n{url}",
    subject="خبر: {subject}",
    body="سلام {recipient}.\n\nخبر تازه‌ای هست: {subject}",
    bell="خبر تازه: {subject}",
    sample={"subject": "چاپ فاکتور"},
)
CODE = LetterKind(
    name="test.code",
    title="کد آزمایشی",
    sms="کد شما: {code}\n@{host} #{code}",
    subject="کد شما",
    body="کد شما {code} است.",
    secret="code",
    ltr=("code",),
    lane="now",
    sample={"code": "402815"},
)
