"""Runs one notebook in the GoNB kernel and exports it as one HTML file and as Markdown with images.

    python3 notebook.py run NOTEBOOK SUM FOLDER    NOTEBOOK is left as it is; its page, its Markdown and the images are
                                                   written to FOLDER when every cell succeeded; SUM is of its sources
    python3 notebook.py markdown PAGE...           writes PAGE.md and PAGE/ beside each report page
    python3 notebook.py words FOLDER FILE...       writes the page of each Markdown file beside the notebooks to FOLDER, and
                                                   its Markdown with the links that hold there
    python3 notebook.py strip NOTEBOOK...          takes outputs and machine-dependent metadata out of notebooks, in place

`run` reports on file descriptor 3, one JSON object a line: {"cell": 3, "cells": 14, "seconds": 0.4, "displays": 1,
"updates": 12} after each code cell, and {"failed": {"cell": 3, "source": "first line", "message": "..."}} before it
ends with status 1. Cells are counted as Lab numbers them: code cells from 1, empty ones left out.
"""
import hashlib
import json
import os
import pathlib
import re
import sys
import time

# jsonschema would spend more than a second on a grammar for a format that no notebook's schema names.
sys.modules["rfc3987_syntax"] = None

import nbformat  # noqa: E402

KERNELSPEC = {"display_name": "Go (gonb)", "language": "go", "name": "gonb"}
LANGUAGE = {"file_extension": ".go", "mimetype": "text/x-go", "name": "go"}
CELL_SECONDS = 1800  # no cell of ours takes this long: one that does hangs
SETTINGS = pathlib.Path(__file__).resolve().parent

# A Go program that panics, exits or is killed leaves its cell's status at "ok"; this last line on stderr is the trace.
PROGRAM_FAILED = re.compile(r"^(exit status \d+|signal: .+)$")
KERNEL_FOLDER = re.compile(r"/[^\s:]*/gonb_[0-9a-f]+/")
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class CellFailed(Exception):
    """A cell did not do what it should; the message is what it said."""


def stderr(cell):
    """All that the cell's program wrote to standard error, without colours."""
    return ANSI.sub("", "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stderr"))


def last_lines(text, count=16):
    """The end of a message: its last lines, and the line that names the panic where they do not reach it."""
    lines = text.strip().splitlines()
    cut = max(0, len(lines) - count)
    panic = [line for line in lines[:cut] if line.startswith("panic:") or line.startswith("fatal error:")]
    return "\n".join(panic[-1:] + lines[cut:])


def tidy(cell):
    """Takes the kernel's temporary folder, another one in every run, out of the traces of expected failures."""
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            output.text = KERNEL_FOLDER.sub("", output.text)


def check_program(cell):
    """Fails when the cell's Go program ended badly, unless the cell's tags say that it should."""
    if "raises-exception" in cell.metadata.get("tags", []):
        return
    lines = stderr(cell).strip().splitlines()
    if lines and PROGRAM_FAILED.match(lines[-1].strip()):
        raise CellFailed(last_lines("\n".join(lines)))


def check_paths(cell):
    """Fails when an output shows where this machine keeps the checkout, its home folder or the kernel's files."""
    shown = json.dumps(cell.outputs, ensure_ascii=False)
    home = os.environ.get("HOME", "").rstrip("/")
    checkout = str(SETTINGS.parent)
    for place in (checkout, home and home + "/", os.environ.get("TMPDIR", "/tmp").rstrip("/") + "/gonb_"):
        if place and place in shown:
            raise CellFailed(f"the output shows {place}, a path of this machine: print paths relative to the notebook")


