"""What a page says after an act: the act redirects with ``?done=<word>``, and only these words say something."""

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from ..models import Ticket

DONE: dict[str, str] = {
    "replied": "پاسخ فرستاده شد.",
    "sending": "پاسخ در راه است. تا چند ثانیه می‌توانید پسش بگیرید.",
    "taken-back": "پاسخ پس گرفته شد. نوشته‌تان در جعبهٔ پاسخ است.",
    "unsent": "این پاسخ فرستاده نشد. نوشته‌تان سر جایش است.",
    "noted": "یادداشت خصوصی ثبت شد.",
    "taken": "تیکت را برداشتید.",
    "assigned": "تیکت واگذار شد.",
    "changed": "تغییر ثبت شد.",
    "closed": "تیکت بسته شد.",
    "replied-closed": "پاسخ فرستاده و تیکت بسته شد.",
    "replied-open": "پاسخ فرستاده شد. تیکت باز ماند، چون در همین میان پیام تازه‌ای رسید؛ آن را ببینید.",
    "reopened": "تیکت دوباره باز شد.",
    "went-on": "تیکت پیشین مدتی است بسته است؛ پیامتان در این تیکت تازه ثبت شد.",
    "assigned-many": "تیکت‌ها واگذار شدند.",
    "referred": "تیکت به همکارتان ارجاع شد.",
    "requested": "درخواست انتقال فرستاده شد.",
    "moved": "تیکت به دپارتمان دیگر رفت.",
    "watching": "همکارتان از این پس این تیکت را می‌بیند.",
    "unwatched": "نظارت برداشته شد.",
    "accepted": "درخواست پذیرفته شد و تیکت به دپارتمان آمد.",
    "rejected": "درخواست رد شد و همکارتان دلیلش را می‌خواند.",
    "withdrawn": "درخواست انتقال پس گرفته شد.",
    "rated": "امتیاز شما ثبت شد. سپاس.",
    "solved": "خوشحالیم که حل شد. تیکت بسته شد.",
}


def notice(request: HttpRequest, ticket: Ticket, *, leaving: bool = False) -> str:
    """The sentence of ``?done=``, or nothing. A new ticket's carries its tracking code (S5). That an answer is on its
    way is said while this person's is (``leaving``).

    The portal shows a new ticket's code in the page itself, where it stays.
    """
    word = request.GET.get("done", "")
    if word == "opened" and request.user.is_staff_member:
        return format_html('تیکت ثبت شد. کد رهگیری: <bdi class="code">{}</bdi>', ticket.tracking_code)
    return DONE.get(word, "") if leaving or word != "sending" else ""


def done(request: HttpRequest) -> str:
    """The sentence of ``?done=`` on a list, or nothing."""
    return DONE.get(request.GET.get("done", ""), "")


def back(
    ticket: Ticket, page: str, word: str, *, message: int | None = None, anchor: str = ""
) -> HttpResponseRedirect:
    """To the ticket's page, saying what was done; ``message`` scrolls to that one, ``anchor`` to any part of it."""
    anchor = f"message-{message}" if message else anchor
    return HttpResponseRedirect(
        f"{reverse(page, args=[ticket.number])}?done={word}{'#' if anchor else ''}{anchor}"
    )
