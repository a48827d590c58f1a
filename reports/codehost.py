"""Reports as Markdown with images beside it, for code hosts, which show Markdown and no HTML pages.

Formulas stay TeX, which code hosts set themselves. Charts become SVG files as they are; lists of digits become one
SVG each, with the digits' own bytes inside; tables become Markdown tables.
"""
import html
import re
import shutil

from bs4 import BeautifulSoup, NavigableString

import page

# Light colours for the marks that take theirs from the page's sheet.
MARKS = (".mk text{fill:#5a6067}.mk .ax{stroke:#8a8f94}.mk .gr{stroke:#dbdbd3}.mk .miss,.mk .fm{stroke:#990f3d}.mk .inkl{stroke:#1b1e21}"
         ".mk text.ik{fill:#1b1e21}.mk .fm{fill:#990f3d}.mk .fi{fill:#1b1e21}.mk .fp{fill:#fcfcfa}.mk .wp{fill:#1b7837}.mk .wn{fill:#762a83}")
LEFT_OUT = ("style", "script", "nav", "footer", "button", "template")


class Files:
    """The images of one report: what they hold, in the order of the text."""

    def __init__(self, name):
        self.name, self.content = name, []

    def add(self, svg, alt):
        self.content.append(svg)
        return f"![{escape(alt)}]({self.name}/{len(self.content):02}.svg)"


def escape(text):
    """Text that Markdown must not read as its own marks."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", re.sub(r"\s+", " ", text).strip())


def words(node):
    """What an element says in one line, with its emphasis."""
    said = []
    for child in node.children:
        if isinstance(child, NavigableString):
            said.append(re.sub(r"([\\`*_\[\]<>|])", r"\\\1", str(child)))
        elif child.name in LEFT_OUT or child.get("aria-hidden") == "true" or "skip" in child.get("class", []):
            continue
        elif child.name == "svg":
            said.append(escape(child.get("aria-label", "")))
        elif child.name == "br":
            said.append(" ")
        elif child.name == "small":
            said.append(("<br>" if node.name == "td" else " · ") + words(child))
        elif child.name == "code":
            said.append(f"`{child.get_text()}`")
        elif child.name in ("b", "strong", "em") and words(child):
            mark = "*" if child.name == "em" else "**"
            said.append(f"{mark}{words(child)}{mark}")
        elif child.name == "a" and not child.get("href", "#").startswith("#"):
            said.append(f"[{words(child)}]({re.sub(r'[.]html$', '.md', child['href'])})")
        elif child.name != "img":
            said.append(words(child))
    return re.sub(r"\s+", " ", "".join(said)).strip()


def blocks(node, files):
    """The Markdown blocks of an element's children."""
    made = []
    for child in node.children:
        if isinstance(child, NavigableString):
            if child.strip():
                made.append(escape(str(child)))
        else:
            made += block(child, files)
    return made


def block(node, files):
    kind, classes = node.name, node.get("class", [])
    if kind in LEFT_OUT or node.has_attr("hidden") or {"skip", "bar", "eye"} & set(classes):
        return []
    if re.fullmatch(r"h[1-6]", kind):
        return ["#" * int(kind[1]) + " " + words(node)]
    if node.get("role") == "heading":
        return ["**" + " · ".join(escape(t) for t in node.stripped_strings) + "**"]
    if kind == "p":
        return [words(node)] if words(node) else []
    if kind == "pre":
        return ["```text\n" + node.get_text().rstrip("\n") + "\n```"]
    if kind == "dl":
        return ["\n".join(f"- {words(d)}: {words(d.find_next('dd'))}" for d in node.find_all("dt"))]
    if kind == "table":
        return [table(node)]
    if kind == "svg":
        return [files.add(standalone(node), node.get("aria-label", "a drawing"))]
    if kind == "img":
        return [files.add(sheet([node]), node.get("alt", ""))]
    if kind in ("ul", "ol"):
        return listed(node, files)
    if kind == "figure":
        caption = node.find("figcaption")
        told = []
        if caption:
            small = caption.find("small")
            note = words(small.extract()) if small else ""
            told = [" ".join(t for t in (f"**{words(caption)}**" if words(caption) else "", note) if t)]
            caption.extract()
        return told + blocks(node, files)
    if kind == "details":
        summary = node.find("summary")
        head = escape(summary.extract().get_text()) if summary else "Details"
        return [f"<details><summary>{head}</summary>", *blocks(node, files), "</details>"]
    if "facts" in classes:
        return [" · ".join(words(fact) for fact in node.find_all(recursive=False))]
    if kind == "div" and not node.find(["p", "div", "figure", "table", "ul", "ol", "pre", "svg", "img", "dl", "details", "section", "h2", "h3", "h4"]):
        return [words(node)] if words(node) else []
    return blocks(node, files)


