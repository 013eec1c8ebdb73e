# ruff: noqa: E501  (a line of the list is a string of the list)
"""TRUST 28: more than a hundred strings that want to run or to call home, written as rich text, plain text and note,
shown by the real ticket page in Chromium: nothing is run, nothing is fetched.
"""

from __future__ import annotations

import uuid

import pytest

from tenants.scope import tenant_scope
from tests.worlds import House, make_ticket
from tickets.models import Message
from tickets.services import note, reply
from web import rich

from .conftest import Browsers, Person

pytestmark = [pytest.mark.journey]
RUN = "window.ran=1"
AWAY = "http://evil.test/x"
HANDLERS = (
    "onerror onload onclick onmouseover onfocus onanimationstart ontoggle onpointerenter onbeforeinput onscroll"
    " onwheel onauxclick oncopy onbegin onend onrepeat onhashchange onmessage onpageshow onstart onfinish"
).split()
TAGS = (
    "img svg body video audio details input marquee object iframe embed select textarea keygen math".split()
)
SCHEMES = (
    "javascript:{}", "JaVaScRiPt:{}", " javascript:{}", "java\tscript:{}", "java\nscript:{}", "java&#10;script:{}",
    "&#106;avascript:{}", "&#x6A;avascript:{}", "jav&Tab;ascript:{}", "javascript&colon;{}", "\x01javascript:{}",
    "vbscript:{}", "data:text/html,<script>{}</script>", "data:text/html;base64,PHNjcmlwdD53aW5kb3cucmFuPTE8L3NjcmlwdD4=",
    "blob:{}", "livescript:{}", "feed:javascript:{}", "view-source:javascript:{}", "javascript://%0a{}", "//evil.test/{}",
    "\\\\evil.test\\{}", "https:javascript:{}", "javascript\u200b:{}", "\u202ejavascript:{}",
)  # fmt: skip
WHOLE = (
    "<script>{r}</script>", "<SCRIPT SRC={a}></SCRIPT>", "<script/xss>{r}</script>", "<<script>{r}//<</script>",
    "<scr<script>ipt>{r}</scr</script>ipt>", "<script>{r}", "</script><script>{r}</script>", "<ScRiPt\n>{r}</sCrIpT >",
    '<svg><script>{r}</script></svg>', '<svg><a xlink:href="javascript:{r}"><text y=20>x</text></a></svg>',
    '<svg><animate onbegin={r} attributeName=x dur=1s>', '<svg><set attributeName=href to="javascript:{r}">',
    '<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>{r}</script></svg>#x">',
    '<svg><foreignObject><iframe srcdoc="<script>parent.{r}</script>"></foreignObject></svg>',
    '<svg><style><img src=x onerror={r}></style>', "<svg></p><style><a id=\"</style><img src=1 onerror={r}>\">",
    '<math><mtext><table><mglyph><style><img src=x onerror={r}></style></mglyph></table></mtext></math>',
    '<math><mi xlink:href="data:x,<script>{r}</script>">', '<math href="javascript:{r}">x</math>',
    '<form><math><mtext></form><form><mglyph><style></math><img src onerror={r}>',
    '<noscript><p title="</noscript><img src=x onerror={r}>">', '<template><script>{r}</script></template>',
    '<template shadowrootmode=open><img src=x onerror={r}></template>', '<title><img src=x onerror={r}></title>',
    '<textarea><img src=x onerror={r}></textarea>', '<xmp><img src=x onerror={r}></xmp>',
    '<plaintext><img src=x onerror={r}>', '<listing>&lt;img onerror={r} src=x&gt;</listing>',
    '<!--><img src=x onerror={r}>-->', '<!-- --!><img src=x onerror={r}> -->', '<![CDATA[<img src=x onerror={r}>]]>',
    '<?xml version="1.0"?><img src=x onerror={r}>', '<comment><img src=x onerror={r}></comment>',
    '<iframe src="{a}"></iframe>', '<iframe srcdoc="<script>parent.{r}</script>"></iframe>',
    '<frameset onload={r}><frame src="{a}">', '<object data="{a}"></object>', '<embed src="{a}">',
    '<applet code="{a}"></applet>', '<base href="http://evil.test/"><a href="x">x</a>', '<link rel=stylesheet href="{a}">',
    '<link rel=preload as=image href="{a}">', '<link rel=dns-prefetch href="//evil.test">',
    '<meta http-equiv=refresh content="0;url={a}">', '<meta http-equiv="Set-Cookie" content="x=1">',
    '<style>@import "{a}";</style>', '<style>body{{background:url({a})}}</style>', '<p style="background:url({a})">x</p>',
    '<p style="width:expression({r})">x</p>', '<p style="-moz-binding:url({a})">x</p>', '<div style=behavior:url({a})>x',
    '<img src="{a}">', '<img srcset="{a} 2x" src=x>', '<img src=x onerror="{r}">', '<img src="x`onerror={r}`">',
    '<img/src=x/onerror={r}>', "<img src='x'onerror={r}>", '<img src="/files/../../x?inline=1" onerror={r}>',
    '<img lowsrc="{a}" dynsrc="{a}">', '<picture><source srcset="{a}"><img></picture>', '<video poster="{a}" src="{a}"></video>',
    '<video><source onerror={r} src=x></video>', '<audio src="{a}" autoplay></audio>', '<track src="{a}">',
    '<table background="{a}"><td background="{a}">x</td></table>', '<body background="{a}" onload={r}>',
    '<input type=image src="{a}" autofocus onfocus={r}>', '<button formaction="javascript:{r}">x</button>',
    '<form action="javascript:{r}"><input type=submit></form>', '<isindex action="javascript:{r}" type=image>',
    '<a href="{a}" ping="{a}">x</a>', '<a href=x target=_blank onclick={r}>x</a>', '<a href="java&#0;script:{r}">x</a>',
    '<area href="javascript:{r}">', '<details open ontoggle={r}><summary>x</summary></details>',
    '<select autofocus onfocus={r}></select>', '<marquee onstart={r}>x</marquee>', '<bgsound src="{a}">',
    '<portal src="{a}">', '<fencedframe src="{a}">', '<dialog open onclose={r}>x</dialog>', '<p id=csrfmiddlewaretoken name=html>x</p>',
    '<form id=composer name=getElementById><input name=body></form>', '<img name=currentScript><img id=documentElement>',
    '<a id=defaultView><a id=defaultView name=x href="javascript:{r}">x</a>', '<p hx-get="{a}" hx-trigger=load>x</p>',
    '<div data-hx-get="{a}" data-hx-trigger="load">x</div>', '<p hx-on:load="{r}">x</p>', '<x onclick={r} tabindex=1 autofocus onfocus={r}>x',
    '<p dir="rtl&quot; onclick={r}">x</p>', '<img alt="&quot; onerror={r} x=&quot;" src=x>', '"><img src=x onerror={r}>',
    "';{r};//", '{{{{constructor.constructor("{r}")()}}}}', '<p>&lt;img src=x onerror={r}&gt;</p>',
    '<p>&amp;lt;script&amp;gt;{r}&amp;lt;/script&amp;gt;</p>', '\u2028<img src=x onerror={r}>', '<ımg src=x onerror={r}>',
    '＜script＞{r}＜/script＞', '<a href="https://a.test/" onclick={r}>x</a><a href="https://b.test/"><img src="{a}"></a>',
    '<ol><li data-list="bullet" onclick={r}>x</li></ol>', '<pre><code><img src=x onerror={r}></code></pre>',
    '<blockquote cite="{a}"><q cite="{a}">x</q></blockquote>', '<p>x</p>' + '<div>' * 200 + '<img src=x onerror={r}>',
)  # fmt: skip
STRINGS = (
    *(text.format(r=RUN, a=AWAY) for text in WHOLE),
    *(f"<{tag} src=x {on}={RUN}>x" for tag, on in zip(TAGS * 2, HANDLERS, strict=False)),
    *(f'<a href="{scheme.format(RUN)}">x</a>' for scheme in SCHEMES),
)


