"""The root page as HTML: what a run record says, in the words of one language."""

from html import escape
from itertools import groupby

from luca_local.edge.root_page import commands
from luca_local.edge.root_page.texts import BY_LANGUAGE, Texts
from luca_local.run_record import Account, RunRecord


def document(run: RunRecord, texts: Texts, *, style: str, script: str) -> str:
    """Return the whole page; `style` and `script` are put in as they are."""
    other = next(language for language in BY_LANGUAGE if language != texts.language)
    return f"""<!doctype html>
<html lang="{texts.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(texts.title)}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<a class="skip" href="#content">{escape(texts.skip)}</a>
<header>
<p class="name">Luca</p>
<a class="language" href="?lang={other}" hreflang="{other}" lang="{other}">{escape(texts.other_language)}</a>
<h1>{escape(texts.title)}</h1>
<p class="lead">{escape(texts.lead)}</p>
<p class="docs"><a href="/docs">{escape(texts.docs)}</a></p>
</header>
<main id="content" tabindex="-1">
{_first_grade(run, texts)}
{_accounts(run, texts)}
{_services(run, texts)}
</main>
<footer><p>{escape(texts.foot)}: <code>{escape(run.logs)}</code></p></footer>
<script>{script}</script>
</body>
</html>
"""


def _first_grade(run: RunRecord, texts: Texts) -> str:
    account = next(account for account in run.accounts if account.username == run.example.username)
    steps = [
        (texts.log_in, commands.log_in(run, account)),
        (texts.record, commands.record(run)),
        (texts.read, commands.read(run)),
    ]
    items = "".join(_step(number, title, command, texts) for number, (title, command) in enumerate(steps, 1))
    return f"""<section aria-labelledby="first-grade">
<h2 id="first-grade">{escape(texts.first_grade)}</h2>
<p>{escape(texts.first_grade_lead)}</p>
<ol class="steps">{items}</ol>
<p class="note">{escape(texts.again)} <code>{escape(commands.REPLACING)}</code></p>
</section>"""


def _step(number: int, title: str, command: str, texts: Texts) -> str:
    code = f'<code id="command-{number}">{escape(command)}</code>'
    # What scrolls must be reachable by keyboard (WCAG 2.1.1), hence the tabindex.
    return f"""<li>
<h3 id="step-{number}">{escape(title)}</h3>
<div class="command">
<pre tabindex="0" role="region" aria-labelledby="step-{number}">{code}</pre>
<button type="button" hidden data-copies="command-{number}" data-done="{escape(texts.copied)}"
 aria-describedby="step-{number}">{escape(texts.copy)}</button>
</div>
</li>"""


def _accounts(run: RunRecord, texts: Texts) -> str:
    groups = groupby(run.accounts, lambda account: (account.school_id, account.password))
    schools = "".join(_school(*group, list(accounts), texts) for group, accounts in groups)
    return f"""<section aria-labelledby="accounts">
<h2 id="accounts">{escape(texts.accounts)}</h2>
<p>{escape(texts.accounts_lead)}</p>
<div class="schools">{schools}</div>
</section>"""


def _school(school_id: str, password: str, accounts: list[Account], texts: Texts) -> str:
    # A password that all share is said once: a column of it would not fit a telephone.
    rows = "".join(
        f"<tr><td>{escape(texts.roles.get(account.role, account.role))}</td>"
        f"<td><code>{escape(account.username)}</code></td></tr>"
        for account in accounts
    )
    return f"""<table>
<caption>{escape(texts.school)} <code>{escape(school_id)}</code>
<span class="note">{escape(texts.password)} <code>{escape(password)}</code></span></caption>
<thead><tr><th scope="col">{escape(texts.role)}</th><th scope="col">{escape(texts.username)}</th></tr></thead>
<tbody>{rows}</tbody>
</table>"""


def _services(run: RunRecord, texts: Texts) -> str:
    services: list[tuple[str, str, tuple[str | None, ...]]] = [
        ("edge", texts.edge, (run.edge,)),
        ("interactive", texts.interactive, (run.interactive,)),
        ("console", texts.console, (run.console,)),
        ("government", texts.government, (run.government,)),
        ("AWS", texts.emulator, (run.aws_endpoint,)),
        ("metrics", texts.metrics, run.metrics),
    ]
    items = "".join(
        f"<li><h3>{escape(name)}</h3><p>{escape(purpose)}</p>"
        f'<p class="addresses">{" ".join(_address(address, texts) for address in addresses)}</p></li>'
        for name, purpose, addresses in services
    )
    return f"""<section aria-labelledby="services">
<h2 id="services">{escape(texts.services)}</h2>
<ul class="services">{items}</ul>
</section>"""


def _address(address: str | None, texts: Texts) -> str:
    if address is None:
        return f'<span class="absent">{escape(texts.absent)}</span>'
    return f'<a href="{escape(address)}">{escape(address)}</a>'
