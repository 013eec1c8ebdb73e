"""The tenant's own words and its logo: what is stored is what we made ourselves."""

import io
import struct
import zlib
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from helpdesk.panels.logo import small_png
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_scope
from tests.tickets.browsing import ESCAPED, SCRIPT, counted, text
from tests.worlds import House, make_house, make_world
from web.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

PAGE, LOGO, PICTURE = "/manage/settings/", "/manage/settings/logo/", "/brand/logo.png"


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def owner(house):
    return house.client(house.owner)


def picture(size: tuple[int, int] = (800, 400), kind: str = "PNG", **extra: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (37, 69, 163)).save(made, kind, **extra)
    return made.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that unpacks to side × side pixels."""
    rows = b"".join(b"\0" + b"\0" * (side // 8) for _ in range(side))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def upload(content: bytes, name: str = "نشان.png") -> dict[str, object]:
    return {"act": "logo", "logo": SimpleUploadedFile(name, content)}


def tenant_row(house: House) -> Tenant:
    return Tenant.objects.get(pk=house.tenant.pk)


def test_words_are_saved_cleaned_and_shown_at_the_gate(house, owner):
    fields = {
        "name": " آروند\u202e ",
        "phone": "۰۲۱۸۸۷۷۶۶۵۵",
        "hours_text": "شنبه تا چهارشنبه، ۸ تا ۱۷",
        "sms_on_open": "on",
    }
    assert owner.post(PAGE, fields)["Location"] == f"{PAGE}?done=saved"
    row = tenant_row(house)
    assert (row.name, row.hours_text, row.sms_on_open) == ("آروند", "شنبه تا چهارشنبه، ۸ تا ۱۷", True)
    gate = text(house.client().get("/login/"))
    assert "آروند" in gate
    assert "شنبه تا چهارشنبه، ۸ تا ۱۷" in gate
    with tenant_scope(house.tenant):
        assert AuditEntry.objects.filter(verb="tenant.change").count() == 1


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "ن" * 121}, {"phone": "۰" * 21}, {"hours_text": "ن" * 201}]
)
def test_words_that_do_not_fit_are_refused_and_kept_on_the_page(house, owner, wrong):
    response = owner.post(PAGE, {"name": "آروند", "phone": "", "hours_text": "همیشه", **wrong})
    assert response.status_code == 422
    assert "field-error" in text(response)
    assert tenant_row(house).name == house.tenant.name


def test_script_in_words_is_text_everywhere(house, owner):
    owner.post(PAGE, {"name": SCRIPT, "phone": "", "hours_text": SCRIPT})
    for page in (text(owner.get(PAGE)), text(house.client().get("/login/"))):
        assert SCRIPT not in page
        assert ESCAPED in page


def test_extra_fields_change_nothing(house, owner):
    owner.post(
        PAGE, {"name": "آروند", "slug": "x", "is_platform": "on", "is_active": "", "logo": "x", "id": 7}
    )
    row = tenant_row(house)
    assert (row.slug, row.is_platform, row.is_active, row.logo) == ("arvand", False, True, None)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_logo_is_made_small_and_served_as_our_own_png(house, owner, kind):
    assert owner.post(LOGO, upload(picture(kind=kind)))["Location"] == f"{PAGE}?done=logo"
    stored = bytes(tenant_row(house).logo)
    with Image.open(io.BytesIO(stored)) as made:
        assert (made.format, made.size) == ("PNG", (256, 128))
    served = house.client().get(PICTURE)
    assert (served.status_code, served.content, served["Content-Type"]) == (200, stored, "image/png")
    assert "public" in served["Cache-Control"]
    again = house.client().get(PICTURE, headers={"if-none-match": served["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "/brand/logo.png?v=" in text(house.client().get("/login/"))


def test_a_new_logo_has_a_new_address_and_version(house, owner):
    owner.post(LOGO, upload(picture()))
    first, tag = tenant_row(house).logo_url, house.client().get(PICTURE)["ETag"]
    owner.post(LOGO, upload(picture((300, 300))))
    assert tenant_row(house).logo_url != first
    assert house.client().get(PICTURE, headers={"if-none-match": tag}).status_code == 200


def test_logo_is_taken_away(house, owner):
    owner.post(LOGO, upload(picture()))
    assert owner.post(LOGO, {"act": "logo_gone"}).status_code == 302
    assert tenant_row(house).logo is None
    assert house.client().get(PICTURE).status_code == 404
    assert "/brand/logo.png" not in text(house.client().get("/login/"))


def test_logo_keeps_nothing_of_the_original_but_pixels(house, owner):
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6  # on its side
    owner.post(LOGO, upload(picture((400, 200), "JPEG", exif=exif, comment=b"secret place"), "عکس.jpg"))
    stored = bytes(tenant_row(house).logo)
    assert b"secret" not in stored
    with Image.open(io.BytesIO(stored)) as made:
        assert made.size == (128, 256)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "خالی"),
        (b"not a picture", "تصویر نیست"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "تصویر نیست"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "تصویر نیست"),
        (picture()[:200], "تصویر نیست"),
        (partial(bomb, 9000), "میلیون نقطه"),
        (partial(bomb, 13000), "میلیون نقطه"),
        (partial(bomb, 20000), "میلیون نقطه"),
    ],
    ids=["empty", "text", "svg", "head only", "cut", "bomb 81 M", "bomb 169 M", "bomb 400 M"],
)
def test_what_is_no_small_picture_is_refused_and_the_old_logo_stays(house, owner, content, sentence):
    owner.post(LOGO, upload(picture()))
    before = bytes(tenant_row(house).logo)
    response = owner.post(LOGO, upload(content() if callable(content) else content))
    assert response.status_code == 422
    assert sentence in text(response)
    assert bytes(tenant_row(house).logo) == before


def test_logo_form_without_a_file_says_so(owner):
    response = owner.post(LOGO, {"act": "logo"})
    assert response.status_code == 422
    assert "فایلی انتخاب کنید" in text(response)


def test_small_png_refuses_by_size_before_it_looks():
    with pytest.raises(Invalid) as refused:
        small_png(io.BytesIO(b""), 6 * 1024 * 1024)
    assert refused.value.field == "logo"


def test_logo_is_each_tenants_own():
    world = make_world()
    world.home.client(world.home.owner).post(LOGO, upload(picture()))
    assert world.home.client().get(PICTURE).status_code == 200
    assert world.rival.client().get(PICTURE).status_code == 404


def test_settings_page_shows_the_storage_and_is_cheap(owner):
    counted(owner, PAGE)
    response, statements = counted(owner, PAGE)
    assert "۵ گیگابایت" in text(response)
    assert statements <= 10
