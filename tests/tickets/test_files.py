"""Files of messages: names cleaned, who may fetch them, how they are served (TRUST 24–26)."""

import re
import uuid

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from tenants.models import Quota, StoredFile
from tenants.scope import tenant_scope
from tenants.services import files as storage
from tests.tickets.browsing import PNG, SCRIPT, desk, hidden, message, portal, send_raw, text, upload
from tests.worlds import House, World, make_ticket, make_world
from tickets.models import Attachment, Ticket

pytestmark = pytest.mark.django_db
HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def house(world: World) -> House:
    return world.home


@pytest.fixture
def ticket(house: House) -> Ticket:
    with tenant_scope(house.tenant):
        return make_ticket(house, staff=house.staff)


def attach(house: House, ticket: Ticket, *uploads: SimpleUploadedFile) -> list[StoredFile]:
    """Files on a customer's message, through the form."""
    response = house.client(house.customer_main).post(portal(ticket, "reply"), message(files=list(uploads)))
    assert response.status_code == 302
    return stored(house)


def stored(house: House) -> list[StoredFile]:
    with tenant_scope(house.tenant):
        return list(StoredFile.objects.order_by("pk"))


def address(file: StoredFile) -> str:
    return f"/files/{file.public_id}/"


def unbound(house: House, user: object, content: bytes = b"x") -> StoredFile:
    """A file of somebody that nothing holds yet."""
    with tenant_scope(house.tenant):
        return storage.store(upload("مال من.txt", content), tenant=house.tenant, actor=user)


# Names ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("صورت‌حساب مهر.pdf", "صورت‌حساب مهر.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\fakepath\\سند.pdf", "سند.pdf"),
        ("عکس\u202egpj.exe", "عکسgpj.exe"),
        ("a\x00b.txt", "ab.txt"),
        ("\u200c.", "فایل"),
        ("&quot;&gt;<script>.txt", None),
        ("x%0d%0aBcc: a@b.txt", None),
        ("ن" * 300 + ".pdf", None),
        ("." * 300, None),
        ("CON.txt.html", "CON.txt.html"),
    ],
)
def test_names_are_cleaned_and_the_path_is_ours(house, ticket, sent, shown):
    sender = house.client(house.customer_main)
    assert send_raw(sender, portal(ticket, "reply"), message(), sent).status_code == 302
    file = stored(house)[0]
    assert shown is None or file.name == shown
    assert 0 < len(file.name) <= 150
    assert len(file.name.encode()) <= 255
    assert not re.search(r"[\x00-\x1f\u202a-\u202e/\\]", file.name)
    assert re.fullmatch(rf"tenants/{house.tenant.pk}/\d{{4}}/\d\d/{file.public_id}", file.path)
    assert "<script>" not in text(house.client(house.staff).get(desk(ticket)))
    served = house.client(house.staff).get(address(file))
    assert served.status_code == 200
    assert "\n" not in served["Content-Disposition"]


def test_a_long_persian_name_keeps_its_extension(house, ticket):
    send_raw(house.client(house.customer_main), portal(ticket, "reply"), message(), "ن" * 300 + ".pdf")
    assert stored(house)[0].name.endswith("ن.pdf")


@pytest.mark.parametrize("name", ["", ".", "..", "a/", "\u202e\x00"])
def test_a_file_without_a_name_is_an_input_left_empty(house, ticket, name):
    sender = house.client(house.customer_main)
    assert send_raw(sender, portal(ticket, "reply"), message(), name, b"").status_code == 302
    assert stored(house) == []


def test_an_empty_file_is_named_and_the_good_one_kept(house, ticket):
    response = house.client(house.customer_main).post(
        portal(ticket, "reply"), message("متن من", files=[upload("خالی.txt", b""), upload("پر.txt")])
    )
    assert response.status_code == 422
    assert "«خالی.txt» خالی است و فرستاده نشد." in text(response)
    assert "متن من" in text(response)
    assert [file.name for file in stored(house)] == ["پر.txt"]
    kept = hidden(response, "kept")
    again = house.client(house.customer_main).post(portal(ticket, "reply"), message("متن من", kept=kept))
    assert again.status_code == 302


def test_more_than_twenty_files_are_refused_at_once(house, ticket):
    many = [upload(f"{index}.txt") for index in range(21)]
    response = house.client(house.customer_main).post(portal(ticket, "reply"), message("متن", files=many))
    assert response.status_code == 422
    assert "حداکثر ۲۰ فایل" in text(response)
    assert stored(house) == []


# Quota ----------------------------------------------------------------------------------------------------------
def test_room_is_counted_exactly_and_given_back(house, ticket):
    attach(house, ticket, upload("یک.txt", b"x" * 100), upload("دو.txt", b"y" * 50))
    with tenant_scope(house.tenant):
        assert Quota.objects.get().used == 150


@pytest.mark.sqlite
def test_files_that_fit_one_by_one_but_not_together_are_refused_together(house, ticket):
    with tenant_scope(house.tenant):
        Quota.objects.update(limit=120)
    response = house.client(house.customer_main).post(
        portal(ticket, "reply"),
        message("متن من", files=[upload("یک.txt", b"x" * 100), upload("دو.txt", b"y" * 50)]),
    )
    assert response.status_code == 422
    assert "فضای فایل‌ها پر است" in text(response)
    assert stored(house) == []
    with tenant_scope(house.tenant):
        assert Quota.objects.get().used == 0


