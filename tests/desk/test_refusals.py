"""What a page refuses it says in the reader's language; a program reads English, whatever language it asks for."""

import re

import pytest
from tests.serve.made_city import signed_in

from cityloop.kernel.people.contracts import Permission

ADDRESSES = [
    ("officer", "/orders?view=x", 400, "view 的值为“x”；允许：open、new", "view is “x”; allowed: open, new"),
    ("officer", "/orders?level=9", 400, "level 的值为“9”；允许：1、2、3、4。", "level is “9”; allowed: 1, 2, 3, 4."),
    ("officer", "/scores?period=x", 400, "period 的值为“x”；允许：day、week", "period is “x”; allowed: day, week"),
    ("officer", "/scores?format=csv&table=x", 400, "table 的值为“x”", "table is “x”"),
    ("officer", "/data/{stream}?period=x", 400, "period 的值为“x”；允许：1d、7d", "period is “x”; allowed: 1d, 7d"),
    ("officer", "/incidents/{incident}?format=x", 400, "format 的值为“x”", "format is “x”"),
    ("officer", "/operations?level=9", 400, "筛选项“level”的值为“9”", "The filter “level” is “9”"),
    ("officer", "/rules/77", 404, "没有规则 77", "There is no rule 77"),
    ("officer", "/photos/none.jpg", 404, "没有这张照片", "There is no such photo"),
    ("officer", "/nowhere", 404, "/nowhere", "There is nothing at /nowhere."),
    ("officer", "/orders/GD-0", 404, "没有工单 GD-0", "There is no work order GD-0"),
    ("officer", "/people", 403, "需要权限“管理人员与岗位”", "needs the permission “manage people and posts”"),
    ("viewer", "/rules", 403, "需要权限“查看检测规则”", "needs the permission “see detection rules”"),
    ("officer", "/language", 405, "此处不允许 GET，可用：POST。", "GET is not allowed here; allowed: POST."),
]


@pytest.mark.parametrize(
    ("who", "address", "status", "chinese", "english"), ADDRESSES, ids=[row[1] for row in ADDRESSES]
)
def test_a_refusal_speaks_to_whoever_asks(
    flooded: str, gauge: int, who: str, address: str, status: int, chinese: str, english: str
) -> None:
    address = address.format(stream=gauge, incident=flooded)
    page = signed_in(who).get(address)
    assert page.status_code == status
    main = re.sub(r"<[^>]+>", " ", page.content.decode().partition("<main")[2].partition("</main>")[0])
    assert chinese in main
    assert "allowed" not in main
    assert "There is" not in main
    assert english in signed_in(who, "en").get(address).content.decode()
    document = signed_in(who).get(address, headers={"accept": "application/json"}).json()
    assert re.search(r"[\u4e00-\u9fff]", document["detail"]) is None
    assert document["detail"].startswith(english[:12]) or status == 403


def test_every_permission_has_its_words_on_a_page_and_its_code_in_a_document(flooded: str) -> None:
    from cityloop.kernel.access import PERMISSION_NAMES, lacking

    assert set(PERMISSION_NAMES) == set(Permission)
    for permission in Permission:
        problem = lacking(permission)
        assert permission.value not in problem.detail
        assert f"“{permission.value}”" in str(problem.document()["detail"])
