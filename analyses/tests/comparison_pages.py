"""The pages of comparisons as tests look at them."""

import re
from urllib.parse import parse_qsl, urlsplit

from django.test import Client
from django.urls import reverse

from accounts.models import User
from images.models import Project

AB = {"a": "yolo@1", "b": "resnet@2"}
ABC = AB | {"c": "third@3"}


class Look:
    """`look(a=…)`: the text of the page as a member sees it, tags become spaces; `look("project")` of another page.

    `html` and `status` are those of the last one.
    """

    html, status = "", 0

    def __init__(self, project: Project) -> None:
        self.project, self.client = project, Client()
        user = User.objects.create_user("one@example.org")
        user.groups.add(project.group)
        self.client.force_login(user)

    def __call__(self, page: str = "compare", /, **query: str) -> str:
        answer = self.client.get(reverse(page, args=[self.project.pk]), query)
        self.status, self.html = answer.status_code, answer.content.decode()
        return text_of(self.html)


def text_of(html: str) -> str:
    shown = re.sub(r"(?s)<(template|option|title|desc|script).*?</\1>", "", html.partition("<main")[2])
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def chosen(html: str) -> dict[str, str]:
    """What the form says."""
    said = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', re.sub(r"\s+", " ", html)))
    for name, options in re.findall(r'(?s)<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', html):
        picked = re.search(r'<option value="([^"]*)"\s+selected', options)
        said[name] = picked[1] if picked else re.findall(r'value="([^"]*)"', options)[0]
    return said


def links(html: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', html)]


def link_of(html: str, text: str, after: str = "") -> dict[str, str]:
    """The query of the first link with this text, after some other text."""
    found = re.search(
        rf'href="([^"]+)"[^>]*>\s*{re.escape(text)}\s*</a>', html.partition(after)[2] if after else html
    )
    assert found, f"no link {text}"
    return dict(parse_qsl(urlsplit(found[1].replace("&amp;", "&")).query, keep_blank_values=True))


def rows_of(html: str, id_: str) -> list[str]:
    """The names of the rows of a table."""
    table = html.partition(f'id="{id_}"')[2].partition("</table>")[0]
    return [
        re.sub(r"<[^>]+>", "", row).strip() for row in re.findall(r'(?s)<th scope="row">(.*?)</th>', table)
    ]


def tiles(html: str) -> list[str]:
    return re.findall(r'class="tile__link"[^>]*title="(\w+)\.jpg"', re.sub(r"\s+", " ", html))
