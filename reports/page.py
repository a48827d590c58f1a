"""The parts of a notebook that has run, and the HTML page made from them.

A page is one file that loads nothing: prose with formulas as MathML, code folded, outputs as the cells left them, one
style sheet. What stands between the tags of `nav class="reports"` is filled in by the reports command, which knows the
other pages.
"""
import html
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
# The sheets of figures and of reports, then what only notebooks need.
SHEETS = ("nnlib/figure/style.css", "nnlib/report/page.css", "reports/page/notebook.css")
WIDE = 44  # characters of a line that fit on a phone; longer ones scroll, and so must be reached by the keyboard


class Refused(Exception):
    """The notebook cannot become a page; the message says why."""


def reach(text, wide=WIDE):
    """The attribute that lets the keyboard scroll text whose lines may not fit on a phone."""
    return ' tabindex="0"' if max(map(len, text.splitlines()), default=0) > wide else ""


def apart(tex):
    """The formulas of one display: what stands between wide spaces outside of braces and environments."""
    parts, depth, start = [], 0, 0
    for m in re.finditer(r"\\begin\b|\\end\b|\\left\b|\\right\b|\\q?quad\b|\\.|[{}]", tex):
        if m.group() in ("{", r"\begin", r"\left"):
            depth += 1
        elif m.group() in ("}", r"\end", r"\right"):
            depth -= 1
        elif m.group() in (r"\quad", r"\qquad") and depth == 0:
            parts.append(tex[start:m.start()])
            start = m.end()
    return [part.strip() for part in [*parts, tex[start:]] if part.strip()]


def beside_page(match):
    """The page that says the same as a report's Markdown, where there is one."""
    name = {"README": "index"}.get(match[1], match[1])
    return f"{name}.html" if (ROOT / "reports" / f"{name}.html").exists() else match[0]


def mathml(tex, display):
    """A formula as MathML, or Refused where a command has no translation."""
    from latex2mathml.converter import convert

    tex = html.unescape(tex).strip()
    made = [convert(part, display=display) for part in (apart(tex) if display == "block" else [tex])]
    left = re.search(r"\\[A-Za-z]+", re.sub(r"<[^>]*>", " ", " ".join(made)))
    if left:
        raise Refused(f"the formula {tex!r} uses {left.group()}, which has no MathML here: write it otherwise")
    if display == "block":
        # A span, because Markdown lets a formula stand inside a paragraph. What stands apart may wrap on a phone.
        longest = max((html.unescape(re.sub(r"<[^>]*>", "", part)) for part in made), key=len)
        return f'<span class="formula"{reach(longest, 24)}>{" ".join(made)}</span>\n'
    return made[0]