def test_a_storage_that_refuses_leaves_nothing_and_keeps_the_text(house, ticket, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("disk")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage.save", broken)
    response = house.client(house.customer_main).post(
        portal(ticket, "reply"), message("متن من", files=[upload()])
    )
    assert response.status_code == 422
    assert "متن من" in text(response)
    assert "فایل ذخیره نشد" in text(response)
    assert stored(house) == []


# Kept files -----------------------------------------------------------------------------------------------------
def test_only_ones_own_unbound_files_can_be_kept(world, ticket):
    house = world.home
    bound = attach(house, ticket, upload("بسته.txt"))[0]
    others = [
        unbound(house, house.staff).public_id,
        unbound(world.rival, world.rival.customer_main).public_id,
        bound.public_id,
        uuid.uuid4(),
    ]
    client = house.client(house.customer_main)
    for other in others:
        response = client.post(portal(ticket, "reply"), message("متن", kept=[str(other)]))
        assert response.status_code == 422, other
        assert "یکی از فایل‌ها دیگر در دسترس نیست" in text(response)
        assert hidden(response, "kept") == []
    mine = unbound(house, house.customer_main)
    assert (
        client.post(portal(ticket, "reply"), message("متن", kept=["x", str(mine.public_id)])).status_code
        == 302
    )
    with tenant_scope(house.tenant):
        assert set(Attachment.objects.values_list("file_id", flat=True)) == {bound.pk, mine.pk}


def test_a_kept_file_that_was_unticked_is_left_out(house, ticket):
    client = house.client(house.customer_main)
    refused = client.post(portal(ticket, "reply"), message("", files=[upload("یک.txt"), upload("دو.txt")]))
    first, _second = hidden(refused, "kept")
    assert client.post(portal(ticket, "reply"), message("متن", kept=[first])).status_code == 302
    with tenant_scope(house.tenant):
        assert Attachment.objects.get().file.name == "یک.txt"


# Fetching -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("صفحه.html", HTML),
        ("نقش.svg", SVG),
        ("عکس.png", HTML),
        ("سند.pdf", SVG),
        ("x.xhtml", HTML),
        ("y.txt", HTML),
    ],
)
def test_what_a_browser_would_run_is_always_a_download(house, ticket, name, content):
    """TRUST 25: whatever it is called, whatever is asked."""
    file = attach(house, ticket, upload(name, content))[0]
    for asked in ("", "?inline=1"):
        served = house.client(house.staff).get(address(file) + asked)
        assert served["Content-Disposition"].startswith("attachment"), asked
        assert served["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in served["Content-Security-Policy"]
        assert "default-src 'none'" in served["Content-Security-Policy"]
        assert not re.search("html|svg|xml", served["Content-Type"])
        assert b"".join(served.streaming_content) == content


@pytest.mark.sqlite
def test_pictures_are_shown_in_place_only_when_asked(house, ticket):
    file = attach(house, ticket, upload("عکس.png", PNG))[0]
    client = house.client(house.customer_main)
    assert client.get(address(file))["Content-Disposition"].startswith("attachment")
    shown = client.get(f"{address(file)}?inline=1")
    assert shown["Content-Disposition"].startswith("inline")
    assert "filename*=utf-8''%D8%B9%DA%A9%D8%B3.png" in shown["Content-Disposition"]
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert "sandbox" in shown["Content-Security-Policy"]
    assert f'src="{address(file)}?inline=1"' in text(client.get(portal(ticket)))


def test_files_are_seen_by_those_who_see_the_message_and_by_nobody_else(world, ticket):
    """TRUST 26: guessing an id is no way in."""
    house = world.home
    file = attach(house, ticket, upload())[0]
    seen = {"owner", "manager", "staff", "customer_main"}
    for name, person in house.everyone().items():
        assert house.client(person).get(address(file)).status_code == (200 if name in seen else 404), name
    assert house.client().get(address(file))["Location"].startswith("/login/")
    for name, person in world.rival.everyone().items():
        assert world.rival.client(person).get(address(file)).status_code == 404, name
    assert house.client(house.owner).get(f"/files/{uuid.uuid4()}/").status_code == 404
    assert house.client(house.owner).post(address(file)).status_code == 405


def test_a_file_nothing_holds_is_seen_by_nobody(house):
    file = unbound(house, house.customer_main)
    for person in (house.customer_main, house.owner):
        assert house.client(person).get(address(file)).status_code == 404


def test_a_files_bytes_that_are_gone_are_a_404(house, ticket):
    file = attach(house, ticket, upload())[0]
    default_storage.delete(file.path)
    assert house.client(house.owner).get(address(file)).status_code == 404


def test_script_in_a_name_is_shown_as_text(house, ticket):
    attach(house, ticket, upload(f"{SCRIPT}.txt"), upload("a&b<i>.txt"))
    for page in (
        text(house.client(house.staff).get(desk(ticket))),
        text(house.client(house.customer_main).get(portal(ticket))),
    ):
        assert SCRIPT not in page
        assert "<i>" not in page


def test_sendfile_tells_the_proxy_our_path_only(house, ticket, settings):
    settings.SENDFILE = "accel"
    file = attach(house, ticket, upload("صورت‌حساب.pdf", b"%PDF-1.4 x"))[0]
    served = house.client(house.owner).get(address(file))
    assert served["X-Accel-Redirect"] == f"/protected/{file.path}"
    assert served.content == b""