def listed(node, files):
    """A list: of images as one sheet, else point by point."""
    if not node.find("img"):
        return ["\n".join(f"- {words(li)}" for li in node.find_all("li", recursive=False))]
    items = node.find_all("li", recursive=False)
    if "pairs" in node.get("class", []):  # words with a few small images each
        return ["\n".join("- " + " · ".join(filter(None, (words(c) for c in li.children if c.name))) for li in items)]
    alts = [img.get("alt", "") for img in node.find_all("img")]
    alt = f"{len(alts)} images: " + "; ".join(alts[:6]) + ("; …" if len(alts) > 6 else "")
    return [files.add(sheet(items), alt)]


def table(node):
    """A Markdown table: the last row of the head, the body and the foot."""
    head = node.find("thead")
    rows = [tr for tr in node.find_all("tr") if not head or tr not in head.find_all("tr")[:-1]]
    cells = []
    for tr in rows:
        row = []
        for td in tr.find_all(["td", "th"], recursive=False):
            row += [words(td)] + [""] * (int(td.get("colspan", 1)) - 1)
        cells.append(row)
    width = max(map(len, cells))
    cells = [row + [""] * (width - len(row)) for row in cells]
    kept = [k for k in range(width) if any(row[k] for row in cells[1:])]
    left = {k for k in kept if not any(re.match(r"^[−\d(*]", row[k]) for row in cells[1:])}
    lines = ["| " + " | ".join(row[k] for k in kept) + " |" for row in cells]
    lines.insert(1, "|" + "|".join(" --- " if k in left else " ---: " for k in kept) + "|")
    return "\n".join(lines)


def standalone(svg):
    """An inline drawing as a document of its own, in the light colours that it names."""
    made = str(svg).replace(' viewbox="', ' viewBox="')
    if " xmlns=" not in made[:400]:
        made = made.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return made + "\n"


def captions(item):
    """The lines below an image, and whether each tells of a mistake."""
    for br in item.find_all("br"):
        br.replace_with("\n")
    for em in item.find_all("em"):
        em.insert(0, "\0")
    lines = (re.sub(r"\s+", " ", line).strip() for line in item.get_text().split("\n"))
    return [(line.replace("\0", ""), "\0" in line) for line in lines if line]


