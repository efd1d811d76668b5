"""Small pages to test with."""

from knowledge.ingest import parse
from knowledge.model import Document, Passage


def page(title: str, body: str, language: str = "en", audience: str = "customer", version: str = "1") -> str:
    """A page with front matter."""
    head = f'title: "{title}"\nversion: "{version}"\nlanguage: {language}\naudience: {audience}'
    head += "\nupdated: 2026-09-01"
    return f"---\n{head}\n---\n\n{body}\n"


def parsed(slug: str, text: str, language: str = "en") -> tuple[Document, list[Passage]]:
    """The page as a document with its passages."""
    return parse(f"{language}/{slug}.md", text, "pack")


ROAMING = page(
    "Roaming abroad",
    "## What does data cost abroad?\n\nA day pass for Europe costs 45 yuan. See [the list](https://example.org).\n\n"
    "## How do I switch roaming on?\n\nOpen the app and choose **Roaming**. It works within 10 minutes.",
)
INVOICE = page(
    "Invoices",
    "## Where do I get an invoice?\n\nInvoices are in the app under Bills. They are sent by e-mail "
    "within one day.",
)
LIGHTS = page(
    "光猫指示灯",
    "## 各个灯是什么意思\n\n正常时 LOS 灯熄灭，其余常亮。异常请对照下表：\n\n"
    "| 指示灯 | 正常 | 异常 |\n| --- | --- | --- |\n| LOS | 熄灭 | 红色：没有光信号 |\n"
    "| PON | 绿色常亮 | 闪烁：未注册 |\n",
    "zh",
)
STAFF = page(
    "Goodwill rules",
    "## How much goodwill may I grant?\n\nUp to 50 yuan of goodwill a year.",
    audience="agent",
)

FILES = {"en/roaming.md": ROAMING, "en/invoice.md": INVOICE, "zh/lights.md": LIGHTS, "en/goodwill.md": STAFF}