def execute(nb, folder, tell):
    """Runs all cells of nb in folder and keeps their outputs in nb."""
    os.environ["NB_STILL"] = "1"  # the notebook package leaves seconds out of what stays
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    order = [i for i, c in enumerate(nb.cells) if c.cell_type == "code" and c.source.strip()]
    number = {index: n for n, index in enumerate(order, 1)}
    state = {"index": order[0] if order else 0, "start": time.monotonic(), "displays": 0, "updates": 0}

    class Client(NotebookClient):
        def process_message(self, msg, cell, cell_index):
            kind = msg["header"]["msg_type"]
            if kind in ("display_data", "update_display_data"):
                state["displays" if kind == "display_data" else "updates"] += 1
            return super().process_message(msg, cell, cell_index)

    def started(cell, cell_index):
        if cell_index in number:
            state.update(index=cell_index, start=time.monotonic(), displays=0, updates=0)

    def executed(cell, cell_index, execute_reply):
        if cell_index not in number:
            return
        if execute_reply["content"]["status"] == "ok":
            check_program(cell)
        tell({"cell": number[cell_index], "cells": len(order), "seconds": round(time.monotonic() - state["start"], 3),
              "displays": state["displays"], "updates": state["updates"]})

    client = Client(nb, kernel_name="gonb", timeout=CELL_SECONDS, startup_timeout=120, record_timing=False,
                    coalesce_streams=True, resources={"metadata": {"path": str(folder)}},
                    extra_arguments=["-raw_error=true"], on_cell_start=started, on_cell_executed=executed)
    try:
        client.execute()
        for index in order:
            state["index"] = index
            tidy(nb.cells[index])
            check_paths(nb.cells[index])
        return
    except CellFailed as error:
        message = str(error)
    except CellExecutionError as error:
        cell = nb.cells[state["index"]]
        said = [ANSI.sub("", "\n".join(o.get("traceback") or [o.get("evalue", "")]))
                for o in cell.outputs if o.output_type == "error"]
        message = last_lines("\n".join([stderr(cell).strip()] + said).strip() or str(error))
    except CellTimeoutError:
        message = f"still running after {CELL_SECONDS // 60} minutes, and was stopped"
    except DeadKernelError:
        message = "the kernel died"
    index = state["index"]
    source = [line for line in nb.cells[index].source.splitlines() if line.strip(" %")] if nb.cells else []
    tell({"failed": {"cell": number.get(index, 0), "source": source[0] if source else "", "message": message}})
    sys.exit(1)


def clean(nb):
    """Takes away what a run adds: outputs, counts, timings, the versions of the machine."""
    for cell in nb.cells:
        cell.metadata.pop("execution", None)
        for key in ("collapsed", "scrolled", "ExecuteTime"):
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    kept = {k: v for k, v in nb.metadata.items() if k == "title"}
    nb.metadata = nbformat.from_dict({**kept, "kernelspec": KERNELSPEC, "language_info": LANGUAGE})
    return nb


def beside(path):
    """The names of all notebooks, and of the Markdown beside them, in the folder of path; README.md gets no page."""
    return sorted(p.stem for kind in ("*.ipynb", "*.md") for p in path.resolve().parent.glob(kind) if p.name != "README.md")


def run(source, sum_, folder):
    import codehost
    import page

    events = os.fdopen(3, "w", buffering=1)

    def tell(event):
        print(json.dumps(event), file=events, flush=True)

    source, folder = pathlib.Path(source), pathlib.Path(folder)
    names = beside(source)
    nb = clean(nbformat.read(source, as_version=4))

    def export():
        try:
            return page.make(nb, source.stem, sum_, names)
        except page.Refused as error:
            tell({"failed": {"cell": 0, "source": "", "message": str(error)}})
            sys.exit(1)

    export()  # a formula that cannot be shown is told before the cells run, not after
    execute(nb, source.resolve().parent, tell)
    (folder / f"{source.stem}.html").write_text(export(), encoding="utf-8")
    codehost.write(folder, source.stem, codehost.notebook(nb, source.stem, sum_, names))


def markdown(pages):
    import codehost

    for name in pages:
        path = pathlib.Path(name)
        codehost.write(path.parent, path.stem, codehost.report(path.read_text(encoding="utf-8"), path.stem))


def words(folder, files):
    import codehost
    import page

    for name in files:
        path, folder = pathlib.Path(name), pathlib.Path(folder)
        source = path.read_text(encoding="utf-8")
        try:
            made = page.words(source, path.stem, hashlib.sha256(source.encode()).hexdigest(), beside(path))
        except page.Refused as error:
            sys.exit(f"{path.name}: {error}")
        (folder / f"{path.stem}.html").write_text(made, encoding="utf-8")
        codehost.write(folder, path.stem, codehost.beside(source, path.stem, beside(path)))


def strip(names):
    for name in names:
        before = pathlib.Path(name).read_text(encoding="utf-8")
        after = nbformat.writes(clean(nbformat.reads(before, as_version=4))) + "\n"
        if after != before:
            pathlib.Path(name).write_text(after, encoding="utf-8")
            print("stripped", name)


if __name__ == "__main__":
    if len(sys.argv) == 5 and sys.argv[1] == "run":
        run(*sys.argv[2:])
    elif len(sys.argv) > 2 and sys.argv[1] == "markdown":
        markdown(sys.argv[2:])
    elif len(sys.argv) > 3 and sys.argv[1] == "words":
        words(sys.argv[2], sys.argv[3:])
    elif len(sys.argv) > 1 and sys.argv[1] == "strip":
        strip(sys.argv[2:])
    else:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