def prose(names):
    """A function from Markdown to HTML that gives headings their ids; names are the notebooks, and the Markdown beside
    them, that may be linked."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    ids = {"main", "repeat", "top"}
    others = "|".join(map(re.escape, names)) or "(?!)"

    class Renderer(IPythonRenderer):
        def heading(self, text, level, **attrs):
            slug = re.sub(r"[^a-z0-9]+", "-", html.unescape(re.sub(r"<math.*?</math>|<[^>]*>", "", text)).lower()).strip("-") or "part"
            unique, n = slug, 2
            while unique in ids:
                unique, n = f"{slug}-{n}", n + 1
            ids.add(unique)
            return f'<h{level} id="{unique}">{text}</h{level}>\n'

        def block_math(self, body):
            return mathml(body, "block")

        def multiline_math(self, text):
            return mathml(text.strip("$"), "block")

        def latex_environment(self, name, body):
            return mathml(r"\begin{%s}%s\end{%s}" % (name, body, name), "block")

        def inline_math(self, body):
            return mathml(body, "inline")

        def table(self, text):
            return f'<div class="wrap" tabindex="0" role="group" aria-label="table"><table class="words">\n{text}</table></div>\n'

        def codespan(self, text):
            made = super().codespan(text)
            return f'<a href="{text}.html">{made}</a>' if re.fullmatch(others, text) else made

        def link(self, text, url, title=None):
            url = re.sub(rf"^(?:\./)?({others})\.(?:ipynb|md)\b", r"\1.html", url)
            url = re.sub(r"^\.\./reports/(\w+)\.md\b", beside_page, url).removeprefix("../reports/")
            return super().link(re.sub(r"</?a\b[^>]*>", "", text), url, title)

    def render(source):
        return MarkdownWithMath(renderer=Renderer(escape=False, exclude_anchor_links=True)).render(source)

    return render


def code(source):
    """Go code with its words marked."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import GoLexer

    return highlight(source, GoLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n")


def first_line(source):
    """What a folded cell says of itself: its first comment, or its first line that is not an import."""
    source = re.sub(r"(?ms)^import\s+(?:\([^)]*\)|[^\n]*)", "", source)
    lines = [line.strip() for line in source.splitlines() if line.strip() and line.strip() != "%%"]
    if not lines:
        return "", "imports"
    if lines[0].startswith("//"):
        comment = []
        for line in lines:
            if not line.startswith("//"):
                break
            comment.append(line.lstrip("/ "))
        return "", " ".join(comment)
    return lines[0], ""


def text_output(text, kind=""):
    """Text as a program printed it."""
    from nbconvert.filters.ansi import ansi2html

    text = text.rstrip("\n")
    return f'<pre class="said{kind}"{reach(text)}>{ansi2html(text)}</pre>'


def output(out, sheets):
    """One output of a cell as HTML; its style sheets go to the list."""
    if out.output_type == "stream":
        return text_output(out.text, " err" if out.name == "stderr" else "")
    if out.output_type == "error":
        return text_output("\n".join(out.traceback), " err")
    data = out.get("data", {})
    if "text/html" in data:
        def take(m):
            if m.group(1) not in sheets:
                sheets.append(m.group(1))
            return ""
        made = re.sub(r"(?s)<style[^>]*>(.*?)</style>", take, data["text/html"])
        made = made.replace('<div class="wrap">', '<div class="wrap" tabindex="0" role="group" aria-label="table">')
        return f'<div class="out">{made}</div>'
    if "image/svg+xml" in data:
        return f'<div class="out">{data["image/svg+xml"]}</div>'
    if "image/png" in data:
        return f'<div class="out"><img alt="output of the cell" src="data:image/png;base64,{data["image/png"].strip()}"></div>'
    if "text/markdown" in data:
        return f'<div class="out">{prose(())(data["text/markdown"])}</div>'
    if "text/latex" in data:
        return f'<div class="out">{prose(())(data["text/latex"])}</div>'
    return text_output(data.get("text/plain", ""))


def runs(nb):
    """The training runs that the page shows as finished: what the live blocks say of themselves by their attributes
    data-run, data-recipe, data-seed, data-step and data-weights, or else by their labels."""
    found = []
    for cell in nb.cells:
        for out in cell.get("outputs", []):
            for tag in re.findall(r'<section\b[^>]*\bclass="live done"[^>]*>', out.get("data", {}).get("text/html", "")):
                given = {k: html.unescape(v) for k, v in re.findall(r'([\w-]+)="([^"]*)"', tag)}
                told = re.match(r"(?:(\S+) · )?(.+?) · seed (\d+), finished(?:, step ([\d,]+) of)?", given.get("aria-label", ""))
                if not told and "data-run" not in given:
                    continue  # a block that tells of something else
                name, net, seed, step = told.groups() if told else (None, "", "", "")
                run = {
                    "name": given.get("data-run") or name or "a run in memory",
                    "recipe": given.get("data-recipe") or net,
                    "seed": given.get("data-seed") or seed,
                    "step": given.get("data-step") or step or "",
                    "weights": given.get("data-weights", "").removeprefix("sha256:"),
                }
                if run not in found:
                    found.append(run)
    return found


def title(nb, fallback):
    """The first heading of the notebook, as plain text."""
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            found = re.search(r"^#\s+(.+)$", cell.source, re.M)
            if found:
                return re.sub(r"[*_`$]", "", found.group(1)).strip()
    return fallback


def parts(nb, names, sheets):
    """The notebook from top to bottom: the head of the first cell, then prose and code with outputs."""
    render = prose(names)
    head, body = "", []
    for i, cell in enumerate(nb.cells):
        if cell.cell_type == "markdown":
            source = cell.source
            if i == 0:
                first, mark, rest = source.partition("\n## ")
                head, source = render(first), (mark + rest).lstrip("\n")
            if source.strip():
                body.append({"kind": "prose", "html": render(source)})
        elif cell.cell_type == "code" and cell.source.strip():
            line, words = first_line(cell.source)
            body.append({"kind": "code", "line": line, "words": words, "html": code(cell.source),
                         "lines": cell.source.strip().count("\n") + 1,
                         "outputs": [output(o, sheets) for o in cell.outputs]})
    return head, body


def make(nb, name, sum_, names):
    """The page of a notebook called name whose sources have the SHA-256 sum_; names are all notebooks."""
    from jinja2 import Environment, FileSystemLoader

    sheets = [(ROOT / sheet).read_text(encoding="utf-8") for sheet in SHEETS]
    head, body = parts(nb, [n for n in names if n != name], sheets)
    if "<h1" not in head:
        head = f"<h1>{html.escape(title(nb, name))}</h1>\n" + head
    lead = re.search(r"(?s)<p>(.*?)</p>", head)
    sections = [{"id": m[0], "name": m[1]} for part in body if part["kind"] == "prose"
                for m in re.findall(r'(?s)<h2 id="([^"]*)">(.*?)</h2>', part["html"])]
    env = Environment(loader=FileSystemLoader(ROOT / "reports" / "page"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return env.get_template("notebook.html").render(
        name=name, sum=sum_, title=title(nb, name), head=head, body=body, sections=sections, runs=runs(nb), sheets=sheets,
        lead=html.unescape(re.sub(r"\s+", " ", re.sub(r"<math.*?</math>|<[^>]*>", "", lead.group(1)))).strip() if lead else "")


def words(source, name, sum_, names):
    """The page of a Markdown file called name beside the notebooks; sum_ is its SHA-256."""
    from jinja2 import Environment, FileSystemLoader

    sheets = [(ROOT / sheet).read_text(encoding="utf-8") for sheet in SHEETS]
    first, mark, rest = source.partition("\n## ")
    render = prose([n for n in names if n != name])
    head, body = render(first), render((mark + rest).lstrip("\n"))
    lead = re.search(r"(?s)</h1>\s*<p>(.*?)</p>", head)
    terms = sorted(re.findall(r'(?s)<h3 id="([^"]*)">(.*?)</h3>', body), key=lambda m: m[1].lower())
    env = Environment(loader=FileSystemLoader(ROOT / "reports" / "page"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return env.get_template("words.html").render(
        name=name, sum=sum_, title=re.sub(r"^#\s+", "", source.splitlines()[0]), head=head, body=body, sheets=sheets, terms=terms,
        sections=re.findall(r'(?s)<h2 id="([^"]*)">(.*?)</h2>', body),
        lead=html.unescape(re.sub(r"\s+", " ", re.sub(r"<math.*?</math>|<[^>]*>", "", lead.group(1)))).strip() if lead else "")