def test_there_are_enough_strings_and_none_is_twice() -> None:
    assert len(STRINGS) == len(set(STRINGS)) > 140


@pytest.mark.parametrize("how", ["reply", "note", "plain"])
def test_trust_28_nothing_written_in_a_text_runs_or_fetches(
    how: str, browsers: Browsers, house: House
) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
        words = {"body": "متن"} if how != "plain" else {}
        write = note if how == "note" else reply
        # Thirty to a message: the whole list stands on the page at once.
        for at in range(0, len(STRINGS), 30):
            batch = STRINGS[at : at + 30]
            text = "<p>بعد</p>".join(batch) if how != "plain" else "\n\n".join(batch)
            sent = {**words, "html": text} if how != "plain" else {"body": text}
            made = write(ticket, actor=house.staff, client_key=uuid.uuid4(), **sent)
            if how != "plain":
                # And as if it had been stored before the cleaning: the way out cleans too.
                Message.objects.filter(pk=made.pk).update(html=text)
                assert rich.clean(rich.clean(text)) == rich.clean(text)
    staff: Person = browsers.person(house, str(house.staff.mobile))
    staff.come_in()
    page, asked, dialogs = staff.page, [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    staff.go(f"/desk/tickets/{ticket.number}/")
    page.wait_for_load_state("networkidle")
    for link in page.locator(".msg .read a").all():
        address = link.get_attribute("href") or ""
        assert address.startswith(("http://", "https://", "mailto:", "tel:")), address
    page.mouse.move(300, 300)
    page.mouse.wheel(0, 2000)
    assert page.evaluate("window.ran") is None and not dialogs
    assert [url for url in asked if not url.startswith(("data:", staff.ground.stack.url(house.host)))] == []
    # The page is still itself: nothing named took the place of its own.
    assert page.evaluate("typeof document.getElementById") == "function"
    assert page.locator("form#composer").count() == 0