def sheet(items, across=736):
    """Images with their captions in rows, as one SVG."""
    marks = [None if item.name == "img" else item.find("svg") for item in items]
    marks = [mark and mark.extract() for mark in marks]
    said = [[] if item.name == "img" else captions(item) for item in items]
    width = max(int(img.get("width", 56)) for item in items for img in ([item] if item.name == "img" else item.find_all("img")))
    step = 8 + max([width] + [6 * len(line) for lines in said for line, _ in lines])
    columns = max(1, min(len(items), across // step))
    drawn, y, tallest = [], 0, 0
    for i, item in enumerate(items):
        x = i % columns * step
        if i and i % columns == 0:
            y, tallest = y + tallest + 8, 0
        img = item if item.name == "img" else item.find("img")
        w, h = int(img.get("width", 56)), int(img.get("height", 56))
        ink = ' filter="url(#ink)"' if "px" in img.get("class", []) else ""
        drawn.append(f'<image x="{x}" y="{y}" width="{w}" height="{h}"{ink} style="image-rendering:pixelated" href="{img["src"]}"/>')
        at = y + h
        if marks[i]:
            drawn.append(f'<g transform="translate({x} {at + 2})">{standalone(marks[i]).strip()}</g>')
            at += 2 + int(float(marks[i].get("height", 0)))
        for line, bad in said[i]:
            at += 14
            drawn.append(f'<text x="{x}" y="{at}" fill="{"#990f3d" if bad else "#5a6067"}">{html.escape(line)}</text>')
        tallest = max(tallest, at - y + 4)
    wide, high = columns * step, y + tallest
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" '
            'font-family="system-ui,&quot;Liberation Sans&quot;,Arial,sans-serif" font-size="11">'
            f'<style>{MARKS}</style><filter id="ink" color-interpolation-filters="sRGB"><feComponentTransfer><feFuncR type="linear" slope="-1" intercept="1"/>'
            '<feFuncG type="linear" slope="-1" intercept="1"/><feFuncB type="linear" slope="-1" intercept="1"/></feComponentTransfer></filter>'
            f'<rect width="100%" height="100%" fill="#fcfcfa"/>{"".join(drawn)}</svg>\n')


def notebook(nb, name, sum_, names):
    """The Markdown of a notebook that has run, and its images."""
    files, made = Files(name), []
    others = "|".join(map(re.escape, (n for n in names if n != name))) or "(?!)"
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            made.append(linked(cell.source, others))
            continue
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        line, told = page.first_line(cell.source)
        head = f"<code>{html.escape(line)}</code>" if line else html.escape(told)
        made.append(f"<details><summary>Code: {head}</summary>\n\n```go\n{cell.source.strip()}\n```\n\n</details>")
        for out in cell.outputs:
            made += blocks(BeautifulSoup(page.output(out, []), "html.parser"), files)
    runs = [f"- {r['name']}: {escape(r['recipe'])}, seed {r['seed']}, {r['step']} steps"
            + (f", weights sha256 `{r['weights']}`" if r["weights"] else "") for r in page.runs(nb)]
    made += ["## What was run", f"- notebooks/{name}.ipynb, its cells: sha256 `{sum_}`\n" + "\n".join(runs),
             f"```sh\nmake reports NOTEBOOK={name} FORCE=1\n```"]
    return head_(name) + "\n\n".join(made).strip() + "\n", files


def linked(source, others):
    """Markdown whose links to notebooks, and to reports, lead to their Markdown; others is a pattern of their names."""
    source = re.sub(rf"\]\((?:\./)?({others})\.(?:ipynb|md)", r"](\1.md", source)
    source = re.sub(r"\]\(\.\./reports/(\w+)\.(?:html|md)", r"](\1.md", source)
    return re.sub(rf"(?<!\[)`({others})`", r"[`\1`](\1.md)", source).strip()


def beside(source, name, names):
    """The Markdown of a Markdown file beside the notebooks, with links that hold among the reports."""
    others = "|".join(map(re.escape, (n for n in names if n != name))) or "(?!)"
    return head_(name) + linked(source, others) + "\n", Files(name)


def report(source, name):
    """The Markdown of a report page, and its images."""
    files = Files(name)
    soup = BeautifulSoup(source, "html.parser")
    return head_(name) + "\n\n".join(blocks(soup.body or soup, files)).strip() + "\n", files


def head_(name):
    return f"<!-- reports --><!-- /reports -->\n\n*The same with every detail, as one page: [{name}.html]({name}.html).*\n\n"


def write(folder, name, made):
    """Writes NAME.md, and NAME/ with the images anew."""
    text, files = made
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    images = folder / name
    shutil.rmtree(images, ignore_errors=True)
    if files.content:
        images.mkdir()
    for i, svg in enumerate(files.content, 1):
        (images / f"{i:02}.svg").write_text(svg, encoding="utf-8")
