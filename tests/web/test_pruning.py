"""What is kept of the look's base stylesheet."""

import re

import pytest

from web import assets
from web.pruning import prune

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".btn{color:red}.gone{color:red}", ".btn{color:red}"),
        (".btn,.gone,a .btn:hover{x:1}", ".btn,a .btn:hover{x:1}"),
        (".btn.gone,.btn>.gone{x:1}", ""),
        (".btn:not(.gone){x:1}", ".btn:not(.gone){x:1}"),
        ("input:is(.btn,.w-100){x:1}", "input:is(.btn,.w-100){x:1}"),
        (r".gap-1\/2{x:1}", ""),
        ('[data-x=dark]{--a:url("data:x,.b{}")}', '[data-x=dark]{--a:url("data:x,.b{}")}'),
        ("@media (min-width:1px){.btn{x:1}.gone{x:1}}", "@media (min-width:1px){.btn{x:1}}"),
        ("@media print{.gone{x:1}}", ""),
        ("@supports (x:y){@media print{.btn{x:1}}}", "@supports (x:y){@media print{.btn{x:1}}}"),
        ("@keyframes turn{from{x:1}to{x:2}}", "@keyframes turn{from{x:1}to{x:2}}"),
        ("@charset \"UTF-8\";a{x:1}", "@charset \"UTF-8\";a{x:1}"),
    ],
)  # fmt: skip
def test_only_rules_for_known_classes_are_kept(css, kept):
    assert prune(css, {"btn", "w-100"}) == kept


def test_the_base_is_small_and_holds_what_pages_use():
    whole = (assets.packages() / assets.FILES[assets.BASE_STYLES]).read_text()
    built = (assets.build() / assets.BASE_STYLES).read_text()
    print(f"base stylesheet: {len(built) // 1024} kB of {len(whole) // 1024}")
    assert len(built) < len(whole) / 4
    for part in (
        ".btn-primary{",
        ".form-check-input:checked{",
        ".visually-hidden",
        "[data-bs-theme=dark]",
        "@media",
    ):
        assert part in built, part
    classes = re.compile(r"\.([A-Za-z][\w-]*)")
    written = re.compile(r'class="([^"]*)"')
    used = {
        name
        for file in assets.sources()
        for found in written.findall(file.read_text())
        for name in found.split()
    }
    missing = used & set(classes.findall(whole)) - set(classes.findall(built))
    # A class that the whole sheet names only together with one that no page has.
    assert {name for name in missing if re.search(rf"[}},]\.{name}[,{{]", whole)} == set()
