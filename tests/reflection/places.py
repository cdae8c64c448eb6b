"""A circle on a running line, and those who sit in it, as browsers and at sockets."""

import re
import uuid

from tests.line_database import ago, change
from tests.running_line import RunningLine
from tests.visitors import Visitor
from tests.voices import Voice

CARMEN, ROSA, LUIS = (f"{name}@demo.pe" for name in ("supervisora", "rosa", "luis"))
FORM = {
    "kind": "reflection",
    "size": "5",
    "life_days": "30",
    "minutes": "60",
    "every": "0",
    "count": "1",
    "hour": "19:00",
}


class Place:
    """A circle on a running line, and those who sit in it."""

    def __init__(self, line: RunningLine, people: list[Visitor]) -> None:
        self.line = line
        self.carmen, self.rosa, self.luis = people
        self.carmen.get("/reflexion/circulos/nuevo/")
        made = self.carmen.post("/reflexion/circulos/nuevo/", {**FORM, "name": uuid.uuid4().hex, "day": "2027-01-01"})
        self.path = made.leads_to
        self.circle: str = re.findall(r"[0-9a-f-]{36}", self.path)[0]
        self.join(self.rosa)

    def join(self, visitor: Visitor) -> None:
        """Let somebody take a seat."""
        visitor.get(self.path)
        assert visitor.post(f"{self.path}unirme/", {"rules": "yes"}).status == 302

    def begin(self) -> None:
        """Let its gathering begin now."""
        change(self.line, "UPDATE reflection_gathering SET starts_at = ? WHERE circle_id = ?", ago(0), self.stored_id)

    @property
    def stored_id(self) -> str:
        """The circle's id as the database at hand writes it."""
        return self.circle if "DATABASE_URL" in self.line.environment else self.circle.replace("-", "")

    def seat_of(self, name: str) -> str:
        """Return the number of somebody's seat, as the page of whoever leads has it."""
        page = self.carmen.get(f"{self.path}conducir/").text
        found: list[str] = re.findall(rf'<strong>{name}</strong>.*?name="which" value="(\d+)"', page, re.DOTALL)
        return found[0]

    def at(self, visitor: Visitor, node: RunningLine | None = None) -> Voice:
        """Return a socket of somebody's, at this line or at another node of it."""
        return Voice(node or self.line, visitor.cookie, at=f"/ws/circulo/{self.circle}/")


def people_of(line: RunningLine) -> list[Visitor]:
    """Sign in whoever leads, whoever sits there, and somebody else."""
    return [Visitor(line).sign_in(email) for email in (CARMEN, ROSA, LUIS)]
